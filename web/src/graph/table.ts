// The shown graph as rows of text: the same nodes and steps for a screen reader, a search in the page, a copy.
import type { Shown } from "./filter.ts";
import { assignLayers, breakCycles } from "./layout/layers.ts";
import type { Box } from "./layout/problem.ts";
import { neighbours, type GraphNode } from "./model.ts";

export interface TableRow {
  node: GraphNode;
  from: readonly GraphNode[];
  to: readonly GraphNode[];
  hidden: { up: number; down: number };
}

/** List the shown nodes from the furthest upstream to the furthest downstream, with what they read from and lead to. */
export function tableOf(shown: Shown): TableRow[] {
  const byId = new Map(shown.nodes.map((node) => [node.id, node]));
  const near = neighbours(byId.keys(), shown.edges);
  const nodesOf = (ids: readonly string[] | undefined): GraphNode[] =>
    (ids ?? []).map((id) => byId.get(id)).filter((node) => node !== undefined);
  const layers = layersOf(shown);
  const rows = shown.nodes.map((node, at) => ({
    layer: layers[at] ?? 0,
    node,
    from: nodesOf(near.get(node.id)?.up),
    to: nodesOf(near.get(node.id)?.down),
    hidden: shown.hidden.get(node.id) ?? { up: 0, down: 0 },
  }));
  return rows.sort((a, b) => a.layer - b.layer || compare(a.node.name, b.node.name));
}

/** The columns of the picture, so that table and picture read in the same order. */
function layersOf(shown: Shown): number[] {
  const boxes = shown.nodes.map(({ id, type }): Box => ({
    id,
    kind: type === "JOB" ? 1 : 0,
    width: 0,
    height: 0,
    anchor: 0,
    reach: 0,
  }));
  const links = shown.edges.map(({ origin, destination }, at) => ({ id: String(at), from: origin, to: destination }));
  return assignLayers(boxes, breakCycles(boxes, links));
}

/** Say in words where a node lies, seen from the start. */
export function distanceText(distance: number): string {
  if (distance === 0) return "start";
  const steps = Math.abs(distance) === 1 ? "1 step" : `${Math.abs(distance)} steps`;
  return `${steps} ${distance < 0 ? "upstream" : "downstream"}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
