"""Other servers that a statement hands a text or a table's name to, and how tables there are called here.

A table on another server is called as that server's own lineage calls it, where the text tells which server it is
(`postgres://host:5432/db.schema.table`) or one of our own catalogues stands for it (Trino, databases that DuckDB
attached). Else it is called by the link: `schema.table@link`, in T-SQL `link.db.schema.table`, so that nobody takes it
for a table here. Of a text that says where a server is only host, port and database are looked at; where they do not
name one server that is the same seen from anywhere, the link is `?`.
Source: libpq (connection strings), the manuals of OLE DB (SQL Server), ClickHouse (table functions), DuckDB (postgres
and mysql extensions), Trino (system.query), Oracle (database links), BigQuery (EXTERNAL_QUERY).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from whence.errors import NamingError
from whence.model import DatabaseUrl, source_for_url
from whence.sql._result import REMOTE, TABLE, TableName

if TYPE_CHECKING:
    from whence.model import Source

UNTOLD = "?"
"""The link of a server that the text does not name, or names in a way that may hold a secret."""

_LINKED = ("tsql", "oracle", "mysql")  # what a linked server of SQL Server may speak, the likeliest first
_PROVIDERS = {"sqlncli": "tsql", "msoledbsql": "tsql", "sqloledb": "tsql", "oraoledb": "oracle", "msdaora": "oracle"}
_SCHEMAS = {"postgres": "public", "sqlite": "main"}
_PROVIDER = re.compile(r"[a-z]+")
_NAME = re.compile(r"[A-Za-z_][\w$.-]*")
_HOST = re.compile(r"(?P<host>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?:[:,](?P<port>\d{1,5}))?")
_LOCAL = re.compile(r"localhost|127\.[\d.]+|local", re.IGNORECASE)
_LIBPQ = re.compile(r"\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|\Z)", re.DOTALL)
_OLE_DB = re.compile(r"\s*([^=;]+?)\s*=\s*(?:\"([^\"]*)\"|([^;\"]*))\s*(?:;|\Z)")
_URL = re.compile(r"postgres(?:ql)?://", re.IGNORECASE)


class Server(NamedTuple):
    """Another server as a statement names it.

    `source` is the database there, where the text tells it, `catalog` our catalogue that stands for it, `schema` where
    its unqualified names lie. `dialects` are what it may speak, the likeliest first. `is_first`: the link stands before
    the name, in four parts.
    """

    link: str = UNTOLD
    dialects: tuple[str, ...] = ("",)
    source: Source | None = None
    catalog: str | None = None
    schema: str | None = None
    is_first: bool = False

    @property
    def database(self) -> str | None:
        """The database in which its unqualified names lie."""
        return None if self.source is None else self.source.database

    def table(self, table: TableName) -> TableName:
        """Return what a table there is called here; other forms of names are as they are."""
        if table.form != TABLE:
            return table
        if self.source is not None and (table.catalog or self.source.database):
            told = self.source.dataset_id([part for part in (table.catalog, table.schema, table.name) if part])
            if "/" not in told.name:
                return TableName(f"{told.namespace}/{told.name}", form=REMOTE)
        if self.catalog is not None and table.schema and not table.catalog:
            return TableName(table.name.lower(), table.schema.lower(), self.catalog)
        if self.is_first:
            return TableName(f"{self.link}.{table.catalog or ''}.{table.schema or ''}.{table.name}", form=REMOTE)
        return TableName(f"{table}@{self.link}", form=REMOTE)


def linked_server(name: str) -> Server:
    """Return a linked server of SQL Server: only the server that has the link knows what stands behind it."""
    return Server(name, _LINKED, is_first=True)


def provided(provider: str, text: str) -> Server:
    """Return what OPENROWSET and OPENDATASOURCE reach through an OLE DB provider with a connection string."""
    found = _PROVIDER.match(provider.lower())
    dialect = _PROVIDERS.get(found.group() if found is not None else "")
    told = {key.lower().replace(" ", ""): first or second for key, first, second in _OLE_DB.findall(text)}
    where = told.get("server") or told.get("datasource") or ""
    database = told.get("database") or told.get("initialcatalog")
    source = _source("mssql", where.removeprefix("tcp:"), database) if dialect == "tsql" else None
    return Server(dialects=_LINKED if dialect is None else (dialect,), source=source, is_first=True)


def by_libpq(text: str, *, is_client: bool = False) -> Server:
    """Return what a connection string, a URL or the name of a connection of PostgreSQL leads to.

    `is_client`: it is this process that connects, so that its own machine is known by name.
    """
    if _NAME.fullmatch(text):
        return Server(text, ("postgres",))
    if _URL.match(text):
        try:
            url = source_for_url(text)
        except NamingError:
            return Server(dialects=("postgres",))
        where = url.namespace.removeprefix("postgres://")
        return Server(dialects=("postgres",), source=_source("postgres", where, url.database, is_client=is_client))
    told = {key.lower(): first or second for key, first, second in _LIBPQ.findall(text)}
    where = ":".join(filter(None, (told.get("host"), told.get("port"))))
    is_plain = not _LIBPQ.sub("", text).strip() and "hostaddr" not in told and "service" not in told
    source = _source("postgres", where, told.get("dbname"), is_client=is_client) if is_plain else None
    return Server(dialects=("postgres",), source=source)


def attached(name: str, dialect: str = "") -> Server:
    """Return the server that one of our own catalogues stands for; `?` where the name is none."""
    link = named(name)
    catalog = None if link == UNTOLD else name.lower()
    return Server(link, (dialect,), catalog=catalog, schema=_SCHEMAS.get(dialect))


def at_host(scheme: str, where: str, database: str) -> Server | None:
    """Return the database at `host` or `host:port`; None when that is not one server."""
    found = _HOST.fullmatch(where)
    if found is None:
        return None
    return Server(found["host"], source=_source(scheme, where, database))


def is_here(where: str) -> bool:
    """Whether an address means the server that reads it."""
    return _LOCAL.fullmatch(where) is not None


def named(text: str | None) -> str:
    """Return the name of a link; `?` for a text that is no name."""
    return text if text is not None and _NAME.fullmatch(text) else UNTOLD


def _source(scheme: str, where: str, database: str | None, *, is_client: bool = False) -> Source | None:
    found = _HOST.fullmatch(where)
    if found is None or (_LOCAL.fullmatch(found["host"]) and not is_client):
        return None
    port = int(found["port"]) if found["port"] else None
    return source_for_url(DatabaseUrl(scheme, host=found["host"], port=port, database=database))
