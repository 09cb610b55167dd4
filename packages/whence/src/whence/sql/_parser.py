"""One statement read: measured, made harmless, parsed by sqlglot, read from its tree or, failing that, from its words.

Importing this module loads sqlglot (about 125 ms): only the background thread and the command line may. Whatever goes
wrong is a note of the answer; nothing is raised, and nothing of a statement is logged. It must not remember answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import sqlglot
from sqlglot.errors import SqlglotError

from whence.sql import movers
from whence.sql._guards import Deadline, OutOfTime, run_deep
from whence.sql._holes import filled
from whence.sql._names import Lookup, RenamedLookup
from whence.sql._result import PARTLY, REMOTE, UNKNOWN, Note, StatementLineage, TableName
from whence.sql._trees import IS_COMPILED, trees, unread_at
from whence.sql.queries._scopes import some
from whence.sql.statements._read import read
from whence.sql.statements._reading import Reading
from whence.sql.text import Holes, fold, plain_depth, prepare, split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from whence.sql._names import Known, Tables
    from whence.sql._profiles import Profile
    from whence.sql.text import Prepared

_DIALECTS = frozenset(dialect.value for dialect in sqlglot.Dialects)
_FIRST_WORD = re.compile(r"[\s(]*(\w+)")
_MAGIC = re.compile(r"(?:\s|--[^\n]*\n)*%(?P<word>[a-z]+)\b")  # of a notebook's cell
_RUN = 30  # prefix operators in a row that nest as deep as brackets
_PREFIX_RUN = re.compile(rf"(?:\bNOT\s+){{{_RUN}}}|(?:[-+~]\s*){{{_RUN}}}", re.IGNORECASE)
_DEFINED_BY = re.compile(r"\s*CREATE\b.*?\bAS\s+(?=\(*\s*(?:SELECT|WITH)\b)", re.IGNORECASE | re.DOTALL)
_LONG = 10_000  # characters from which a text is measured and folded
_LITERAL = re.compile(r"(?<![\w$.])\d|'")
_PLAIN_WORD = re.compile(r"\w+")
_FEW = 8  # words to a literal from which a text has too few literals for folding to pay
_MAX_WORDS = 130_000 if IS_COMPILED else 90_000  # what is parsed within about two seconds
_MAX_DEPTH = 3000
_SHALLOW = 40  # levels that any stack takes
_MAX_SUBSCRIPTS = 200  # `a[0][0]...`: sqlglot needs their square
_MAX_INNER = 20  # texts within texts within texts


class Context(NamedTuple):
    """What the reading of one statement depends on, besides its text and the schema."""

    dialect: str
    default_db: str | None
    default_schema: str | None
    profile: Profile
    variables: Mapping[str, str]
    deadline_s: float
    declared: frozenset[str] = frozenset()


def read_statement(
    text: str, context: Context, schema: Tables
) -> tuple[StatementLineage, dict[TableName, Known | None]]:
    """Return what a statement does, places relative to it, and what the schema was asked for it and told."""
    dialect = context.dialect if context.dialect in _DIALECTS or not context.dialect else ""
    if text.startswith("\\"):
        command = _psql_command(text)
        if command is not None:
            return command, {}
        text = " " + text[1:]
    magic = _MAGIC.match(text)
    if magic is not None and magic.group("word") != "sql":
        return _unknown(Note("notebook_cell", f"a cell of %{magic.group('word')} was not read", hides="tables")), {}
    if magic is not None:
        text = " " * magic.end() + text[magic.end() :]
    prepared = prepare(text, dialect, dict(context.variables))
    holes = Holes(prepared.holes, context.dialect, context.default_db, context.default_schema)
    lookup = RenamedLookup(schema, holes.table) if prepared.holes else Lookup(schema)
    if not prepared.text.strip() and prepared.notes:
        answer = StatementLineage("UNKNOWN", state=UNKNOWN, confidence=0.0)
    else:
        reading = Reading(
            dialect,
            lookup,
            context.default_db,
            context.default_schema,
            profile=context.profile,
            read_text=_inner_reader(context),
        )
        reading.declare(context.declared)
        answer = _Attempt(prepared.text, dialect, reading, context.deadline_s).run()
    answer = filled(answer, holes, prepared) if prepared.holes or prepared.notes or prepared.inputs else answer
    if dialect != context.dialect:
        note = Note("unknown_dialect", f"the dialect {context.dialect!r} is not known: read as standard SQL")
        answer = with_notes(answer, (note,))
    return with_notes(answer, _on_links(answer)), lookup.asked


def _on_links(answer: StatementLineage) -> tuple[Note, ...]:
    """Say which tables are on servers that only a link names."""
    tables = [t for t in (*answer.inputs, *answer.outputs) if t.form == REMOTE and "://" not in t.name]
    if not tables:
        return ()
    message = f"{some(dict.fromkeys(tables))}: on another server, of which only the link is known here"
    return (Note("remote_table", message, hides=""),)


def _psql_command(text: str) -> StatementLineage | None:
    """Return what a backslash command of psql does; None for its copy, which is read as COPY."""
    word = text[1:].split(maxsplit=1)[0].lower() if text[1:].split() else ""
    if word == "copy":
        return None
    if word in ("i", "ir", "include", "include_relative"):
        note = Note("included_file", "a file that the script includes was not read", 0, len(text), "tables")
        return with_notes(StatementLineage("CONTROL"), (note,))
    return StatementLineage("CONTROL")


def _inner_reader(context: Context) -> Callable[[str, Reading], list[StatementLineage]]:
    """Return what reads a text that stands inside a statement, with the same time for each part."""

    def read_text(text: str, outer: Reading) -> list[StatementLineage]:
        if outer.depth >= _MAX_INNER:
            return [_unknown(Note("too_deep", "a text within a text was not read: too many levels", hides="tables"))]
        answers: list[StatementLineage] = []
        for piece in split(text, outer.dialect):
            prepared = prepare(piece.text, outer.dialect)
            answer = _Attempt(prepared.text, outer.dialect, outer.again(), context.deadline_s).run()
            answers.append(_inner_filled(answer, prepared, outer) if prepared.holes or prepared.notes else answer)
        return answers

    return read_text


def _inner_filled(answer: StatementLineage, prepared: Prepared, outer: Reading) -> StatementLineage:
    holes = Holes(prepared.holes, outer.dialect, outer.default_db, outer.default_schema)
    return filled(answer, holes, prepared)


def _unknown(note: Note) -> StatementLineage:
    return StatementLineage("UNKNOWN", notes=(note,), state=UNKNOWN, confidence=0.0)


def with_notes(answer: StatementLineage, notes: tuple[Note, ...]) -> StatementLineage:
    """Return an answer with more notes, and a state that is no better than they allow."""
    if not notes:
        return answer
    hides = {note.hides for note in notes}
    state = PARTLY if hides - {""} and answer.state != UNKNOWN else answer.state
    confidence = min(answer.confidence, 0.5) if "tables" in hides else answer.confidence
    return answer._replace(notes=(*answer.notes, *notes), state=state, confidence=confidence)


def _has_prefix_run(text: str) -> bool:
    many = text.upper().count("NOT") >= _RUN or sum(map(text.count, "-+~")) >= _RUN
    return many and _PREFIX_RUN.search(text) is not None


def _may_fold(text: str) -> bool:
    """Whether a long text is worth measuring: terms that differ in literals need literals, and some are too long.

    Without it, one too deep for the stack is still found, when it has failed there.
    """
    words = len(_PLAIN_WORD.findall(text))
    return words > _MAX_WORDS // 3 or len(_LITERAL.findall(text)) * _FEW > words


class _Attempt:
    """The reading of one prepared text."""

    def __init__(self, text: str, dialect: str, reading: Reading, deadline_s: float) -> None:
        self._text = self._given = text
        self._dialect = dialect
        self._reading = reading
        self._deadline_s = deadline_s
        first = _FIRST_WORD.match(text)
        self._word = first.group(1).upper() if first else "statement"

    def run(self) -> StatementLineage:
        """Return the answer; whatever goes wrong becomes a note of it."""
        try:
            return self._measured()
        except OutOfTime:
            note = Note(
                "out_of_time", f"reading the {self._word} took more than {self._deadline_s:g} s", hides="tables"
            )
        except RecursionError:
            note = Note("too_deep", f"the {self._word} is nested too deeply to be read", hides="tables")
        except Exception as failure:  # noqa: BLE001  border: a fault of the parser or of ours must not cost the others
            note = Note(
                "reader_failed", f"reading the {self._word} failed with {type(failure).__name__}", hides="tables"
            )
        return self._from_words(note)

    def _measured(self) -> StatementLineage:
        """Choose where to read: here, or on a deep stack; too large or too deep a text is not parsed at all."""
        depth = 0
        if self._text.count("][") > _MAX_SUBSCRIPTS:
            note = Note(
                "too_deep", f"the {self._word} holds a long chain of subscripts: it was not parsed", hides="tables"
            )
            return self._from_words(note)
        is_long = len(self._text) > _LONG
        folds = is_long and _may_fold(self._text)
        has_run = IS_COMPILED and _has_prefix_run(self._text)
        may_be_deep = self._text.count("(") > (_SHALLOW if IS_COMPILED else _MAX_DEPTH)
        if folds or has_run or may_be_deep or (IS_COMPILED and is_long):
            plain = None if folds or has_run else plain_depth(self._text)
            depth = plain or 0
            if plain is None:
                self._text, shape = fold(self._text, self._dialect)
                depth = shape.depth
                if shape.words > _MAX_WORDS:
                    note = Note(
                        "too_long", f"the {self._word} has {shape.words} words: it was not parsed", hides="tables"
                    )
                    return self._from_words(note)
        if depth <= _SHALLOW:
            try:
                return self._read()
            except RecursionError:  # perhaps only this thread's stack is nearly used up
                depth = fold(self._text, self._dialect)[1].depth
                self._reading = self._reading.again()
        if depth > _MAX_DEPTH:
            note = Note("too_deep", f"the {self._word} nests {depth} levels: it was not parsed", hides="tables")
            return self._from_words(note)
        return run_deep(self._read, depth)

    def _from_words(self, note: Note) -> StatementLineage:
        try:
            return movers.fallback(self._text, self._dialect, self._reading.again(), note)
        except Exception:  # noqa: BLE001  border: then nothing is known
            return _unknown(note)

    def _read(self) -> StatementLineage:
        self._reading.deadline = Deadline(self._deadline_s)
        moved = movers.read(self._text, self._dialect, self._reading)
        return self._parsed() if moved is None else moved

    def _parsed(self) -> StatementLineage:
        note = Note("parse_error", f"the {self._word} could not be parsed as {self._dialect or 'SQL'}", hides="tables")
        try:
            nodes = trees(self._text, self._dialect)
        except SqlglotError as failure:
            return self._from_words(self._at(note, failure))
        if not nodes:
            return StatementLineage("CONTROL")
        if len(nodes) > 1:
            return self._from_words(note._replace(message=f"the {self._word} was parsed as several statements"))
        answer = read(nodes[0], self._reading)
        if answer.kind != "UNKNOWN" or not answer.notes:
            return answer
        defined_by = _DEFINED_BY.match(self._text)
        return self._from_words(answer.notes[0] if defined_by is None else self._in_query(note, defined_by.end()))

    def _in_query(self, note: Note, start: int) -> Note:
        """Return a note with the place in the query of a CREATE: of the whole the parser says none."""
        try:
            trees(self._text[start:], self._dialect)
        except SqlglotError as failure:
            return self._at(note, failure, start)
        return note

    def _at(self, note: Note, failure: SqlglotError, start: int = 0) -> Note:
        """Return a note with the parser's place, where that is one of the statement's own text."""
        place = unread_at(failure, self._text[start:])
        if place is None or self._reading.depth or self._text is not self._given:
            return note
        return note._replace(start=start + place[0], end=start + place[1])
