// The dialects one can pick, and an example to start from.
import type { SqlView } from "#graph/sqlView.ts";

export const DIALECTS = [
  ["athena", "Athena"],
  ["bigquery", "BigQuery"],
  ["clickhouse", "ClickHouse"],
  ["databricks", "Databricks"],
  ["doris", "Doris"],
  ["dremio", "Dremio"],
  ["drill", "Drill"],
  ["druid", "Druid"],
  ["duckdb", "DuckDB"],
  ["dune", "Dune"],
  ["exasol", "Exasol"],
  ["fabric", "Fabric"],
  ["hive", "Hive"],
  ["materialize", "Materialize"],
  ["mysql", "MySQL, MariaDB"],
  ["oracle", "Oracle"],
  ["postgres", "PostgreSQL"],
  ["presto", "Presto"],
  ["redshift", "Redshift"],
  ["risingwave", "RisingWave"],
  ["snowflake", "Snowflake"],
  ["spark", "Spark"],
  ["spark2", "Spark 2"],
  ["sqlite", "SQLite"],
  ["starrocks", "StarRocks"],
  ["tableau", "Tableau"],
  ["teradata", "Teradata"],
  ["trino", "Trino"],
  ["tsql", "SQL Server"],
].map(([value, label]) => ({ value: value ?? "", label: label ?? "" }));

export const EXAMPLE: SqlView = {
  dialect: "postgres",
  text: `CREATE TABLE spend AS
SELECT c.name, sum(o.total) AS total, count(*) AS orders
FROM customers AS c
JOIN orders AS o ON o.customer = c.id
WHERE o.state = 'paid'
GROUP BY c.name;

INSERT INTO best (name, total)
SELECT upper(name), total FROM spend ORDER BY total DESC LIMIT 10;
`,
  known: "customers: id, name\norders: id, customer, total, state",
};
