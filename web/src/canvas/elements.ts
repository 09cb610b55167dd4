// From a scene to Cytoscape's elements: corners become weights and distances along the straight line of an edge.
import type { ElementDefinition } from "cytoscape";

import type { FieldLink } from "#graph/columns.ts";
import type { Point } from "#graph/layout/problem.ts";
import type { PlacedCard, Scene } from "#graph/scene.ts";

import type { LineData } from "./style.ts";

/** Turn a scene into elements; ids of edges are prefixed so that they never meet a node's. */
export function sceneElements(scene: Scene): ElementDefinition[] {
  const cards = new Map(scene.cards.map((card) => [card.id, card]));
  const nodes = scene.cards.map((card): ElementDefinition => ({
    group: "nodes",
    data: { id: card.id, width: card.width, height: card.height },
    position: middle(card),
  }));
  const edges = scene.lines.map((line) =>
    edgeElement(cards, line, {
      id: `line ${line.id}`,
      corners: line.points.slice(1, -1),
      classes: [line.points.length > 2 ? "routed" : "", line.edge?.inferred === true ? "inferred" : ""],
    }),
  );
  const fields = scene.fieldLines.map((line) =>
    edgeElement(cards, line, {
      id: `field ${line.id}`,
      corners: line.controls,
      classes: ["field", isIndirect(line.link) ? "indirect" : ""],
    }),
  );
  return [...nodes, ...edges.flat(), ...fields.flat()];
}

/** True when every transformation only filters, joins or groups: the value itself does not flow. */
export function isIndirect(link: FieldLink): boolean {
  return link.transformations.length > 0 && link.transformations.every((one) => one["type"] === "INDIRECT");
}

function middle(card: PlacedCard): Point {
  return { x: card.x + card.width / 2, y: card.y + card.height / 2 };
}

function edgeElement(
  cards: ReadonlyMap<string, PlacedCard>,
  line: { from: string; to: string; points: readonly Point[] },
  made: { id: string; corners: readonly Point[]; classes: readonly string[] },
): ElementDefinition[] {
  const [from, to] = [cards.get(line.from), cards.get(line.to)];
  const [first, last] = [line.points[0], line.points.at(-1)];
  if (from === undefined || to === undefined || first === undefined || last === undefined) return [];
  const along = made.corners.map((corner) => alongLine(first, last, corner));
  const data: LineData = {
    id: made.id,
    source: line.from,
    target: line.to,
    leave: offset(first, middle(from)),
    meet: offset(last, middle(to)),
    weights: along.map((one) => one.weight),
    distances: along.map((one) => one.distance),
  };
  return [{ group: "edges", data, classes: made.classes.filter((name) => name !== "").join(" ") }];
}

function offset(point: Point, from: Point): string {
  return `${(point.x - from.x).toFixed(1)}px ${(point.y - from.y).toFixed(1)}px`;
}

/** Cytoscape's coordinates of a corner: how far along the line from start to end, and how far to its side. */
export function alongLine(start: Point, end: Point, corner: Point): { weight: number; distance: number } {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy) || 1;
  const [cx, cy] = [corner.x - start.x, corner.y - start.y];
  return { weight: (cx * dx + cy * dy) / (length * length), distance: (cy * dx - cx * dy) / length };
}
