// What stands out: the selected node with all it comes from and leads to, or the way between two nodes.
import { edgeKey, type GraphEdge, type Side } from "./model.ts";

/** Ids of what stands out; everything else is dimmed. */
export interface Focus {
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
}

/** Collect what lies upstream and downstream of a node, over the given edges; null when the node is not among them. */
export function focusOn(node: string, edges: readonly GraphEdge[]): Focus {
  const nodes = new Set([node]);
  const kept = new Set<string>();
  for (const side of ["up", "down"] as const) follow(node, edges, side, nodes, kept);
  return { nodes, edges: kept };
}

function follow(node: string, edges: readonly GraphEdge[], side: Side, nodes: Set<string>, kept: Set<string>): void {
  const byEnd = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const here = side === "down" ? edge.origin : edge.destination;
    const list = byEnd.get(here);
    if (list === undefined) byEnd.set(here, [edge]);
    else list.push(edge);
  }
  const seen = new Set([node]);
  const queue = [node];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const edge of byEnd.get(id) ?? []) {
      kept.add(edgeKey(edge));
      const there = side === "down" ? edge.destination : edge.origin;
      nodes.add(there);
      if (seen.has(there)) continue;
      seen.add(there);
      queue.push(there);
    }
  }
}

/** What stands out on a path: its nodes and edges. */
export function focusOnPath(path: { nodes: readonly { id: string }[]; edges: readonly GraphEdge[] }): Focus {
  return { nodes: new Set(path.nodes.map((node) => node.id)), edges: new Set(path.edges.map(edgeKey)) };
}
