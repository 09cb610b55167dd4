// Builders of small graphs for this folder's tests. Not imported by the product.
import { mergeAnswers } from "./merge.ts";
import type { DatasetNode, Entity, Graph, GraphAnswer, GraphEdge, GraphNode, JobNode } from "./model.ts";

export function dataset(name: string, distance = 0, over: Partial<DatasetNode> = {}): DatasetNode {
  const id = `dataset:db:${name}`;
  return {
    id,
    type: "DATASET",
    namespace: "db",
    name,
    aliases: [],
    distance,
    fields: [],
    more: { up: 0, down: 0 },
    ...over,
  };
}

export function job(name: string, distance = 0, over: Partial<JobNode> = {}): JobNode {
  const id = `job:shop:${name}`;
  const base = { id, type: "JOB", namespace: "shop", name, distance, lastRunState: "COMPLETED" } as const;
  return { ...base, parent: null, jobType: null, more: { up: 0, down: 0 }, ...over };
}

export function edge(origin: string, destination: string, over: Partial<GraphEdge> = {}): GraphEdge {
  return { origin, destination, inferred: false, source: "columnLineage", lastSeen: null, ...over };
}

/** Edges from a drawing: "a > (load) > b > (sum) > c"; names in brackets are jobs. */
export function drawing(...lines: string[]): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const nodes = new Map<string, GraphNode>();
  const edges: GraphEdge[] = [];
  for (const line of lines) {
    const ids = line.split(">").map((part) => {
      const text = part.trim();
      const node = text.startsWith("(") ? job(text.slice(1, -1)) : dataset(text);
      nodes.set(node.id, node);
      return node.id;
    });
    for (let i = 1; i < ids.length; i++) edges.push(edge(ids[i - 1] ?? "", ids[i] ?? ""));
  }
  return { nodes: [...nodes.values()], edges };
}

export function entity(node: GraphNode): Entity {
  return { id: node.id, type: node.type, namespace: node.namespace, name: node.name, field: null };
}

export function answer(nodes: GraphNode[], edges: GraphEdge[], over: Partial<GraphAnswer> = {}): GraphAnswer {
  const first = nodes[0] ?? dataset("a");
  return { entity: entity(first), nodes, edges, fieldEdges: [], truncated: false, truncatedReason: null, ...over };
}

export function graphOf(...lines: string[]): Graph {
  const { nodes, edges } = drawing(...lines);
  return mergeAnswers([answer(nodes, edges)]);
}
