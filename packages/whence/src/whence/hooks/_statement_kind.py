"""What the first words of a statement say about transactions: the little that the host's thread must know of SQL.

One regular expression at first sight, a dictionary look-up afterwards. It must not parse: a statement that is none of
these is ORDINARY.
"""

from __future__ import annotations

import re

ORDINARY, DDL, SAVEPOINT, ROLLBACK_TO, RELEASE, COMMIT, ROLLBACK, IGNORED, SCOPE = range(9)

_MAX_KNOWN = 8192
_MAX_TEXT = 2000
_START = re.compile(r"(?:\s+|--[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)\s*([A-Za-z]*)\s*([A-Za-z]*)", re.DOTALL)
_NAME = re.compile(r"(?:SAVEPOINT|TO|RELEASE|TRAN|TRANSACTION)\s+(?:SAVEPOINT\s+)?[\"'`\[]?(\w+)", re.IGNORECASE)
_SCOPE = re.compile(
    r"\s*(?:SET\s+(?P<local>LOCAL\s+)?(?:SESSION\s+)?(?:search_path\s*(?:TO|=)|SCHEMA)|USE)\s*['\"`\[]?(?P<name>[\w$]+)",
    re.IGNORECASE,
)
_KINDS = {
    **dict.fromkeys(("CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", "COMMENT"), DDL),
    **dict.fromkeys(("BEGIN", "START", "SHOW", "PRAGMA", "PREPARE", "XA", "RESET", "DISCARD", "VACUUM"), IGNORED),
    "SAVEPOINT": SAVEPOINT,
    "SAVE": SAVEPOINT,
    "RELEASE": RELEASE,
    "COMMIT": COMMIT,
    "END": COMMIT,
    "ROLLBACK": ROLLBACK,
    "ABORT": ROLLBACK,
    "SET": IGNORED,
    "USE": SCOPE,
}
known: dict[str, int] = {}
"""Statements seen before. Look here first, then ask `kind_of`."""


def kind_of(statement: str) -> int:
    """Return what a statement means for the transaction it runs in."""
    kind = _classify(statement)
    if len(statement) <= _MAX_TEXT:
        if len(known) >= _MAX_KNOWN:
            known.clear()
        known[statement] = kind
    return kind


def _classify(statement: str) -> int:
    match = _START.match(statement)
    if match is None:
        return ORDINARY
    first, second, third = (word.upper() for word in match.groups())
    kind = _KINDS.get(first, ORDINARY)
    if kind == ROLLBACK and ("TO" in (second, third) or (second in ("TRAN", "TRANSACTION") and third)):
        return ROLLBACK_TO
    if first in ("COMMIT", "ROLLBACK") and second == "PREPARED":
        return IGNORED  # decided through the two-phase events
    if first == "SET" and _SCOPE.match(statement):
        return SCOPE
    return kind


def savepoint_name(statement: str) -> str:
    """Return the name in SAVEPOINT, ROLLBACK TO and RELEASE."""
    match = _NAME.search(statement)
    return match.group(1) if match else ""


def scope_of(statement: str) -> tuple[str, bool]:
    """Return (schema, whether it outlives the transaction) of SET search_path, SET SCHEMA and USE; "" when not told."""
    match = _SCOPE.match(statement)
    if match is None or match.group("name").lower() in ("default", "user"):
        return "", False
    return match.group("name"), not match.group("local")
