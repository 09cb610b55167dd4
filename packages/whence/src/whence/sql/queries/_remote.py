"""Functions that reach for another server: they run a text there, or stand for a table of its.

A call says which server, and which text or table; what is read there is told under the names that `_servers` gives. It
must not decide those names, nor read texts itself. Sources: the manuals of SQL Server (OPENQUERY, OPENROWSET,
OPENDATASOURCE), PostgreSQL (dblink), BigQuery (EXTERNAL_QUERY), Trino (system.query), ClickHouse (remote, cluster,
mysql, postgresql), DuckDB (postgres_query, postgres_scan, mysql_query, sqlite_query, sqlite_scan).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlglot import exp

from whence.sql import _servers
from whence.sql._result import REMOTE, TableName
from whence.sql._servers import Server
from whence.sql.queries._edges import LOST
from whence.sql.queries._scopes import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from whence.sql.queries._resolve import Resolver

_TEXTS = (exp.Literal, exp.RawString, exp.National)


class Call(NamedTuple):
    """What such a function reaches: a text that the server runs, or a table. Without a server it is our own."""

    server: Server | None
    text: str | None = None
    table: TableName | None = None

    @property
    def named(self) -> TableName | None:
        """What the table is called here, None when the call has a text."""
        return self.table if self.table is None or self.server is None else self.server.table(self.table)


def call_of(name: str, parts: Sequence[Any]) -> Call | None:
    """Return what a function of this name (small letters) reaches; None for others and where it is not known."""
    reader = _READERS.get(name)
    return reader(parts) if reader is not None and parts else None


def rows_of_call(resolver: Resolver, call: Call, names: list[str]) -> Relation | None:
    """Return the rows that a call gives, None where its text cannot be read; `names` are all of its columns, if any."""
    if call.text is None:
        table = call.named
        if table is None:
            return None
        return resolver.reads(table if call.server is not None else resolver.full_name(table))
    rows = resolver.read_text(call.text, call.server) if resolver.read_text is not None else None
    if rows is None or not names:
        return rows
    if rows.opens:  # which of its columns is which is not known
        return Relation([(name, rows.every | LOST) for name in names])
    return Relation([(name, sources) for name, (_, sources) in zip(names, rows.columns, strict=False)])


def query_of(function: Any) -> Call | None:
    """Return what Trino's `cat.system.query(query => '..')` reaches, the catalogue's own server; None for others."""
    inner: Any = function.args.get("expression") if function.__class__ is exp.Dot else None
    if inner.__class__ is not exp.Anonymous or inner.name.lower() != "query" or len(inner.expressions) != 1:
        return None
    text, outer = _text(inner.expressions[0]), function.this
    if text is None or outer.__class__ is not exp.Dot or outer.expression.name.lower() != "system":
        return None
    return Call(_servers.attached(outer.this.name), text)


def _text(node: Any) -> str | None:
    """Return what a literal says, None for another expression."""
    if node.__class__ is exp.Kwarg:
        node = node.args["expression"]
    elif node.__class__ is exp.Cast:  # 'text'::text, as PostgreSQL writes views
        node = node.args["this"]
    is_text = isinstance(node, _TEXTS) and (node.__class__ is not exp.Literal or node.is_string)
    return node.name if is_text else None


def _word(node: Any) -> str | None:
    """Return a single name or what a literal says."""
    if isinstance(node, exp.Identifier):
        return node.name
    return node.name if isinstance(node, exp.Column) and len(node.parts) == 1 else _text(node)


def _table(parts: Sequence[str | None]) -> TableName | None:
    """Return a name of at most three parts; None where one is not known."""
    known = [part for part in parts if part is not None and "(" not in part]
    if len(known) < len(parts) or not 0 < len(known) <= 3:  # noqa: PLR2004  catalogue, schema, table
        return None
    catalog, schema, name = [*[None] * (3 - len(known)), *known]
    return TableName(name or "", schema, catalog)


def _names(node: Any) -> list[str | None]:
    """Return the parts of `db.t`."""
    return [part.name for part in node.parts] if isinstance(node, exp.Column) else [_text(node)]


# --- SQL Server


def _open_query(parts: Sequence[Any]) -> Call | None:
    link, text = _word(parts[0]), _text(parts[-1])
    return Call(_servers.linked_server(link), text) if link is not None and text is not None else None


def _open_rowset(parts: Sequence[Any]) -> Call | None:
    """Read OPENROWSET('provider', 'connection', 'query' or db.schema.t); with fewer parts it reads a file."""
    if len(parts) != 3:  # noqa: PLR2004
        return None
    server, last = open_data_source(parts), parts[-1]
    text = _text(last)
    return Call(server, text) if text is not None else Call(server, table=_table(_names(last)))


def open_data_source(parts: Sequence[Any]) -> Server:
    """Return the server that the first two parts name: a provider and a connection string."""
    provider, where, *_ = [*(_text(part) or "" for part in parts), "", ""]
    return _servers.provided(provider, where)


# --- PostgreSQL, BigQuery, DuckDB


def _dblink(parts: Sequence[Any]) -> Call | None:
    """Read dblink('connection', 'query', ..), and dblink('query'), which takes the connection opened before."""
    has_link = len(parts) > 1 and not isinstance(parts[1], exp.Boolean)
    where, text = (_text(parts[0]), _text(parts[1])) if has_link else (None, _text(parts[0]))
    server = _servers.by_libpq(where) if where is not None else Server(dialects=("postgres",))
    return Call(server, text) if text is not None else None


def _external_query(parts: Sequence[Any]) -> Call | None:
    text = _text(parts[1]) if len(parts) > 1 else None
    return Call(Server(_servers.named(_text(parts[0])), ("", "mysql")), text) if text is not None else None


def _attached(dialect: str) -> Callable[[Sequence[Any]], Call | None]:
    """Return the reader of f('attached database', 'query')."""

    def read(parts: Sequence[Any]) -> Call | None:
        name, text = _text(parts[0]), _text(parts[1]) if len(parts) > 1 else None
        if name is None or text is None:
            return None
        return Call(_servers.attached(name, dialect), text)

    return read


def _postgres_scan(parts: Sequence[Any]) -> Call | None:
    where, *names = [_text(part) for part in parts[:3]]
    table = _table(names)
    return Call(_servers.by_libpq(where, is_client=True), table=table) if where is not None and table else None


def _sqlite_scan(parts: Sequence[Any]) -> Call | None:
    """Read sqlite_scan('file', 't'): called as a connection to that file calls it, the path as it is written."""
    path, name, *_ = [*(_text(part) for part in parts), None]
    if not path or not name or "/" in name:
        return None
    return Call(None, table=TableName(f"sqlite://{path}/{name}", form=REMOTE))


# --- ClickHouse


def _database(scheme: str, schema_at: int) -> Callable[[Sequence[Any]], Call | None]:
    """Return the reader of f('host:port', 'database', 'table', 'user', 'password', ..)."""

    def read(parts: Sequence[Any]) -> Call | None:
        where, database, name, *_ = [*(_text(part) for part in parts[:3]), None, None, None]
        server = _servers.at_host(scheme, where, database) if where and database else None
        schema = _text(parts[schema_at]) if schema_at and len(parts) > schema_at else None
        table = _table([name] if schema is None else [schema, name])
        if server is None or table is None:
            return None
        if server.source is None:  # then its database is a part of the name
            table = table._replace(catalog=database) if schema else table._replace(schema=database)
        return Call(server, table=table)

    return read


def _far(parts: Sequence[Any]) -> Call | None:
    """Read remote('host', db.t) and remote('host', 'db', 't', ..); this machine's tables are our own."""
    where = _text(parts[0])
    table = _clickhouse_table(parts)
    if where is None or table is None:
        return None
    if _servers.is_here(where):
        return Call(None, table=table)
    return Call(Server(_servers.named(where.partition(":")[0])), table=table)


def _cluster(parts: Sequence[Any]) -> Call | None:
    """Read cluster('name', db.t): a table that every server of our own cluster has."""
    table = _clickhouse_table(parts)
    return None if table is None else Call(None, table=table)


def _clickhouse_table(parts: Sequence[Any]) -> TableName | None:
    if len(parts) < 2:  # noqa: PLR2004
        return None
    if isinstance(parts[1], exp.Column) and parts[1].table:
        return _table(_names(parts[1]))
    database, table = [*(_word(part) for part in parts[1:3]), None][:2]
    if database is not None and "." in database:  # 'db.t' in one
        database, _, table = database.partition(".")
    return _table([database, table])


_READERS: dict[str, Callable[[Sequence[Any]], Call | None]] = {
    "openquery": _open_query,
    "openrowset": _open_rowset,
    "dblink": _dblink,
    "dblink_exec": _dblink,
    "external_query": _external_query,
    "postgres_query": _attached("postgres"),
    "mysql_query": _attached("mysql"),
    "sqlite_query": _attached("sqlite"),
    "postgres_scan": _postgres_scan,
    "postgres_scan_pushdown": _postgres_scan,
    "sqlite_scan": _sqlite_scan,
    "postgresql": _database("postgres", 5),
    "mysql": _database("mysql", 0),
    "remote": _far,
    "remotesecure": _far,
    "cluster": _cluster,
    "clusterallreplicas": _cluster,
}
