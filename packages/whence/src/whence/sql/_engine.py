"""Text in, answers out: looks into its memory, cuts into statements, has each one read, and remembers.

Importing this module is cheap: the parser (`_parser`, about 125 ms) is loaded when the first statement is read that
was not read before. Nothing here raises on bad SQL: what cannot be read is an UNKNOWN statement whose note says why.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import partial
from typing import TYPE_CHECKING

from whence.sql._cache import Bounded, KeptStatement, KeptText, Seen
from whence.sql._profiles import DEFAULT
from whence.sql._result import PATH, STAGE, UNKNOWN, Note, StatementLineage
from whence.sql._session import Session
from whence.sql.text import (
    MARK,
    Masked,
    dialect_name,
    has_executable,
    has_tags,
    literal_words,
    opened,
    split,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from whence.sql._names import Schema
    from whence.sql._profiles import Profile
    from whence.sql.text import Piece, Rendered

_WORD = re.compile(r"\w+")


class Engine:
    """Reads SQL with a memory. Safe in threads.

    `deadline_s` is CPU time for reading one statement, after its parsing. The memory holds at most `max_entries` texts
    and as many statements, each kind with at most `max_chars` characters.
    """

    def __init__(self, *, max_entries: int = 4096, max_chars: int = 8_000_000, deadline_s: float = 2.0) -> None:
        self._texts: Bounded[KeptText] = Bounded(max_entries, max_chars)
        self._statements: Bounded[KeptStatement] = Bounded(max_entries, max_chars)
        self._deadline_s = deadline_s

    def lineage(
        self,
        sql: str,
        dialect: str | None,
        default_db: str | None,
        default_schema: str | None,
        schema: Schema,
        *,
        profile: Profile = DEFAULT,
        session: Session | None = None,
    ) -> list[StatementLineage]:
        """Read every statement of a text, one answer each, in order.

        With a `session` the text goes on where it stands, and the whole text is not remembered, only its statements.
        Cost: a text read before 2 us and more with what of the schema has to be compared; a statement that differs in
        literals 60 us.
        """
        if session is not None:
            return self._read(sql, dialect_name(dialect), session)
        key = (sql, dialect, default_db, default_schema, profile.name)
        kept = self._texts.get(key)
        if kept is not None and kept.seen.holds_in(schema):
            return list(kept.answers)
        seen = Seen(schema)
        name = dialect_name(dialect)
        own = Session(name, default_db, default_schema, seen, profile)
        answers = self._read(sql, name, own)
        seen.close()
        self._texts.put(key, KeptText(seen, tuple(answers)), len(sql))
        return answers

    def _read(self, sql: str, dialect: str, session: Session) -> list[StatementLineage]:
        if has_executable(sql, dialect):
            sql = opened(sql, dialect)
        rendered = _rendered(sql, dialect) if has_tags(sql) else None
        text = sql if rendered is None else rendered.text
        answers: list[StatementLineage] = []
        pieces = split(text, dialect)
        for piece in pieces:
            run = session.text_of(piece.text) if session.prepared else None
            answer = self._statement(piece if run is None else piece._replace(text=run), dialect, session, rendered)
            if run is not None:
                answer = answer._replace(notes=tuple(note._replace(start=None, end=None) for note in answer.notes))
            session.follow(piece.text, answer)
            answers.append(answer)
        if rendered is not None and rendered.notes:
            return list(_with_template_notes(answers, rendered.notes, len(sql)))
        return answers

    def _statement(self, piece: Piece, dialect: str, session: Session, rendered: Rendered | None) -> StatementLineage:
        variables = rendered.variables if rendered is not None else {}
        state = (dialect, *session.key(), *sorted(variables.items()))
        masked = Masked(piece.text, dialect)
        kept = self._kept(piece.text, masked, state)
        if kept is not None and _holds(kept, session):
            return _placed(kept, piece, dialect, masked)
        from whence.sql import _parser  # noqa: PLC0415  loads sqlglot, which a hit must not

        context = _parser.Context(
            dialect,
            session.default_db,
            session.default_schema,
            session.profile,
            variables,
            self._deadline_s,
            session.declared,
        )
        origin = _origin(session)
        answer, asked = _parser.read_statement(piece.text, context, session.schema)
        new = KeptStatement(origin, asked, answer, piece.text)
        self._keep(new, masked.text, state, is_stale=kept is not None)
        return _placed(new, piece, dialect, masked)

    def _kept(self, text: str, masked: Masked, state: tuple[Hashable, ...]) -> KeptStatement | None:
        """Return what is kept for a text: its own answer, or that of a text which differs only in plain values."""
        if masked.text is not None:
            kept = self._statements.get((masked.text, *state))
            if kept is not None and (kept.text == text or _answers(kept, masked, str(state[0]))):
                return kept
        return self._statements.get((text, "", *state))

    def _keep(self, new: KeptStatement, masked: str | None, state: tuple[Hashable, ...], *, is_stale: bool) -> None:
        """Keep an answer for all texts with its mask, or beside the one that is kept for those, for its own text."""
        key: tuple[Hashable, ...] = (new.text, "", *state)
        if masked is not None:
            first = self._statements.get((masked, *state))
            if first is None or first.text == new.text or (is_stale and first.is_template):
                key = (masked, *state)
        self._statements.put(key, new, len(new.text) + len(str(key[0])))


def _rendered(sql: str, dialect: str) -> Rendered:
    from whence.sql.text import render  # noqa: PLC0415  loaded with the first template

    return render(sql, dialect)


def _origin(session: Session) -> object:
    """Return what the schema of a session is known by as long as no statement has laid anything over it."""
    return session.base.origin if isinstance(session.base, Seen) and not session.schema.version else None


def _holds(kept: KeptStatement, session: Session) -> bool:
    """Whether a kept answer holds for what the session knows of tables."""
    if kept.origin is not None and isinstance(session.base, Seen) and kept.origin == _origin(session):
        session.base.asked.update(kept.asked)
        return True
    return kept.holds_in(session.schema)


def _answers(kept: KeptStatement, masked: Masked, dialect: str) -> bool:
    """Whether a kept answer holds for another text, which has the same mask."""
    if kept.is_template is None:
        from whence.sql.text import is_template  # noqa: PLC0415  loaded with the first question

        text = masked.text or ""
        kept.is_template = is_template(text) and not _says_literals(kept.answer, kept.text, text, dialect)
    if not kept.is_template or not _has_places(kept.answer):
        return kept.is_template
    return len(_spans_of(kept, dialect)) == len(masked.spans)  # else rows were folded


def _spans_of(kept: KeptStatement, dialect: str) -> list[tuple[int, int]]:
    if kept.spans is None:
        kept.spans = Masked(kept.text, dialect).spans
    return kept.spans


def _has_places(answer: StatementLineage) -> bool:
    return any(note.start is not None for note in answer.notes)


def _says_literals(answer: StatementLineage, text: str, masked: str, dialect: str) -> bool:
    """Whether a word of a masked literal is a name in the answer: then it may well have come from there."""
    if MARK not in masked:
        return False
    if any(table.form in (PATH, STAGE) for table in (*answer.inputs, *answer.outputs)):
        return True
    if any(column.type for column in answer.columns or ()):
        return True
    words = literal_words(text, dialect)
    return bool(words) and any(word in words for name in _names(answer) for word in _WORD.findall(name.lower()))


def _names(answer: StatementLineage) -> Iterator[str]:
    for table in (*answer.inputs, *answer.outputs):
        yield str(table)
    for column in answer.columns or ():
        yield column.name
    for source in answer.indirect:
        yield source.field
    for field in answer.fields or ():
        yield field.name
        for source in field.sources:
            yield source.field


def _placed(kept: KeptStatement, piece: Piece, dialect: str, masked: Masked) -> StatementLineage:
    """Return an answer with its places in the whole text."""
    answer = kept.answer
    notes = answer.notes
    if notes and _has_places(answer):
        is_same = kept.text == piece.text
        before = [] if is_same else _spans_of(kept, dialect)
        now = [] if is_same else masked.spans
        moved = partial(_moved, [end for _, end in before], [end for _, end in now], piece.start)
        notes = tuple(Note(note.code, note.message, moved(note.start), moved(note.end), note.hides) for note in notes)
    return answer._replace(start=piece.start, end=piece.end, notes=notes)


def _moved(before: list[int], now: list[int], start: int, at: int | None) -> int | None:
    """Return where a place lies in a text that begins at `start` and whose literals end elsewhere than they did."""
    if at is None:
        return None
    index = bisect_right(before, at) if len(before) == len(now) else 0
    return start + at - before[index - 1] + now[index - 1] if index else start + at


def _with_template_notes(
    answers: Sequence[StatementLineage], notes: Sequence[Note], length: int
) -> Iterator[StatementLineage]:
    """Give each note on a template to the statement that it stands in or before; all to one when there is no other."""
    if not answers:
        yield StatementLineage("UNKNOWN", notes=tuple(notes), state=UNKNOWN, confidence=0.0, end=length)
        return
    from whence.sql._parser import with_notes  # noqa: PLC0415  as above

    at = 0
    for index, answer in enumerate(answers):
        end = answer.end if index < len(answers) - 1 else length
        own = tuple(note for note in notes if at <= (note.start or 0) < end or (index == 0 and (note.start or 0) < at))
        yield with_notes(answer, own)
        at = end
