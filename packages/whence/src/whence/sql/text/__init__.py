"""SQL as text: cut into statements, placeholders and templates made harmless, literals taken out. No parser is here.

`redact` and `fingerprint` are what leaves the process when the statement itself must not; `split`, `render` and
`prepare` are what the engine does before it parses; `Masked` is one text for statements that differ in literals only.
What a statement that was read before needs is loaded at once, the rest when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from whence.sql.text._dialects import DIALECTS, MYSQL, T_SQL, dialect_name
from whence.sql.text._executable import has_executable, opened
from whence.sql.text._masks import MARK, Masked, literal_words
from whence.sql.text._scan import Token, has_tags, scan
from whence.sql.text._split import Piece, split

if TYPE_CHECKING:
    from whence.sql.text._carriers import is_template
    from whence.sql.text._folds import Shape, fold, plain_depth
    from whence.sql.text._placeholders import Hole, Holes, Prepared, prepare
    from whence.sql.text._redact import fingerprint, redact
    from whence.sql.text._templates import Rendered, render

__all__ = [
    "DIALECTS",
    "MARK",
    "MYSQL",
    "T_SQL",
    "Hole",
    "Holes",
    "Masked",
    "Piece",
    "Prepared",
    "Rendered",
    "Shape",
    "Token",
    "dialect_name",
    "fingerprint",
    "fold",
    "has_executable",
    "has_tags",
    "is_template",
    "literal_words",
    "opened",
    "plain_depth",
    "prepare",
    "redact",
    "render",
    "scan",
    "split",
]

_LATE = {
    **dict.fromkeys(("is_template",), "_carriers"),
    **dict.fromkeys(("Shape", "fold", "plain_depth"), "_folds"),
    **dict.fromkeys(("Hole", "Holes", "Prepared", "prepare"), "_placeholders"),
    **dict.fromkeys(("fingerprint", "redact"), "_redact"),
    **dict.fromkeys(("Rendered", "render"), "_templates"),
}


def __getattr__(name: str) -> object:
    if name not in _LATE:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
