"""What the first words of a statement say about transactions: the little that the host's thread must know of SQL.

One regular expression at first sight, a dictionary look-up afterwards. It must not parse: a statement that is none of
these is ORDINARY.
"""

from __future__ import annotations

import re

ORDINARY, DDL, SAVEPOINT, ROLLBACK_TO, RELEASE, COMMIT, ROLLBACK, IGNORED, SCOPE = range(9)
SCRIPT, PREPARE, COMMIT_PREPARED, ROLLBACK_PREPARED = range(9, 13)
STEERING = frozenset((SAVEPOINT, ROLLBACK_TO, RELEASE, COMMIT, ROLLBACK, PREPARE, COMMIT_PREPARED, ROLLBACK_PREPARED))

_MAX_KNOWN = 8192
_MAX_TEXT = 2000
_START = re.compile(r"(?:\s+|--[^\n]*\n|/\*.*?\*/)*([A-Za-z]+)\s*([A-Za-z]*)\s*([A-Za-z]*)", re.DOTALL)
_NAME = re.compile(r"(?:SAVEPOINT|TO|RELEASE|TRAN|TRANSACTION)\s+(?:SAVEPOINT\s+)?[\"'`\[]?(\w+)", re.IGNORECASE)
_SCOPE = re.compile(
    r"\s*(?:SET\s+(?P<local>LOCAL\s+)?(?:SESSION\s+)?(?:search_path\s*(?:TO|=)|SCHEMA)|USE)\s*['\"`\[]?(?P<name>[\w$]+)",
    re.IGNORECASE,
)
_STEERS_LATER = re.compile(
    r";\s*(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|SET|USE)\b", re.IGNORECASE
)
_HINTS = (
    "commit",
    "rollback",
    "begin",
    "transaction",
    "savepoint",
    "abort",
    "release",
    "search_path",
    "schema",
    "use ",
)
_AFTER_STOP = (";", "; ", ";\n", ";\r\n")
_MAX_SPLIT = 65_536
_MORE = re.compile(r";\s*[^\s;]")
_ROUTINE = re.compile(
    r"\s*(?:CREATE|ALTER)\b[^;]*?\b(?:FUNCTION|PROCEDURE|TRIGGER|EVENT|PACKAGE|TASK)\b|\s*(?:DO|DECLARE)\b",
    re.IGNORECASE,
)
_AUTOCOMMIT = re.compile(r"\s*SET\s+(?:SESSION\s+|@@(?:session\.)?)?autocommit\s*=\s*(?:1|ON|TRUE)\b", re.IGNORECASE)
_GLOBAL_ID = re.compile(r"'((?:[^']|'')*)'")
_KINDS = {
    **dict.fromkeys(("CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", "COMMENT"), DDL),
    **dict.fromkeys(("LOCK", "UNLOCK", "GRANT", "REVOKE", "ANALYZE", "OPTIMIZE", "REPAIR", "FLUSH"), DDL),  # MySQL's
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
_TWO_PHASE = {
    ("PREPARE", "TRANSACTION"): PREPARE,
    ("COMMIT", "PREPARED"): COMMIT_PREPARED,
    ("ROLLBACK", "PREPARED"): ROLLBACK_PREPARED,
}
_MAX_SCRIPTS = 256
_pieces: dict[tuple[str, str], tuple[tuple[str, int], ...]] = {}
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
    if ";" in statement and _is_script(statement, kind):
        return SCRIPT
    if kind == ROLLBACK and ("TO" in (second, third) or (second in ("TRAN", "TRANSACTION") and third)):
        return ROLLBACK_TO
    kind = _TWO_PHASE.get((first, second), kind)
    if first == "SET":
        return SCOPE if _SCOPE.match(statement) else COMMIT if _AUTOCOMMIT.match(statement) else kind
    return kind


def _is_script(statement: str, kind: int) -> bool:
    """Whether a text holds several statements of which some steer the transaction: only then they are told apart."""
    if len(statement) > _MAX_SPLIT:
        is_routine = _ROUTINE.match(statement[:_MAX_TEXT]) is not None
        return kind > DDL or (not is_routine and _follows(statement, "commit", "rollback", "begin"))
    if kind > DDL:
        return _MORE.search(statement) is not None
    if len(statement) > _MAX_TEXT:
        small = statement.lower()
        if not any(word in small for word in _HINTS):
            return False
    return _STEERS_LATER.search(statement) is not None and _ROUTINE.match(statement) is None


def _follows(statement: str, *words: str) -> bool:
    """Whether one of the words begins a statement of a long script; a regular expression would take too long."""
    small = statement.lower()
    return any(stop + word in small for word in words for stop in _AFTER_STOP)


def pieces(statement: str, dialect: str) -> tuple[tuple[str, int], ...]:
    """Return the statements of a script with what each means.

    One too long to be divided on the host's thread is one statement, or nothing if it may undo some of what it does.
    """
    known_pieces = _pieces.get((statement, dialect))
    if known_pieces is None:
        if len(statement) > _MAX_SPLIT:
            return ((statement, IGNORED if _follows(statement, "rollback", "abort") else ORDINARY),)
        from whence.sql.text import split  # noqa: PLC0415  only scripts pay for it

        found = [piece.text.strip().rstrip(";") for piece in split(statement, dialect)]
        known_pieces = tuple((text, _alone(text)) for text in found if text)
        if len(statement) <= _MAX_TEXT:
            if len(_pieces) >= _MAX_SCRIPTS:
                _pieces.clear()
            _pieces[statement, dialect] = known_pieces
    return known_pieces


def _alone(text: str) -> int:
    """Return what one statement of a script means; one that could not be divided is read whole in the background."""
    kind = _classify(text)
    return ORDINARY if kind == SCRIPT else kind


def global_id(statement: str) -> str:
    """Return the name of a prepared transaction."""
    match = _GLOBAL_ID.search(statement)
    return match.group(1) if match else ""


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
