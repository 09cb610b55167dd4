"""Named SQL statements out of the .sql files beside this module: `-- name: x` begins statement x."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCK: Final = 512
_FOLDER = Path(__file__).parent
_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def load_statements(file: str) -> dict[str, str]:
    """Return the statements of a file by name, without comments."""
    text = (_FOLDER / "sql" / file).read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    return {name: _without_comments(body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def load_script(file: str) -> str:
    """Return a whole file."""
    return (_FOLDER / file).read_text(encoding="utf-8")


def _without_comments(body: str) -> str:
    lines = (line for line in body.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines).strip().removesuffix(";")


def marked_blocks(values: Sequence[Any]) -> Iterator[tuple[list[Any], str]]:
    """Yield values in blocks with as many question marks, for `IN (?, ...)`.

    Blocks are filled up with None to a power of two, so that few different statements are prepared.
    """
    for start in range(0, len(values), _BLOCK):
        block = list(values[start : start + _BLOCK])
        block.extend([None] * ((1 << (len(block) - 1).bit_length()) - len(block)))
        yield block, ",".join("?" * len(block))
