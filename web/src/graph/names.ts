// How nodes are called on screen: a short title and where it lives; the full name is always one hover away.
// Pure. Platforms are told from the namespace as in OpenLineage's naming rules; an unknown one is shown as it is.
import type { GraphNode } from "./model.ts";

export type Icon = "table" | "file" | "object" | "topic" | "model" | "job";

export interface Caption {
  icon: Icon;
  title: string;
  /** Where it lives: platform and namespace of a dataset, namespace of a job. */
  place: string;
  /** Namespace and name in full. */
  full: string;
}

const PLATFORMS: readonly { test: RegExp; label: string; icon: Icon }[] = [
  { test: /^postgres(ql)?:/, label: "PostgreSQL", icon: "table" },
  { test: /^mysql:/, label: "MySQL", icon: "table" },
  { test: /^sqlite:/, label: "SQLite", icon: "table" },
  { test: /^duckdb:/, label: "DuckDB", icon: "table" },
  { test: /^trino:/, label: "Trino", icon: "table" },
  { test: /^(awsathena|athena):/, label: "Athena", icon: "table" },
  { test: /^arn:aws[\w-]*:glue:/, label: "Glue", icon: "table" },
  { test: /^snowflake:/, label: "Snowflake", icon: "table" },
  { test: /^bigquery/, label: "BigQuery", icon: "table" },
  { test: /^redshift:/, label: "Redshift", icon: "table" },
  { test: /^(mssql|sqlserver):/, label: "SQL Server", icon: "table" },
  { test: /^oracle:/, label: "Oracle", icon: "table" },
  { test: /^(s3a?|gs|wasbs?|abfss?|hdfs|dbfs):/, label: "", icon: "object" },
  { test: /^kafka:/, label: "Kafka", icon: "topic" },
  { test: /^file(:|$)/, label: "File", icon: "file" },
  { test: /^(model|mlflow|sagemaker-model)s?(:|$)/, label: "Model", icon: "model" },
];

/** Caption a node for a card, a list or a heading. */
export function captionOf(node: Pick<GraphNode, "type" | "namespace" | "name">): Caption {
  const full = `${node.namespace} ${node.name}`;
  if (node.type === "JOB") return { icon: "job", title: node.name, place: node.namespace, full };
  if (/^model:/.test(node.name))
    return { icon: "model", title: node.name.slice("model:".length), place: "Model", full };
  const hashed = /^file::(.*)@sha256:([0-9a-f]{8})[0-9a-f]*$/.exec(node.name);
  if (hashed !== null)
    return { icon: "file", title: lastPart(hashed[1] ?? ""), place: `File · sha256 ${hashed[2] ?? ""}`, full };
  const platform = PLATFORMS.find(({ test }) => test.test(node.namespace));
  const icon = platform?.icon ?? "table";
  const title = icon === "file" || icon === "object" ? lastPart(node.name) : node.name;
  return { icon, title, place: placeOf(platform?.label ?? "", node, icon), full };
}

function placeOf(label: string, node: Pick<GraphNode, "namespace" | "name">, icon: Icon): string {
  const host = node.namespace.replace(/^[a-z0-9+-]+:\/\/(?=.)/, "");
  if (icon === "file") return `${label} · ${folderOf(node.name)}`;
  if (icon === "object") return node.namespace;
  return label === "" || label === host ? node.namespace : `${label} · ${host}`;
}

function lastPart(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  const last = trimmed.slice(trimmed.lastIndexOf("/") + 1);
  return last === "" ? path : last;
}

function folderOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at > 0 ? path.slice(0, at) : "/";
}

/** Width in pixels of a text in a font; canvas/ brings the real one. */
export type Measure = (text: string, font: string) => number;

/** Shorten a text in its middle until it fits: both ends of a name carry meaning. */
export function shortenMiddle(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  const letters = Array.from(text);
  let [low, high] = [0, letters.length - 1];
  const cut = (kept: number): string => {
    const head = Math.ceil(kept / 2);
    return `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (kept - head)).join("")}`;
  };
  while (low < high) {
    const kept = Math.ceil((low + high) / 2);
    if (measure(cut(kept)) <= width) low = kept;
    else high = kept - 1;
  }
  return cut(low);
}
