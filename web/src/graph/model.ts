// The graph as answered by /lineage/graph, and the one graph that the view merges its answers into.
// Pure data: no React, no DOM, no fetching. Source of the shapes: whence_server/api/answers/graph.py; the types
// generated from its OpenAPI must fit these where the answers are handed over (tsc says so when they do not).

export type Side = "up" | "down";
export const SIDES: readonly Side[] = ["up", "down"];

export interface Entity {
  id: string;
  type: "DATASET" | "JOB" | "DATASET_FIELD";
  namespace: string;
  name: string;
  field: string | null;
}

export interface GraphField {
  name: string;
  type: string | null;
}

interface NodeBase {
  id: string;
  namespace: string;
  name: string;
  /** Dataset-to-dataset hops from the start; negative upstream. */
  distance: number;
  /** Neighbours that the answer does not hold. */
  more: { up: number; down: number };
}

export interface DatasetNode extends NodeBase {
  type: "DATASET";
  aliases: string[];
  fields: GraphField[];
}

export interface JobNode extends NodeBase {
  type: "JOB";
  lastRunState: RunState | null;
  parent: { namespace: string; name: string } | null;
  jobType: Record<string, unknown> | null;
}

export type GraphNode = DatasetNode | JobNode;
export type RunState = "NEW" | "RUNNING" | "COMPLETED" | "FAILED" | "ABORTED";

export interface GraphEdge {
  origin: string;
  destination: string;
  inferred: boolean;
  source: "lineage" | "columnLineage" | "sql" | "inputsOutputs";
  lastSeen: string | null;
}

export interface FieldEdge {
  origin: string;
  destination: string;
  job: string | null;
  transformations: Record<string, unknown>[];
}

export interface GraphAnswer {
  entity: Entity;
  nodes: GraphNode[];
  edges: GraphEdge[];
  fieldEdges: FieldEdge[];
  truncated: boolean;
  truncatedReason: string | null;
}

/** Several answers as one graph. `total` counts every neighbour that the server knows, shown or not. */
export interface Graph {
  start: Entity;
  nodes: ReadonlyMap<string, GraphNode>;
  edges: readonly GraphEdge[];
  fieldEdges: readonly FieldEdge[];
  /** Node id -> neighbours in this graph, by side. */
  near: ReadonlyMap<string, Record<Side, readonly string[]>>;
  total: ReadonlyMap<string, Record<Side, number>>;
  /** Why answers were cut, each reason once; empty when nothing was. */
  truncated: readonly string[];
}

/** Key one edge between two nodes; node ids hold no NUL (the server refuses it). */
export function edgeKey(edge: { origin: string; destination: string }): string {
  return `${edge.origin}\u0000${edge.destination}`;
}

/** Join node ids to their neighbours by side, in the order of the edges. */
export function neighbours(
  nodes: Iterable<string>,
  edges: Iterable<{ origin: string; destination: string }>,
): Map<string, Record<Side, string[]>> {
  const near = new Map<string, Record<Side, string[]>>();
  for (const id of nodes) near.set(id, { up: [], down: [] });
  for (const { origin, destination } of edges) {
    const from = near.get(origin);
    const to = near.get(destination);
    if (from === undefined || to === undefined) continue;
    from.down.push(destination);
    to.up.push(origin);
  }
  return near;
}
