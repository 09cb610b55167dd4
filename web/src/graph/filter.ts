// Which part of the merged graph is shown: what folded sides leave reachable, with crowds of dead ends folded
// into boxes (a table read by 20,000 jobs is one box more, never 20,000).
// Pure; says how many neighbours of each shown node are hidden, so that nothing vanishes silently.
import { SIDES, type Graph, type GraphEdge, type GraphNode, type Side } from "./model.ts";

/** One side of one node: what was folded away there, or asked for there. */
export interface NodeSide {
  node: string;
  side: Side;
}

/** Dead-end branches on one side of a node, too many to draw: `roots` are its neighbours, `members` all their nodes. */
export interface Crowd {
  id: string;
  owner: string;
  side: Side;
  roots: readonly string[];
  members: readonly string[];
}

export interface Shown {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
  crowds: readonly Crowd[];
  hidden: ReadonlyMap<string, Record<Side, number>>;
}

/** Of a node's dead-end branches on one side, this many are drawn; the rest stand in one box. */
export const CROWD_LIMIT = 24;
const BRANCH_LIMIT = 12;

/** Show what is reachable from the start without crossing a folded side; fold crowds of dead ends into boxes. */
export function showGraph(graph: Graph, folded: readonly NodeSide[], open: readonly string[] = []): Shown {
  const reached = reachable(graph, new Set(folded.map(sideKey)));
  const crowds = findCrowds(graph, reached, new Set(open));
  const crowded = new Set(crowds.flatMap((crowd) => crowd.members));
  const shown = new Set([...reached].filter((id) => !crowded.has(id)));
  const nodes = [...graph.nodes.values()].filter((node) => shown.has(node.id));
  return {
    nodes,
    edges: graph.edges.filter((edge) => shown.has(edge.origin) && shown.has(edge.destination)),
    crowds,
    hidden: countHidden(graph, shown, crowded),
  };
}

/** Key a side of a node for sets and URLs: `up job:ns:name`. */
export function sideKey({ node, side }: NodeSide): string {
  return `${side} ${node}`;
}

/** Node ids reachable from the start over edges of both directions, never leaving a node through a folded side. */
function reachable(graph: Graph, folded: ReadonlySet<string>): Set<string> {
  const first = startNode(graph);
  const seen = new Set<string>(first === null ? [] : [first]);
  const queue = [...seen];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const side of SIDES) {
      if (folded.has(sideKey({ node: id, side }))) continue;
      for (const next of graph.near.get(id)?.[side] ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return seen;
}

/** The node that the graph was asked for; of a field, its dataset (the node at distance 0). */
export function startNode(graph: Graph): string | null {
  if (graph.nodes.has(graph.start.id)) return graph.start.id;
  for (const node of graph.nodes.values()) if (node.distance === 0 && node.type === "DATASET") return node.id;
  return graph.nodes.keys().next().value ?? null;
}

function findCrowds(graph: Graph, shown: ReadonlySet<string>, open: ReadonlySet<string>): Crowd[] {
  const start = startNode(graph);
  const crowds: Crowd[] = [];
  for (const owner of shown) {
    for (const side of SIDES) {
      const near = (graph.near.get(owner)?.[side] ?? []).filter((id) => shown.has(id));
      const id = `crowd:${sideKey({ node: owner, side })}`;
      if (near.length <= CROWD_LIMIT || open.has(id)) continue;
      const branches = near
        .map((root) => deadEnd(graph, root, { owner, start, shown }))
        .filter((branch) => branch !== null);
      if (branches.length <= CROWD_LIMIT) continue;
      const rest = branches.slice(CROWD_LIMIT - 1);
      const roots = rest.map((branch) => branch[0]).filter((root) => root !== undefined);
      crowds.push({ id, owner, side, roots, members: [...new Set(rest.flat())] });
    }
  }
  return crowds;
}

/** The nodes hanging on `owner` through `root` alone, root first; null when they lead elsewhere or are many. */
function deadEnd(
  graph: Graph,
  root: string,
  at: { owner: string; start: string | null; shown: ReadonlySet<string> },
): string[] | null {
  const branch = [root];
  for (let i = 0; i < branch.length; i++) {
    const id = branch[i] ?? root;
    if (id === at.start || branch.length > BRANCH_LIMIT) return null;
    for (const side of SIDES) {
      for (const next of graph.near.get(id)?.[side] ?? []) {
        if (next !== at.owner && at.shown.has(next) && !branch.includes(next)) branch.push(next);
      }
    }
  }
  return branch;
}

function countHidden(
  graph: Graph,
  shown: ReadonlySet<string>,
  crowded: ReadonlySet<string>,
): Map<string, Record<Side, number>> {
  const hidden = new Map<string, Record<Side, number>>();
  for (const id of shown) {
    const near = graph.near.get(id) ?? { up: [], down: [] };
    const total = graph.total.get(id) ?? { up: 0, down: 0 };
    const visible = (side: Side): number => near[side].filter((other) => shown.has(other) || crowded.has(other)).length;
    hidden.set(id, { up: Math.max(0, total.up - visible("up")), down: Math.max(0, total.down - visible("down")) });
  }
  return hidden;
}
