"""From a database URL to the names of its tables.

A Source is what one connection means: a namespace, and the database and schema that an unqualified table lies in. It is
made once for an engine, then names tables cheaply. What a URL does not tell is left out of the name, never guessed,
except ports and schemas that the platform itself takes as default. It must not open connections.
Sources: SQLAlchemy's and the dialects' URL forms (psycopg, pyodbc, oracledb, snowflake, trino, PyAthena, databricks,
clickhouse, duckdb, spanner); OpenLineage's rule for Snowflake accounts (integration/common/.../snowflake.py).
"""

from __future__ import annotations

import os.path

from whence.errors import NamingError, shown
from whence.model._database_url import DatabaseUrl, parse_database_url, split_host
from whence.model._identity import DatasetId
from whence.model._platforms import PLATFORMS, platform_for_scheme
from whence.model._record import Record, put
from whence.model._template import fill_known, part_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Protocol

    class UrlParts(Protocol):
        """A database URL taken apart, as SQLAlchemy's URL is."""

        @property
        def drivername(self) -> str: ...
        @property
        def host(self) -> str | None: ...
        @property
        def port(self) -> int | None: ...
        @property
        def database(self) -> str | None: ...
        @property
        def query(self) -> Mapping[str, str | tuple[str, ...]]: ...


_MAX_PARTS = 3
_QUOTES = {'"': '"', "`": "`", "[": "]"}


class Source(Record):
    """What a connection means: platform (a row of the naming table, else the dialect), namespace, database, schema."""

    __slots__ = ("database", "namespace", "platform", "schema")
    platform: str
    namespace: str
    database: str | None
    schema: str | None

    def __init__(
        self, platform: str, namespace: str, *, database: str | None = None, schema: str | None = None
    ) -> None:
        put(self, "platform", platform)
        put(self, "namespace", namespace)
        put(self, "database", database or None)
        put(self, "schema", schema or None)

    def dataset_id(
        self, table: str | Sequence[str], *, schema: str | None = None, database: str | None = None
    ) -> DatasetId:
        """Return the name of a table: text such as `orders`, `sales.orders` or `"my.table"`, or its parts as they are.

        Parts that the table does not tell come from `schema` and `database`, then from the source.
        Raises NamingError when there is no table or there are more than three parts.
        """
        *outer, name = _table_parts(table)
        told_database, told_schema = (["", "", *outer])[-2:]
        row = PLATFORMS.get(self.platform)
        form = row.dataset if row else "{database}.{schema}.{table}"
        parts: dict[str, str | None] = {
            "database": told_database or database or self.database,
            "schema": told_schema or schema or self.schema,
            "table": name,
        }
        if "schema" not in part_names(form) and self.platform != "sqlite":
            # one level above the table, which SQL calls schema and the platform calls database
            parts["database"] = told_schema or schema or database or self.database or self.schema
        return DatasetId(self.namespace, _sqlite_name(parts) if self.platform == "sqlite" else fill_known(form, parts))


def source_for_url(url: str | UrlParts, *, default_schema: str | None = None) -> Source:
    """Return what a database URL means: a text, or an object with its parts such as SQLAlchemy's URL.

    Of such an object user and password are not touched. `default_schema` is what the connection itself reports, if it
    was asked.

    Raises NamingError when the text is no database URL, or a part is missing without which there is no namespace.
    """
    place = _place(url)
    row = platform_for_scheme(place.dialect)
    platform = row.name if row else place.dialect
    source = _READERS.get(platform, _server)(platform, place)
    if default_schema:
        return Source(source.platform, source.namespace, database=source.database, schema=default_schema)
    return source


def dataset_for_url(
    url: str | UrlParts, table: str | Sequence[str], *, schema: str | None = None, database: str | None = None
) -> DatasetId:
    """Return the name of a table behind a database URL; user and password in the URL are never read.

    >>> dataset_for_url("postgresql+psycopg://me:secret@db/shop", "orders")
    DatasetId('postgres://db:5432', 'shop.public.orders')
    """
    return source_for_url(url).dataset_id(table, schema=schema, database=database)


def split_table_name(text: str) -> tuple[str, ...]:
    """Split a written table name at its dots, SQL's quotes (`"a.b"`, `` `a.b` ``, `[a.b]`) minded and taken off."""
    parts: list[str] = []
    rest, more = text.strip(), bool(text.strip())
    while more:
        close = _QUOTES.get(rest[:1])
        if close is None:
            part, dot, rest = rest.partition(".")
        else:
            part, rest = _quoted(rest[1:], close)
            _, dot, rest = rest.partition(".")
        parts.append(part.strip() if close is None else part)
        rest, more = rest.lstrip(), bool(dot)
    return tuple(parts)


def _place(url: str | UrlParts) -> DatabaseUrl:
    if isinstance(url, str):
        return parse_database_url(url)
    return DatabaseUrl(url.drivername, host=url.host, port=url.port, database=url.database, query=url.query)


def _quoted(rest: str, close: str) -> tuple[str, str]:
    """Return (text inside quotes, what follows them); a doubled quote stands for itself."""
    part = ""
    while True:
        piece, _, rest = rest.partition(close)
        part += piece
        if not rest.startswith(close):
            return part, rest
        part, rest = part + close, rest[1:]


def _table_parts(table: str | Sequence[str]) -> list[str]:
    parts = list(split_table_name(table) if isinstance(table, str) else table)
    if not parts or not parts[-1]:
        raise NamingError(table, f"{shown(table)} names no table; give a name such as orders or sales.orders")
    if len(parts) > _MAX_PARTS:
        raise NamingError(table, f"{shown(table)} has {len(parts)} parts; at most database, schema and table are known")
    return parts


def _sqlite_name(parts: Mapping[str, str | None]) -> str:
    """Name a SQLite table: `main` is silent, an attached database is written before the table."""
    schema, table = parts["schema"], parts["table"]
    return f"{schema}.{table}" if schema and schema.lower() != "main" else str(table)


# how the URLs of each platform are read ------------------------------------------------------------------------------


def _server(platform: str, place: DatabaseUrl, **more: str | None) -> Source:
    """Read a URL whose host and port make the namespace; a platform without a row is named after its dialect."""
    host, port = _host_and_port(place)
    row = PLATFORMS.get(platform)
    if row is None:
        namespace = f"{platform}://{host}:{port}" if port else f"{platform}://{host}"
        return Source(platform, namespace, database=_database(place))
    namespace = row.namespace_for({"host": host, "port": str(port) if port else None})
    named = {"database": _database(place), "schema": row.dialect.schema, **more}
    return Source(platform, namespace, database=named["database"], schema=named["schema"])


def _host_and_port(place: DatabaseUrl) -> tuple[str, int | None]:
    """Return host and port, from the URL or libpq's keys; a socket folder or no host at all is this machine."""
    host, port = place.host, place.port
    if host is None and place.query.get("host"):
        host, port = split_host(place.query["host"])
    if port is None:
        port = split_host(":" + place.query.get("port", ""))[1]
    return (host.lower() if host and not host.startswith("/") else "localhost"), port


def _database(place: DatabaseUrl) -> str | None:
    return place.database or place.query.get("database") or place.query.get("dbname")


def _postgres(platform: str, place: DatabaseUrl) -> Source:
    if ".redshift" in (place.host or ""):
        return _redshift("redshift", place)
    return _server(platform, place)


def _redshift(platform: str, place: DatabaseUrl) -> Source:
    """Name a cluster by its identifier and region: `cluster.id.region.redshift.amazonaws.com`, serverless alike."""
    labels = (place.host or "").split(".")
    dialect = PLATFORMS[platform].dialect
    port = place.port or dialect.port
    if labels[3:4] and labels[3].startswith("redshift"):
        namespace = f"redshift://{labels[0]}.{labels[2]}:{port}"
    else:
        namespace = f"redshift://{_host_and_port(place)[0]}:{port}"
    return Source(platform, namespace, database=_database(place), schema=dialect.schema)


def _snowflake(platform: str, place: DatabaseUrl) -> Source:
    """Name an account; a locator without region lies in AWS us-west-1, as OpenLineage's rule has it."""
    if not place.host:
        raise NamingError(
            place.drivername, "a Snowflake URL needs the account; write snowflake://account/database/schema"
        )
    account, *where = place.host.removesuffix(".snowflakecomputing.com").split(".")
    if "-" not in account:
        region, cloud = (where + ["us-west-1", "aws"][len(where) :])[:2]
        account = f"{account}.{region}.{cloud}"
    database, schema = _two_levels(place.database)
    return Source(platform, f"snowflake://{account}", database=database, schema=schema)


def _bigquery(platform: str, place: DatabaseUrl) -> Source:
    return Source(platform, "bigquery", database=place.host, schema=place.database)


def _catalog(platform: str, place: DatabaseUrl) -> Source:
    """Read `host:port/catalog/schema`, which Trino and Presto know by small letters only."""
    database, schema = _two_levels((place.database or "").lower())
    return _server(platform, place, database=database, schema=schema)


def _databricks(platform: str, place: DatabaseUrl) -> Source:
    catalog, schema = place.query.get("catalog"), place.query.get("schema") or place.database
    return Source(platform, f"unitycatalog://{_host_and_port(place)[0]}", database=catalog, schema=schema)


def _athena(platform: str, place: DatabaseUrl) -> Source:
    labels = (place.host or "").split(".")
    region = labels[1] if labels[0] == "athena" and len(labels) > 1 else place.query.get("region_name")
    namespace = PLATFORMS[platform].namespace_for({"region": region})
    schema = place.database or place.query.get("schema_name")
    return Source(platform, namespace, database=place.query.get("catalog_name", "awsdatacatalog"), schema=schema)


def _mssql(platform: str, place: DatabaseUrl) -> Source:
    host, _ = _host_and_port(place)
    if host.endswith(".azuresynapse.net"):
        return _server("synapse", place)
    if host.endswith(".fabric.microsoft.com"):
        return _server("fabric", place, schema="dbo")
    return _server(platform, place)


def _oracle(platform: str, place: DatabaseUrl) -> Source:
    return _server(platform, place, database=place.query.get("service_name") or _database(place))


def _clickhouse(platform: str, place: DatabaseUrl) -> Source:
    native = place.driver in ("native", "asynch") and place.port is None
    native_port = 9000
    at = DatabaseUrl("clickhouse", host=place.host, port=native_port, database=place.database) if native else place
    return _server(platform, at, database=_database(place) or "default")


def _spanner(platform: str, place: DatabaseUrl) -> Source:
    """Read `spanner:///projects/p/instances/i/databases/d`."""
    steps = (place.database or "").split("/")
    told = dict(zip(steps[::2], steps[1::2], strict=False))
    namespace = PLATFORMS[platform].namespace_for({"project": told.get("projects"), "instance": told.get("instances")})
    return Source(platform, namespace, database=told.get("databases"))


def _sqlite(platform: str, place: DatabaseUrl) -> Source:
    path = (place.database or "").removeprefix("file:")
    if path in ("", ":memory:"):
        return Source("inmemory", "inmemory://")
    return Source(platform, f"sqlite://{_absolute(path)}", schema="main")


def _duckdb(platform: str, place: DatabaseUrl) -> Source:
    path = place.database or ":memory:"
    if path.startswith(("md:", "motherduck:")):
        name = path.partition(":")[2].partition("?")[0]
        return Source(platform, f"duckdb://md:{name}", database=name, schema="main")
    if path.startswith(":memory:"):
        return Source("inmemory", "inmemory://")
    absolute = _absolute(path)
    return Source(
        platform, f"duckdb://{absolute}", database=absolute.rpartition("/")[2].partition(".")[0], schema="main"
    )


def _absolute(path: str) -> str:
    """Return the absolute path with forward slashes, and one in front also on Windows."""
    posix = os.path.abspath(path).replace("\\", "/")  # noqa: PTH100  (pathlib costs 5 ms to import)
    return posix if posix.startswith("/") else "/" + posix


def _two_levels(path: str | None) -> tuple[str | None, str | None]:
    database, _, schema = (path or "").partition("/")
    return database or None, schema or None


_READERS: Mapping[str, Callable[[str, DatabaseUrl], Source]] = {
    "athena": _athena,
    "bigquery": _bigquery,
    "clickhouse": _clickhouse,
    "databricks": _databricks,
    "duckdb": _duckdb,
    "mssql": _mssql,
    "oracle": _oracle,
    "postgres": _postgres,
    "presto": _catalog,
    "redshift": _redshift,
    "snowflake": _snowflake,
    "spanner": _spanner,
    "sqlite": _sqlite,
    "trino": _catalog,
}
