"""PREPARE and EXECUTE within a script: which text stands behind the name of a prepared statement.

Only texts that stand in the script are known; one in a variable is not. It must not read statements.
Source: the manuals of PostgreSQL and Redshift (`PREPARE s AS`), Trino, Athena and MySQL (`PREPARE s FROM`).
"""

from __future__ import annotations

import re

_NAME = r"""(?P<name>\w++|"[^"]++"|`[^`]++`)\s*+"""
_TYPES = r"(?:\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)\s*+)?"
_PREPARE = re.compile(rf"\s*PREPARE\s++{_NAME}{_TYPES}(?:AS|FROM)\s++(?P<text>.++)", re.IGNORECASE | re.DOTALL)
_EXECUTE = re.compile(rf"\s*EXECUTE\s++(?!IMMEDIATE\b){_NAME}(?:\Z|USING\b|\()", re.IGNORECASE)
_LITERAL = re.compile(r"'(?:[^']++|'')*+'\s*\Z")


def prepared(text: str) -> tuple[str, str] | None:
    """Return the name and the text of a statement that is prepared; None for other statements."""
    found = _PREPARE.match(text)
    if found is None or found.group("text").startswith("@"):
        return None
    body = found.group("text")
    if _LITERAL.match(body):  # MySQL
        body = body.strip()[1:-1].replace("''", "'")
    return _key(found.group("name")), body


def executed(text: str) -> str | None:
    """Return the name of the prepared statement that is executed; None for other statements."""
    found = _EXECUTE.match(text)
    return None if found is None else _key(found.group("name"))


def _key(name: str) -> str:
    return name.strip('"`').lower()
