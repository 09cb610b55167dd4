"""Text in, lineage out: splits, parses with sqlglot, reads each statement, remembers answers.

Importing this module loads sqlglot (about 125 ms): only the background thread and the command line may. Nothing here
raises on bad SQL: what cannot be read is an UNKNOWN statement whose note says why. The cache is bounded in entries and
in characters.
"""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from threading import Lock, local
from typing import TYPE_CHECKING

import sqlglot
from sqlglot.errors import SqlglotError

from whence.sql._names import Lookup, Schema
from whence.sql._result import Note
from whence.sql._statements import CONTROL, Reading, unknown
from whence.sql._text import dialect_name, neutralise, split, template

if TYPE_CHECKING:
    from whence.sql._result import StatementLineage

_CONTROL_WORDS = frozenset(
    re.findall(
        r"\w+",
        """ABORT ANALYZE ANALYSE BEGIN CHECKPOINT CLOSE COMMENT COMMIT DEALLOCATE DECLARE DESC DESCRIBE DISCARD END
        EXPLAIN FETCH FLUSH GRANT HELP KILL LISTEN LOCK NOTIFY OPTIMIZE PRAGMA PREPARE REINDEX RELEASE RESET
        REVOKE ROLLBACK SAVEPOINT SET SHOW START UNLISTEN UNLOCK USE VACUUM XA""",
    )
)
_FIRST_WORD = re.compile(r"[\s(]*(\w+)")
_EXPLAIN_ANALYZE = re.compile(
    r"\s*EXPLAIN\s+(?:ANALY[SZ]E\b|\([^)]*\bANALY[SZ]E\b[^)]*\))(?:\s+VERBOSE\b)?", re.IGNORECASE
)
_REPLACE = re.compile(r"\s*REPLACE\s+(?:LOW_PRIORITY\s+|DELAYED\s+)?(?:INTO\s+)?", re.IGNORECASE)

_DIALECTS = frozenset(dialect.value for dialect in sqlglot.Dialects)


class _Quiet(logging.Filter):
    """Keeps sqlglot from logging the text of statements that we parse; the host's own parsing is not touched."""

    def __init__(self) -> None:
        super().__init__()
        self.ours = local()

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002  the signature is logging's
        return not getattr(self.ours, "parsing", False)


_QUIET = _Quiet()
logging.getLogger("sqlglot").addFilter(_QUIET)


class Engine:
    """Reads SQL with a memory. Safe in threads."""

    def __init__(self, *, max_entries: int = 4096, max_chars: int = 8_000_000) -> None:
        self._max_entries = max_entries
        self._max_chars = max_chars
        self._lock = Lock()
        self._answers: OrderedDict[tuple[str, ...], tuple[Lookup, StatementLineage]] = OrderedDict()
        self._chars = 0

    def lineage(
        self, sql: str, dialect: str | None, default_db: str | None, default_schema: str | None, schema: Schema
    ) -> list[StatementLineage]:
        """Read every statement of a text."""
        name = dialect_name(dialect)
        answers: list[StatementLineage] = []
        for statement in split(sql, name):
            text = template(statement, name)
            key = (text, name, default_db or "", default_schema or "")
            answer = self._remembered(key, schema)
            if answer is None:
                lookup = Lookup(schema)
                answer = _read(text, name, Reading(name, lookup, default_db, default_schema))
                if answer.kind == "UNKNOWN" and text != statement:  # perhaps the template is what could not be parsed
                    answer = _read(neutralise(statement, name), name, Reading(name, lookup, default_db, default_schema))
                self._remember(key, lookup, answer)
            answers.append(answer)
        return answers

    def _remembered(self, key: tuple[str, ...], schema: Schema) -> StatementLineage | None:
        with self._lock:
            entry = self._answers.get(key)
            if entry is None or not entry[0].same_in(schema):
                return None
            self._answers.move_to_end(key)
            return entry[1]

    def _remember(self, key: tuple[str, ...], lookup: Lookup, answer: StatementLineage) -> None:
        with self._lock:
            if self._answers.pop(key, None) is None:
                self._chars += len(key[0])
            self._answers[key] = (lookup, answer)
            while self._answers and (len(self._answers) > self._max_entries or self._chars > self._max_chars):
                oldest, _ = self._answers.popitem(last=False)
                self._chars -= len(oldest[0])


def _read(text: str, dialect: str, reading: Reading) -> StatementLineage:
    """Read one statement; whatever goes wrong becomes a note."""
    analyzed = _EXPLAIN_ANALYZE.match(text)
    if analyzed:
        text = text[analyzed.end() :]
    first = _FIRST_WORD.match(text)
    word = first.group(1).upper() if first else ""
    if word in _CONTROL_WORDS:
        return CONTROL
    if word == "REPLACE":
        text = _REPLACE.sub("INSERT INTO ", text, count=1)
    is_known = not dialect or dialect in _DIALECTS
    answer = _parse(text, dialect if is_known else "", word, reading)
    if not is_known:
        note = Note("unknown_dialect", f"the dialect {dialect!r} is not known: read as standard SQL")
        return answer._replace(notes=(*answer.notes, note))
    return answer


def _parse(text: str, dialect: str, word: str, reading: Reading) -> StatementLineage:
    _QUIET.ours.parsing = True
    try:
        nodes = [node for node in sqlglot.parse(text, read=dialect or None) if node is not None]
        return reading.read(nodes[0]) if nodes else CONTROL
    except SqlglotError:
        return unknown("parse_error", f"the {word or 'statement'} could not be parsed as {dialect or 'SQL'}")
    except RecursionError:
        return unknown("too_deep", f"the {word} is nested too deeply to be read")
    except Exception as failure:  # noqa: BLE001  border: a fault of the parser or of ours must not cost the others
        return unknown("reader_failed", f"reading the {word} failed with {type(failure).__name__}")
    finally:
        _QUIET.ours.parsing = False
