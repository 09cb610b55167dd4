// The scene: cards with their places, and the lines between them. What canvas/ draws and nothing it has to think about.
// Pure; layout runs between `layoutProblem` and `composeScene`, in a worker.
import { CARD, type Card } from "./card.ts";
import type { FieldLink } from "./columns.ts";
import { endPoints, fieldLines, type FieldLine } from "./fieldLines.ts";
import type { Shown } from "./filter.ts";
import type { Box, Layout, Link, Point } from "./layout/problem.ts";
import { edgeKey, type GraphEdge } from "./model.ts";

export interface PlacedCard extends Card {
  x: number;
  y: number;
  layer: number;
}

export interface SceneLine {
  id: string;
  from: string;
  to: string;
  /** Corners from border to border. */
  points: Point[];
  /** The answer's edge; null for the line to a crowd. */
  edge: GraphEdge | null;
}

export interface Scene {
  cards: PlacedCard[];
  lines: SceneLine[];
  fieldLines: FieldLine[];
  width: number;
  height: number;
}

interface Join {
  id: string;
  from: string;
  to: string;
  edge: GraphEdge | null;
}

function joins(shown: Shown): Join[] {
  const edges = shown.edges.map((edge) => ({ id: edgeKey(edge), from: edge.origin, to: edge.destination, edge }));
  const crowds = shown.crowds.map(({ id, owner, side }) => ({
    id,
    from: side === "up" ? id : owner,
    to: side === "up" ? owner : id,
    edge: null,
  }));
  return [...edges, ...crowds];
}

/** What the layout has to solve: the cards' sizes and the links between them. */
export function layoutProblem(cards: readonly Card[], shown: Shown): { boxes: Box[]; links: Link[] } {
  const boxes = cards.map((card): Box => ({
    id: card.id,
    kind: card.icon === "job" ? 1 : 0,
    width: card.width,
    height: card.height,
    anchor: CARD.header / 2,
    reach: CARD.header / 2 - 11,
  }));
  return { boxes, links: joins(shown).map(({ id, from, to }) => ({ id, from, to })) };
}

/** Put cards and lines where the layout says. */
export function composeScene(cards: readonly Card[], shown: Shown, layout: Layout, links: readonly FieldLink[]): Scene {
  const placed = cards.flatMap((card) => {
    const at = layout.boxes.get(card.id);
    return at === undefined ? [] : [{ ...card, x: at.x, y: at.y, width: at.width, layer: at.layer }];
  });
  const byId = new Map(placed.map((card) => [card.id, card]));
  const lines = joins(shown).flatMap((join) => {
    const points = layout.routes.get(join.id) ?? straight(byId.get(join.from), byId.get(join.to));
    return points.length < 2 ? [] : [{ ...join, points }];
  });
  return { cards: placed, lines, fieldLines: fieldLines(links, byId), width: layout.width, height: layout.height };
}

function straight(from: PlacedCard | undefined, to: PlacedCard | undefined): Point[] {
  if (from === undefined || to === undefined) return [];
  return endPoints(from, to, CARD.header / 2, CARD.header / 2);
}
