"""Named SQL statements out of the .sql files beside this module: `-- name: x` begins statement x."""

from __future__ import annotations

import re
from pathlib import Path

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
