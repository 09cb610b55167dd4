"""The reading of one statement: its resolver, its conventions, and how an answer is put together.

It must not know kinds of statements: the functions of this package and of `movers` take a Reading and give answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from whence.sql._combine import renamed
from whence.sql._names import RenamedLookup
from whence.sql._profiles import DEFAULT
from whence.sql._result import PARSED, PARTLY, UNKNOWN, Note, OutputField, StatementLineage, TableName
from whence.sql.queries._edges import LOST, NOTHING
from whence.sql.queries._remote import call_of
from whence.sql.queries._resolve import Resolver
from whence.sql.queries._scopes import Relation, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from whence.sql._names import Lookup
    from whence.sql._profiles import Profile
    from whence.sql._result import Column
    from whence.sql._servers import Server
    from whence.sql.queries._edges import Sources
    from whence.sql.queries._scopes import Ctes

Field = tuple[str, "Sources", "TableName | None"]
"""One column that a statement gives: its name, what it comes from, the table that it is written to."""

CONTROL = StatementLineage("CONTROL")
DOUBT = 0.5
"""How much the tables of a statement are believed when something that may hide tables was not understood."""


class Reading:
    """What readers of statements share: the resolver that gathers inputs and notes, and the conventions in force.

    `read_text` reads a text that stands inside the statement (a body, a literal that is executed): it splits it and
    reads each statement with a reading like this one.
    """

    def __init__(
        self,
        dialect: str,
        lookup: Lookup,
        default_db: str | None,
        default_schema: str | None,
        *,
        profile: Profile = DEFAULT,
        read_text: Callable[[str, Reading], list[StatementLineage]] | None = None,
        depth: int = 0,
    ) -> None:
        self.dialect = dialect
        self.profile = profile
        self.default_db = default_db
        self.default_schema = default_schema
        self.resolver = Resolver(dialect, lookup, default_db, default_schema, profile)
        self.read_text = read_text
        self.depth = depth
        self.declared: frozenset[str] = frozenset()
        self.written: list[Field] = []  # by CTEs that change data
        self.ctes: Ctes = {}  # those that a statement inside a CTE can name

    @property
    def deadline(self) -> Callable[[], None] | None:
        """What raises when the time for the statement is used up; asked now and then."""
        return self.resolver.deadline

    @deadline.setter
    def deadline(self, deadline: Callable[[], None] | None) -> None:
        self.resolver.deadline = deadline

    def declare(self, names: frozenset[str]) -> None:
        """Take these, in small letters, for variables and parameters here and in the statements inside."""
        if names:
            self.declared |= names
            self.resolver.no_columns |= names

    def again(self) -> Reading:
        """Return an empty reading of the same kind, one level deeper, for a statement inside this one."""
        again = Reading(
            self.dialect,
            self.resolver.lookup,
            self.default_db,
            self.default_schema,
            profile=self.profile,
            read_text=self.read_text,
            depth=self.depth + 1,
        )
        again.deadline = self.deadline
        again.declare(self.declared)
        return again

    def inner(self, text: str) -> list[StatementLineage]:
        """Read the statements of a text inside this one. None can be read when the engine gave no way to."""
        return self.read_text(text, self) if self.read_text is not None else []

    def elsewhere(self, server: Server, read: Callable[[Reading], list[StatementLineage]]) -> list[StatementLineage]:
        """Return what is read for another server, its tables as they are called here.

        Where it may speak several dialects, the first in which all is understood counts, and a note says so.
        """
        best: list[StatementLineage] = []
        surest, spoken = -1.0, ""
        for dialect in server.dialects:
            answers = read(self._at(server, dialect))
            sure = min((answer.confidence for answer in answers), default=0.0)
            if sure > surest:
                best, surest, spoken = answers, sure, dialect
            if sure == 1.0:
                break
        answers = [renamed(answer, server.table) for answer in best]
        if not answers or len(server.dialects) == 1:
            return answers
        message = f"a text for another server was read as {spoken or 'standard SQL'}: what it speaks is not known"
        note = Note("remote_dialect", message, hides="")
        return [answers[0]._replace(notes=(*answers[0].notes, note)), *answers[1:]]

    def _at(self, server: Server, dialect: str) -> Reading:
        """Return a reading of what another server is given: it sees none of our defaults."""
        there = Reading(
            dialect,
            RenamedLookup(self.resolver.lookup, server.table),
            server.database,
            server.schema if server.source is None else server.source.schema,
            profile=self.profile,
            read_text=self.read_text,
            depth=self.depth + 1,
        )
        there.deadline = self.deadline
        return there

    # --- targets

    def target(self, node: object) -> tuple[TableName | None, list[str]]:
        """Return the table that a node names as a target, and the columns that stand behind it."""
        names: list[str] = []
        if isinstance(node, exp.Schema) and node.this.name.lower() in ("openquery", "openrowset"):
            return self._called_target(node.this.name, node.expressions)
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Anonymous):
            node = node.this
        if isinstance(node, exp.Anonymous):
            return self._called_target(node.name, node.expressions)
        if isinstance(node, exp.Schema):
            listed = (c for c in node.expressions if isinstance(c, (exp.Identifier, exp.ColumnDef, exp.Column)))
            names = [self.resolver.column_name(c.this if isinstance(c, exp.Column) else c) for c in listed]
            node = node.this
        if isinstance(node, exp.Table):
            return self.resolver.table_name(node), names
        return None, names

    def _called_target(self, name: str, parts: list[exp.Expr]) -> tuple[TableName | None, list[str]]:
        """Return the table that a function stands for as a target, and its columns, where its text is a query."""
        call = call_of(name.lower(), parts)
        if call is None:
            return None, []
        if call.text is None or call.server is None:
            table = call.named
            return (self.resolver.full_name(table) if table is not None and call.server is None else table), []
        text = call.text
        answers = self.elsewhere(call.server, lambda there: there.inner(text))
        if len(answers) != 1 or len(answers[0].inputs) != 1:
            return None, []
        names = [field.name for field in answers[0].fields or ()]
        return answers[0].inputs[0], [] if "*" in names else names

    def copy_of(self, table: TableName) -> Relation:
        """Return all columns of a table that is copied as a whole, and count it as an input."""
        self.resolver.inputs[table] = None
        return self.resolver.base(table)

    # --- answers

    def fields(self, relation: Relation, table: TableName | None) -> list[Field]:
        """Return a relation's columns as fields of an answer; stars that could not be expanded are "*"."""
        if relation.opens:
            self.note_opens(relation)
        return [(name, sources, table) for name, sources in outputs_of(relation)]

    def note_opens(self, relation: Relation) -> None:
        """Note the tables whose columns pass and are not known."""
        for table in relation.unknown_tables:
            self.resolver.note("unknown_columns", f"the columns of {table} are not known: its * was not expanded")

    def answer(
        self,
        kind: str,
        outputs: Iterable[TableName] = (),
        *,
        fields: Iterable[Field] | None = None,
        columns: tuple[Column, ...] | None = None,
        is_temporary: bool = False,
        changes: TableName | None = None,
    ) -> StatementLineage:
        """Return the answer. Sources in the table that the statement `changes` are its own rows, and left out."""
        resolver = self.resolver
        own = None if self.profile.update_target_is_input else changes
        given = None if fields is None and not self.written else (*self.written, *(fields or ()))
        notes = tuple(resolver.notes)
        hides = {note.hides for note in notes}
        return StatementLineage(
            kind,
            tuple(resolver.inputs),
            tuple(dict.fromkeys((*outputs, *resolver.changed))),
            None if given is None else tuple(_output(resolver, *field, own) for field in given),
            resolver.tell(resolver.indirect, but=own),
            columns,
            is_temporary,
            notes,
            PARTLY if hides - {""} else PARSED,
            DOUBT if "tables" in hides else 1.0,
        )


def outputs_of(relation: Relation) -> list[tuple[str, Sources]]:
    """Return the columns of a relation in order, unexpanded stars as "*"."""
    return relation.columns


def unknown(code: str, message: str) -> StatementLineage:
    """Return the answer for a statement that was not understood."""
    return StatementLineage("UNKNOWN", notes=(Note(code, message, hides="tables"),), state=UNKNOWN, confidence=0.0)


def merged(fields: Iterable[Field]) -> list[Field]:
    """Join the fields of one name and table, as the branches of a MERGE write them; the first keeps its place."""
    found: dict[tuple[str, TableName | None], Sources] = {}
    for name, sources, table in fields:
        found[name, table] = found.get((name, table), NOTHING) | sources
    return [(name, sources, table) for (name, table), sources in found.items()]


def empty_scope() -> Scope:
    """Return a scope that sees nothing."""
    return Scope(None)


def _output(
    resolver: Resolver, name: str, sources: Sources, table: TableName | None, own: TableName | None
) -> OutputField:
    told = resolver.tell(sources, but=own)
    is_whole = LOST.isdisjoint(sources) and "*" not in [source.field for source in told]
    return OutputField(name, told, table, is_whole)
