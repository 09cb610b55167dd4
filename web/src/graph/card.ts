// Cards: the boxes that nodes are drawn as, with the rows that are open in them and the sizes that layout needs.
// Pure; the painter, the hit test and the layout all read the same measures from here.
import type { Crowd, Shown } from "./filter.ts";
import type { GraphField, GraphNode, RunState, Side } from "./model.ts";
import { captionOf, type Icon, type Measure } from "./names.ts";

export const CARD = {
  header: 54,
  row: 23,
  foot: 7,
  minWidth: 148,
  maxWidth: 292,
  /** Left of the text: margin, icon tile, gap. */
  textLeft: 54,
  /** Right of the text: a run state, or the fold switch with its count. */
  textRight: 36,
  foldRight: 50,
  maxRows: 40,
  pill: { width: 36, height: 18 },
} as const;

export const FONT = {
  family: '"Inter Variable", Inter, "Noto Sans KR", system-ui, sans-serif',
  mono: '"JetBrains Mono Variable", ui-monospace, monospace',
  title: '600 13px "Inter Variable", Inter, "Noto Sans KR", system-ui, sans-serif',
  place: '400 11px "Inter Variable", Inter, "Noto Sans KR", system-ui, sans-serif',
} as const;

export interface Row {
  name: string;
  type: string | null;
  /** Middle of the row, from the card's top. */
  middle: number;
}

export interface Card {
  id: string;
  kind: "dataset" | "job" | "crowd";
  icon: Icon;
  title: string;
  place: string;
  full: string;
  state: RunState | null;
  width: number;
  height: number;
  fieldCount: number;
  unfolded: boolean;
  rows: readonly Row[];
  /** Fields that do not fit among the rows. */
  restRows: number;
  hidden: Record<Side, number>;
  isStart: boolean;
}

export interface Unfolding {
  /** Datasets whose columns are all shown; null means every dataset. */
  datasets: ReadonlySet<string> | null;
  /** Dataset -> fields that a traced column passes; shown also in folded boxes. */
  traced: ReadonlyMap<string, ReadonlySet<string>>;
}

const NOTHING_HIDDEN: Record<Side, number> = { up: 0, down: 0 };

/** Make a card of every shown node and crowd. */
export function buildCards(shown: Shown, start: string | null, unfolding: Unfolding, measure: Measure): Card[] {
  const cards = shown.nodes.map((node) =>
    nodeCard(node, {
      unfolding,
      measure,
      hidden: shown.hidden.get(node.id) ?? NOTHING_HIDDEN,
      isStart: node.id === start,
    }),
  );
  return [...cards, ...shown.crowds.map(crowdCard)];
}

interface CardWorld {
  unfolding: Unfolding;
  measure: Measure;
  hidden: Record<Side, number>;
  isStart: boolean;
}

function nodeCard(node: GraphNode, world: CardWorld): Card {
  const { icon, title, place, full } = captionOf(node);
  const fields = node.type === "DATASET" ? node.fields : [];
  const { datasets, traced } = world.unfolding;
  const unfolded = fields.length > 0 && (datasets === null || datasets.has(node.id));
  const { rows, rest } = rowsOf(fields, unfolded, traced.get(node.id) ?? new Set());
  const shownLines = rows.length + (rest > 0 && unfolded ? 1 : 0);
  return {
    id: node.id,
    kind: node.type === "JOB" ? "job" : "dataset",
    icon,
    title,
    place,
    full,
    state: node.type === "JOB" ? node.lastRunState : null,
    width: widthOf(title, place, fields.length > 0 ? CARD.foldRight : CARD.textRight, world.measure),
    height: CARD.header + (shownLines > 0 ? shownLines * CARD.row + CARD.foot : 0),
    fieldCount: fields.length,
    unfolded,
    rows,
    restRows: unfolded ? rest : 0,
    hidden: world.hidden,
    isStart: world.isStart,
  };
}

function rowsOf(
  fields: readonly GraphField[],
  unfolded: boolean,
  traced: ReadonlySet<string>,
): { rows: Row[]; rest: number } {
  let room = Math.max(CARD.maxRows - traced.size, 0);
  const kept = fields.filter((field) => traced.has(field.name) || (unfolded && room-- > 0));
  const rows = kept.map((field, at) => ({
    name: field.name,
    type: field.type,
    middle: CARD.header + at * CARD.row + CARD.row / 2,
  }));
  return { rows, rest: fields.length - kept.length };
}

function widthOf(title: string, place: string, right: number, measure: Measure): number {
  const text = Math.max(measure(title, FONT.title), measure(place, FONT.place));
  return Math.round(Math.min(CARD.maxWidth, Math.max(CARD.minWidth, CARD.textLeft + text + right)));
}

function crowdCard(crowd: Crowd): Card {
  const count = crowd.roots.length;
  return {
    id: crowd.id,
    kind: "crowd",
    icon: crowd.roots[0]?.startsWith("job:") === true ? "job" : "table",
    title: `${count.toLocaleString("en")} more`,
    place: crowd.side === "up" ? "upstream, not drawn: click" : "downstream, not drawn: click",
    full: `${count.toLocaleString("en")} more neighbours that lead nowhere else`,
    state: null,
    width: CARD.minWidth,
    height: CARD.header,
    fieldCount: 0,
    unfolded: false,
    rows: [],
    restRows: 0,
    hidden: NOTHING_HIDDEN,
    isStart: false,
  };
}
