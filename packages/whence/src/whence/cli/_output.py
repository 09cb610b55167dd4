"""Text for people and JSON for programs, on standard output.

Must not: decide what is shown. Names come from other people's events, so control characters are made visible before a
terminal can act on them.
Source: Unicode Annex 11 (East Asian wide characters take two columns).
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def clean(text: str) -> str:
    """Show control characters as escapes, so that a name cannot move the cursor or colour the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def width_of(text: str) -> int:
    """Count the terminal columns that a text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def mermaid_text(name: str) -> str:
    """Escape a name for a quoted label of Mermaid (its entity codes), so that it cannot break out of it."""
    escaped = clean(name).replace("#", "#35;").replace('"', "#quot;")
    return escaped.replace("<", "#lt;").replace(">", "#gt;")


def bold(text: str) -> str:
    """Set a text in bold where a person reads it: a terminal, and `NO_COLOR` is not set."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        return f"\033[1m{text}\033[0m"
    return text


def say(text: str = "") -> None:
    """Print one line for a person, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table_lines(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lay rows out in columns under their heads; nothing is ever cut, the last column is not padded."""
    cells = [[clean("" if cell is None else str(cell)) for cell in row] for row in rows]
    widths = [max(width_of(row[i]) for row in [list(heads), *cells]) for i in range(len(heads))]
    return ["  ".join(_padded(c, w) for c, w in zip(row, widths, strict=True)).rstrip() for row in [heads, *cells]]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their heads, the heads in bold."""
    first, *rest = table_lines(heads, rows)
    say("\n".join([bold(first), *rest]))


def print_json(document: object) -> None:
    """Print the one JSON document of a command that was called with `--json`."""
    say(json.dumps(document, ensure_ascii=False, indent=2))
