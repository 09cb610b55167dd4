"""From one parsed statement to its StatementLineage: what it writes and reads, which column comes from which.

The table of contents: one function a class of the parser's tree. It must not parse text.
Source: sqlglot's expression classes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from whence.sql.queries._edges import LOST, NOTHING
from whence.sql.queries._scopes import STAR, Open, Relation
from whence.sql.statements._change import changing_cte, delete, insert, insert_many, merge, update
from whence.sql.statements._define import alter, cache, create, drop, is_session_name, makes, truncate
from whence.sql.statements._reading import CONTROL, Reading, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from whence.sql._result import OutputField, StatementLineage
    from whence.sql._servers import Server

__all__ = ["CONTROL", "Reading", "read", "unknown"]


def read(node: exp.Expr, reading: Reading) -> StatementLineage:
    """Return what the statement does. A statement of a kind that is not read is UNKNOWN, with a note."""
    _wire(reading)
    if not reading.profile.unused_ctes:
        _prune(node)
    if isinstance(node, (exp.Query, exp.Pivot, exp.Values)):  # DuckDB's PIVOT and UNPIVOT are statements, too
        return _query(reading, node)
    handler = _HANDLERS.get(type(node))
    if handler is not None:
        return handler(reading, node)
    if isinstance(node, _CONTROL):
        return CONTROL
    if isinstance(node, (exp.Alias, exp.Condition)):
        return unknown("unsupported_statement", "a text that is an expression and no statement was not read")
    word = node.name if isinstance(node, exp.Command) else type(node).__name__
    return unknown("unsupported_statement", f"statements of the kind {word.upper()} are not read")


def _wire(reading: Reading) -> None:
    """Let the resolver come back for CTEs that change data, and for queries in texts."""
    reading.resolver.change = partial(changing_cte, reading)
    reading.resolver.read_text = partial(_rows_of_text, reading)


def _rows_of_text(reading: Reading, text: str, server: Server | None) -> Relation | None:
    """Return the rows of a query that stands in a text, and count what it reads.

    None for anything else, unless another server runs the text: then what it writes there counts, too.
    """
    answers = reading.inner(text) if server is None else reading.elsewhere(server, lambda there: there.inner(text))
    is_query = len(answers) == 1 and answers[0].kind == "SELECT" and answers[0].fields is not None
    if not is_query and server is None:
        return None
    resolver = reading.resolver
    for answer in answers:
        resolver.inputs.update(dict.fromkeys(answer.inputs))
        resolver.changed.update(dict.fromkeys(answer.outputs))
        resolver.unit.indirect |= resolver.untell(answer.indirect)
        for note in answer.notes:
            resolver.note(note.code, note.message, hides=note.hides)
    fields = [(f, resolver.untell(f.sources) | (NOTHING if f.is_whole else LOST)) for f in _fields(answers)]
    reading.written += [(field.name, sources, field.table) for field, sources in fields if field.table is not None]
    columns = [(field.name, sources) for field, sources in fields if field.table is None] if is_query else []
    if not columns:
        return Relation.of_value([], LOST)
    return Relation(columns, tuple(Open(None, sources) for name, sources in columns if name == STAR))


def _fields(answers: list[StatementLineage]) -> Iterator[OutputField]:
    return (field for answer in answers for field in answer.fields or ())


def _query(reading: Reading, node: exp.Query | exp.Pivot | exp.Values) -> StatementLineage:
    into = node.args.get("into")
    relation = reading.resolver.query(node, None, {})
    if isinstance(into, exp.Into) and isinstance(into.this, exp.Table) and not _is_variable(into.this):
        target = reading.resolver.table_name(into.this)
        temporary = bool(into.args.get("temporary")) or is_session_name(target, reading)
        return makes(reading, "CREATE_TABLE_AS", target, relation, is_temporary=temporary)
    return reading.answer("SELECT", fields=reading.fields(relation, None))


def _is_variable(table: exp.Table) -> bool:
    """Whether what stands behind INTO is MySQL's `@x`."""
    return isinstance(table.this, exp.Parameter)


# --- CTEs that nothing uses


def _prune(node: exp.Expr) -> None:
    """Take unused CTEs out of a tree, for the convention that what nothing uses is not read."""
    for clause in reversed(list(node.find_all(exp.With))):  # the inner ones first: they may be the last users
        owner = clause.parent
        if owner is None:
            continue
        ctes: list[exp.Expr] = list(clause.expressions)
        unused = {cte.alias.lower(): cte for cte in ctes if isinstance(cte.this, exp.Query)}
        users = [child for child in owner.iter_expressions() if child is not clause]
        users += [cte for cte in ctes if not isinstance(cte.this, exp.Query)]
        while users and unused:
            for table in users.pop().find_all(exp.Table):
                used = unused.pop(table.name.lower(), None)
                if used is not None:
                    users.append(used)
        for cte in unused.values():
            cte.pop()


_CONTROL = (
    exp.Set,
    exp.Pragma,
    exp.Transaction,
    exp.Commit,
    exp.Rollback,
    exp.Use,
    exp.Show,
    exp.Describe,
    exp.Grant,
    exp.Comment,
    exp.Analyze,
    exp.Kill,
    exp.Attach,
    exp.Detach,
    exp.Declare,
    exp.Uncache,
    exp.Refresh,
)
_HANDLERS: dict[type[exp.Expr], Callable[[Reading, Any], StatementLineage]] = {
    exp.Insert: insert,
    exp.MultitableInserts: insert_many,
    exp.Create: create,
    exp.Update: update,
    exp.Delete: delete,
    exp.Merge: merge,
    exp.Alter: alter,
    exp.Drop: drop,
    exp.TruncateTable: truncate,
    exp.Cache: cache,
}
