"""SQL as text: cut into statements, placeholders and templates made harmless, literals taken out. No parser is here.

`redact` and `fingerprint` are what leaves the process when the statement itself must not; `split`, `render` and
`prepare` are what the engine does before it parses; `mask` makes one text of statements that differ in literals only.
"""

from __future__ import annotations

from whence.sql.text._dialects import dialect_name
from whence.sql.text._folds import Shape, fold
from whence.sql.text._masks import MARK, is_template, literal_words, mask, masked_spans
from whence.sql.text._placeholders import Hole, Holes, Prepared, prepare
from whence.sql.text._redact import fingerprint, redact
from whence.sql.text._scan import Token, scan
from whence.sql.text._split import Piece, split
from whence.sql.text._templates import Rendered, has_tags, render

__all__ = [
    "MARK",
    "Hole",
    "Holes",
    "Piece",
    "Prepared",
    "Rendered",
    "Shape",
    "Token",
    "dialect_name",
    "fingerprint",
    "fold",
    "has_tags",
    "is_template",
    "literal_words",
    "mask",
    "masked_spans",
    "prepare",
    "redact",
    "render",
    "scan",
    "split",
]
