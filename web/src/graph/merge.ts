// Several answers become one graph: the start's neighbourhood first, then each unfolding of a node further out.
// Must not drop what an answer says was left out: `total` keeps the largest number of neighbours known per node.
import {
  edgeKey,
  neighbours,
  type FieldEdge,
  type Graph,
  type GraphAnswer,
  type GraphEdge,
  type GraphNode,
  type Side,
} from "./model.ts";

/** Merge answers into one graph; the first answer's entity is the start. */
export function mergeAnswers(answers: readonly [GraphAnswer, ...GraphAnswer[]]): Graph {
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const fieldEdges = new Map<string, FieldEdge>();
  const total = new Map<string, Record<Side, number>>();
  const truncated = new Set<string>();
  for (const answer of answers) {
    addNodes(nodes, answer);
    for (const edge of answer.edges) edges.set(edgeKey(edge), edge);
    for (const edge of answer.fieldEdges) fieldEdges.set(`${edgeKey(edge)}\u0000${edge.job ?? ""}`, edge);
    countNeighbours(total, answer);
    if (answer.truncated) truncated.add(answer.truncatedReason ?? "the answer was cut");
  }
  const kept = [...edges.values()].filter((edge) => nodes.has(edge.origin) && nodes.has(edge.destination));
  return {
    start: answers[0].entity,
    nodes,
    edges: kept,
    fieldEdges: [...fieldEdges.values()],
    near: neighbours(nodes.keys(), kept),
    total,
    truncated: [...truncated],
  };
}

/** Add an answer's nodes; distances of a later answer count from its own entity, so they are shifted to the start's. */
function addNodes(nodes: Map<string, GraphNode>, answer: GraphAnswer): void {
  const shift = nodes.get(answer.entity.id)?.distance ?? 0;
  for (const node of answer.nodes) {
    if (!nodes.has(node.id)) nodes.set(node.id, shift === 0 ? node : { ...node, distance: node.distance + shift });
  }
}

function countNeighbours(total: Map<string, Record<Side, number>>, answer: GraphAnswer): void {
  const ids = answer.nodes.map((node) => node.id);
  const near = neighbours(ids, answer.edges);
  for (const node of answer.nodes) {
    const here = near.get(node.id);
    const known = total.get(node.id) ?? { up: 0, down: 0 };
    total.set(node.id, {
      up: Math.max(known.up, (here?.up.length ?? 0) + node.more.up),
      down: Math.max(known.down, (here?.down.length ?? 0) + node.more.down),
    });
  }
}
