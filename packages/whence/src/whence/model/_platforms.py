"""The naming table: one row for each platform whose datasets have a name that others also use.

A row says how a dataset is called in OpenLineage (namespace and name), how in DataHub (platform and name in the URN),
which schemes SQLAlchemy URLs of that platform start with, and the port and schema that a URL means when it tells none.
This table is the only place that knows such forms. Parts have the same words everywhere: `database` is also a BigQuery
project, a Trino catalog or an Oracle service, `schema` also a BigQuery dataset or an Athena database.

Sources: the naming page of the OpenLineage specification; `openlineage.client.naming` 1.54 (tested as an oracle); for
platforms that neither has, dbt's OpenLineage integration (clickhouse, duckdb, dremio, presto) or a form of ours in the
same spirit (sqlite, cockroachdb, vertica). DataHub forms: what its own ingestion of that platform emits by default.

Chosen on purpose:
- sqlite: `sqlite://<absolute path>` and the table. The specification has none, and `file` belongs to files.
- mariadb is named as mysql: one server answers to both drivers, and most people reach MariaDB by a mysql URL.
- databricks is named by the specification (`unitycatalog://`); dbt's own `databricks://` is read too.
"""

from __future__ import annotations

from whence.model._record import Record, put
from whence.model._template import fill, match

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE_3 = "{database}.{schema}.{table}"
TABLE_2 = "{database}.{table}"


class Dialect(Record):
    """How SQLAlchemy URLs lead to a platform: their schemes, and the port and schema meant when none is told."""

    __slots__ = ("port", "schema", "schemes")
    schemes: tuple[str, ...]
    port: int | None
    schema: str | None

    def __init__(self, *schemes: str, port: int | None = None, schema: str | None = None) -> None:
        put(self, "schemes", schemes)
        put(self, "port", port)
        put(self, "schema", schema)


class Platform(Record):
    """One row of the naming table; forms hold their parts in braces."""

    __slots__ = ("dataset", "dialect", "name", "namespace", "spellings", "urn_name", "urn_platform")
    name: str
    namespace: str
    dataset: str
    urn_platform: str
    urn_name: str
    dialect: Dialect
    spellings: tuple[str, ...]

    def __init__(
        self,
        name: str,
        namespace: str,
        dataset: str,
        *,
        urn: tuple[str, str] = ("", ""),
        dialect: Dialect = Dialect(),  # noqa: B008  (frozen)
        spellings: tuple[str, ...] = (),
    ) -> None:
        put(self, "name", name)
        put(self, "namespace", namespace)
        put(self, "dataset", dataset)
        put(self, "urn_platform", urn[0] or name)
        put(self, "urn_name", urn[1] or dataset)
        put(self, "dialect", dialect)
        put(self, "spellings", spellings)

    def namespace_for(self, parts: Mapping[str, str | None]) -> str:
        """Return the namespace of these parts; the port may be left out where the platform has a usual one."""
        port = parts.get("port") or (str(self.dialect.port) if self.dialect.port else None)
        return fill(self.namespace, {**parts, "port": port})

    def parts_of(self, namespace: str, name: str) -> dict[str, str]:
        """Return the parts that a namespace and a name hold, as far as they have this platform's forms."""
        return {**(match(self.namespace, namespace) or {}), **(match(self.dataset, name) or {})}


_SERVER = "://{host}:{port}"
_ROWS = (
    # databases and warehouses
    Platform(
        "athena",
        "awsathena://athena.{region}.amazonaws.com",
        TABLE_3,
        urn=("", "{schema}.{table}"),
        dialect=Dialect("awsathena"),
    ),
    Platform("bigquery", "bigquery", TABLE_3, dialect=Dialect("bigquery")),
    Platform("cassandra", "cassandra" + _SERVER, TABLE_2, dialect=Dialect("cassandra", port=9042)),
    Platform(
        "clickhouse", "clickhouse" + _SERVER, TABLE_2, dialect=Dialect("clickhouse", "clickhousedb", "ch", port=8123)
    ),
    Platform(
        "cockroachdb",
        "cockroachdb" + _SERVER,
        TABLE_3,
        dialect=Dialect("cockroachdb", "cockroach", port=26257, schema="public"),
    ),
    Platform("cosmosdb", "azurecosmos://{host}/dbs/{database}", "colls/{table}", urn=("", TABLE_2)),
    Platform("crate", "crate" + _SERVER, TABLE_3, dialect=Dialect("crate", port=4200, schema="doc")),
    Platform(
        "databricks", "unitycatalog://{host}", TABLE_3, dialect=Dialect("databricks"), spellings=("databricks://",)
    ),
    Platform("db2", "db2" + _SERVER, TABLE_3, dialect=Dialect("db2", "ibm_db_sa", port=50000)),
    Platform("dremio", "dremio" + _SERVER, TABLE_3, dialect=Dialect("dremio", port=31010)),
    Platform("duckdb", "duckdb://{path}", TABLE_3, dialect=Dialect("duckdb", schema="main")),
    Platform("fabric", "fabric-warehouse://{host}", TABLE_3, urn=("mssql", "")),
    Platform(
        "glue",
        "arn:aws:glue:{region}:{account}",
        "table/{database}/{table}",
        urn=("", TABLE_2),
        spellings=("aws:glue:",),
    ),
    Platform("hive", "hive" + _SERVER, TABLE_2, dialect=Dialect("hive", port=10000, schema="default")),
    Platform("kusto", "azurekusto://{host}.kusto.windows.net", "{database}/{table}", urn=("", TABLE_2)),
    Platform("milvus", "milvus" + _SERVER, TABLE_2, dialect=Dialect(port=19530)),
    Platform("mssql", "mssql" + _SERVER, TABLE_3, dialect=Dialect("mssql", port=1433, schema="dbo")),
    Platform(
        "mysql", "mysql" + _SERVER, TABLE_2, dialect=Dialect("mysql", "mariadb", port=3306), spellings=("mariadb://",)
    ),
    Platform("oceanbase", "oceanbase" + _SERVER, TABLE_2, dialect=Dialect("oceanbase", port=2881)),
    Platform("oracle", "oracle" + _SERVER, TABLE_3, urn=("", "{schema}.{table}"), dialect=Dialect("oracle", port=1521)),
    Platform(
        "postgres",
        "postgres" + _SERVER,
        TABLE_3,
        dialect=Dialect("postgresql", "postgres", port=5432, schema="public"),
        spellings=("postgresql://",),
    ),
    Platform("presto", "presto" + _SERVER, TABLE_3, dialect=Dialect("presto", port=8080)),
    Platform(
        "redshift",
        "redshift://{cluster}.{region}:{port}",
        TABLE_3,
        dialect=Dialect("redshift", port=5439, schema="public"),
    ),
    Platform("snowflake", "snowflake://{account}", TABLE_3, dialect=Dialect("snowflake")),
    Platform("spanner", "spanner://{project}:{instance}", TABLE_3, dialect=Dialect("spanner")),
    Platform(
        "sqlite",
        "sqlite://{path}",
        "{table}",
        urn=("", "{database}.main.{table}"),
        dialect=Dialect("sqlite", schema="main"),
    ),
    Platform(
        "synapse",
        "sqlserver" + _SERVER,
        "{schema}.{table}",
        urn=("mssql", ""),
        dialect=Dialect(port=1433, schema="dbo"),
    ),
    Platform("teradata", "teradata" + _SERVER, TABLE_2, dialect=Dialect("teradata", "teradatasql", port=1025)),
    Platform("trino", "trino" + _SERVER, TABLE_3, dialect=Dialect("trino", port=8080)),
    Platform("vertica", "vertica" + _SERVER, TABLE_3, dialect=Dialect("vertica", port=5433, schema="public")),
    # files and objects
    Platform(
        "abfss",
        "abfss://{container}@{service}.dfs.core.windows.net",
        "{path}",
        urn=("abs", "{container}/{path}"),
        spellings=("abfs://",),
    ),
    Platform("box", "box://{host}:{port}/{enterprise}", "{key}"),
    Platform("dbfs", "dbfs://{workspace}", "{path}"),
    Platform("file", "file", "{path}"),
    Platform("filenet", "filenet://{host}:{port}/{repository}", "{key}"),
    Platform("gcs", "gs://{bucket}", "{key}", urn=("", "{bucket}/{key}"), spellings=("gcs://",)),
    Platform("hdfs", "hdfs" + _SERVER, "{path}", dialect=Dialect(port=8020)),
    Platform("remote_file", "file://{host}", "{path}", urn=("file", "")),
    Platform("s3", "s3://{bucket}", "{key}", urn=("", "{bucket}/{key}"), spellings=("s3a://", "s3n://")),
    Platform("sharepoint", "mssharepoint://{host}:{port}/{site}", "{key}"),
    Platform(
        "wasbs",
        "wasbs://{container}@{service}.dfs.core.windows.net",
        "{path}",
        urn=("abs", "{container}/{path}"),
        spellings=("wasb://",),
    ),
    # streams and memory
    Platform("inmemory", "inmemory://", "{table}"),
    Platform("kafka", "kafka" + _SERVER, "{topic}", dialect=Dialect(port=9092)),
    Platform("pubsub", "pubsub", "{resource}:{project}:{topic}"),
)

PLATFORMS: Mapping[str, Platform] = {row.name: row for row in _ROWS}
_BY_SCHEME = {scheme: row for row in _ROWS for scheme in row.dialect.schemes}
# what a namespace starts with -> row; namespaces without parts are looked up whole
_BY_START = {start: row for row in _ROWS for start in (row.namespace.partition("{")[0], *row.spellings)}


def platform_for_scheme(scheme: str) -> Platform | None:
    """Return the platform that a database URL's scheme means, without driver (`postgresql` of `postgresql+psycopg`)."""
    return _BY_SCHEME.get(scheme)


def platform_for_namespace(namespace: str) -> Platform | None:
    """Return the platform that a dataset's namespace belongs to, None when the table has no such row."""
    whole = _BY_START.get(namespace)
    if whole is not None:
        return whole
    scheme, mark, _ = namespace.partition("://")
    if mark:
        return _BY_START.get(_STARTS.get(scheme, scheme + "://"))
    glue = _BY_START["arn:aws:glue:"]
    return glue if namespace.startswith(("arn:aws:glue:", *glue.spellings)) else None


# forms whose start is longer than a scheme
_STARTS = {start.partition("://")[0]: start for start in _BY_START if "://" in start and not start.endswith("://")}
