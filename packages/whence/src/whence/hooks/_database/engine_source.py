"""An engine, or a driver's connection, as a place where tables live: its names, its defaults, the columns seen.

Made once an engine (or place), on the host's thread, from what engine and driver already know: no query is sent, user
and password are not touched. The rest is asked in the background. It must not import SQLAlchemy: everything comes with
the objects.
"""

from __future__ import annotations

from weakref import WeakSet

from whence.model import PLATFORMS, DatabaseUrl, DatasetId, Source, dataset_for_path, source_for_url
from whence.sql import PATH, REMOTE, TABLE, Column, Schema, TableName, dialect_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

_SQLITE = "sqlite://"
_SYSTEM_SCHEMAS = frozenset(
    ("information_schema", "pg_catalog", "pg_toast", "performance_schema", "sys", "sqlite_master", "temp")
)
_SYSTEM_PREFIXES = {"sqlite": "sqlite_", "postgres": "pg_", "redshift": "pg_"}
_SYSTEM_SCHEMAS_OF = {"mysql": frozenset({"mysql"}), "oracle": frozenset({"system", "sys"})}


class _Parts:
    """A database URL without user and password, completed with what the driver's connection knows."""

    def __init__(self, url: Any, driver: Any) -> None:
        self.drivername: str = url.drivername
        self.query: Mapping[str, Any] = url.query
        info = getattr(driver, "info", None)  # psycopg
        self.host: str | None = url.host or _known(info, "host") or _known(driver, "host")
        self.port: int | None = url.port or _port(_known(info, "port")) or _port(_known(driver, "port"))
        self.database: str | None = url.database or _known(info, "dbname") or _known(driver, "db")


def _known(thing: Any, name: str) -> Any:
    try:
        value = getattr(thing, name, None)
    except Exception:  # noqa: BLE001  a driver's property may fail on a closed connection
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, (str, int)) and value else None


def _port(value: Any) -> int | None:
    return value if isinstance(value, int) else None


class EngineSource:
    """A database behind an engine, with one default schema. Safe to read from any thread."""

    def __init__(self, source: Source, dialect: str, schema: Schema | None = None) -> None:
        self._source = source
        self.dialect = dialect_name(dialect)
        row = PLATFORMS.get(source.platform)
        has_schemas = row is None or "{schema}" in row.dataset or source.platform == "sqlite"
        self.default_db = source.database if has_schemas else None
        told = None if row is not None and source.schema == row.dialect.schema else source.schema
        self.default_schema = source.schema if has_schemas else told or source.database or source.schema
        self.schema = schema if schema is not None else Schema()
        self.uri = f"{source.namespace}/{source.database}" if has_schemas and source.database else source.namespace
        self._datasets: dict[TableName, DatasetId] = {}
        self._structures: WeakSet[Any] = WeakSet()
        self._scoped: dict[str, EngineSource] = {}

    def scoped(self, schema: str) -> EngineSource:
        """Return the same database with another default schema, for SET search_path and USE."""
        if schema == self.default_schema:
            return self
        known = self._scoped.get(schema)
        if known is None:
            old = self._source
            is_database = self.default_db is None and self.dialect != "sqlite"
            database, inner = (schema, None) if is_database else (old.database, schema)
            source = Source(old.platform, old.namespace, database=database, schema=inner)
            known = self._scoped[schema] = EngineSource(source, self.dialect, self.schema)
            known._scoped = self._scoped
        return known

    def dataset(self, table: TableName) -> DatasetId:
        """Return the name under which the table, or the file behind a URL, is known outside."""
        known = self._datasets.get(table)
        if known is None and table.form == PATH:
            known = self._datasets[table] = dataset_for_path(table.name)
        if known is None and table.form == REMOTE:
            known = self._datasets[table] = self._remote(table.name)
        if known is None:
            parts = [part for part in (table.catalog, table.schema, table.name) if part]
            known = self._datasets[table] = self._source.dataset_id(parts)
        return known

    def _remote(self, text: str) -> DatasetId:
        """Return the name of a table on another server, or in a file of SQLite."""
        namespace, _, name = text.rpartition("/")
        if not namespace.startswith(_SQLITE):
            return DatasetId(namespace, name)
        place = DatabaseUrl("sqlite", database=self.full_path(namespace.removeprefix(_SQLITE)))
        return source_for_url(place).dataset_id([name])

    def full_path(self, path: str) -> str:
        """Return a path that a statement told, as it was meant when that ran."""
        return path

    def is_system(self, table: TableName) -> bool:
        """Whether the table has no name outside: catalogues, what reflection asks, stages, files on the server.

        Nor has a table on a server that is only known by a link to it.
        """
        if table.form != TABLE:
            return table.form not in (PATH, REMOTE) or "://" not in table.name
        schema = (table.schema or "").lower()
        if schema in _SYSTEM_SCHEMAS or schema in _SYSTEM_SCHEMAS_OF.get(self.dialect, ()):
            return True
        prefix = _SYSTEM_PREFIXES.get(self.dialect)
        return not table.name or (prefix is not None and table.name.lower().startswith(prefix))

    def tables(self, structure: Any) -> Iterator[tuple[TableName, list[Column]]]:
        """Yield the tables of a compiled statement with their columns; one seen before yields nothing."""
        compiled, translate, walk = structure
        if translate or compiled in self._structures or compiled.statement is None:
            return
        self._structures.add(compiled)
        for element in dict.fromkeys(walk(compiled.statement)):
            if getattr(element, "__visit_name__", "") == "table" and hasattr(element, "primary_key"):
                name = TableName(element.name, element.schema or self.default_schema, self.default_db)
                yield (
                    name,
                    [Column(column.name, _type_of(column, compiled.dialect)) for column in list(element.columns)],
                )


def _type_of(column: Any, dialect: Any) -> str | None:
    try:
        text = column.type.compile(dialect=dialect)
    except Exception:  # noqa: BLE001  a type may have no form in this dialect
        return type(column.type).__name__.upper()
    return text.split("(", 1)[0].strip() if "'" in text else text  # ENUM('a', 'b') holds literals


def source_of(url: Any, dialect: Any, driver: Any) -> EngineSource:
    """Return the source of an engine. Raises NamingError when its URL names no place."""
    found = source_for_url(_Parts(url, driver), default_schema=dialect.default_schema_name)
    return EngineSource(found, dialect.name)


def source_at(
    scheme: str,
    *,
    host: str | None = None,
    port: int | str | None = None,
    database: str | None = None,
    schema: str | None = None,
    query: Mapping[str, str] | None = None,
) -> EngineSource:
    """Return the source of a driver's own connection. Raises NamingError when its parts name no place."""
    number = int(port) if port is not None and str(port).isdigit() else None
    url = DatabaseUrl(scheme, host=host, port=number, database=database, query=query)
    found = source_for_url(url, default_schema=schema)
    return EngineSource(found, "redshift" if found.platform == "redshift" else scheme)
