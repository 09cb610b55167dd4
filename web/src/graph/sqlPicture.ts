// What SQL does as boxes with rows and lines between rows: sources left, what is written right, what is written and read
// again between them. Pure: places and curves only.
import { bendPlain, curvePath } from "./curves.ts";

export interface SourceSaid {
  table: string;
  field: string;
  type: string;
  subtype: string;
  masking: boolean;
}

export interface FieldSaid {
  table: string | null;
  name: string;
  isWhole: boolean;
  sources: readonly SourceSaid[];
}

export interface StatementSaid {
  statement: number;
  inputs: readonly { fullName: string }[];
  outputs: readonly { fullName: string }[];
  fields: readonly FieldSaid[] | null;
  indirect: readonly SourceSaid[];
}

export interface Row {
  id: string;
  name: string;
  /** A source of it could not be told, or it stands for columns that are not known. */
  isPart: boolean;
}

export interface Box {
  id: string;
  title: string;
  isResult: boolean;
  rows: Row[];
  /** Columns that are not drawn because there are too many. */
  more: number;
  x: number;
  y: number;
  height: number;
}

export interface Link {
  id: string;
  from: string;
  to: string;
  how: string;
  /** Indirect: a filter, a join, a grouping, which shapes the whole output. */
  isIndirect: boolean;
  path: string;
}

export interface SqlPicture {
  boxes: Box[];
  links: Link[];
  width: number;
  height: number;
}

export const WIDTH = 208;
export const HEAD = 34;
export const ROW = 26;
const MAX_ROWS = 60;
const GAP_X = 96;
const GAP_Y = 22;
const MARGIN = 16;

/** The id of a box's head, where lines to the whole table end. */
export const headOf = (box: string): string => `${box}\n`;
const rowOf = (box: string, field: string): string => `${box}\n${field.toLowerCase()}`;

interface Draft {
  boxes: Map<string, Box>;
  links: Map<string, Omit<Link, "path">>;
  /** box -> boxes that it comes from */
  before: Map<string, Set<string>>;
  /** Pairs of boxes with a line between them. */
  joined: Set<string>;
}

/** Lay statements out. Names that differ in letter case only are one. */
export function sqlPicture(statements: readonly StatementSaid[]): SqlPicture {
  const draft: Draft = { boxes: new Map(), links: new Map(), before: new Map(), joined: new Set() };
  for (const statement of statements) addStatement(draft, statement);
  for (const box of draft.boxes.values()) limitRows(box);
  const boxes = place(draft);
  const at = places(boxes);
  const links = [...draft.links.values()].flatMap((link) => {
    const [from, to] = [at.get(link.from), at.get(link.to)];
    if (from === undefined || to === undefined) return [];
    const [start, end] = [{ x: from.x + WIDTH, y: from.y }, to];
    return [{ ...link, path: curvePath(start, bendPlain(start, end), end) }];
  });
  return {
    boxes,
    links,
    width: Math.max(0, ...boxes.map((box) => box.x + WIDTH)) + MARGIN,
    height: Math.max(0, ...boxes.map((box) => box.y + box.height)) + MARGIN,
  };
}

function addStatement(draft: Draft, said: StatementSaid): void {
  const inputs = said.inputs.map((table) => boxOf(draft, table.fullName));
  const outputs = said.outputs.map((table) => boxOf(draft, table.fullName));
  const fields = said.fields ?? [];
  if (outputs.length === 0 && inputs.length === 0 && fields.length === 0) return;
  const result = outputs[0] ?? resultOf(draft, said);
  for (const field of fields) addField(draft, result, field);
  for (const source of said.indirect) {
    const from = boxOf(draft, source.table);
    addRow(from, source.field, false);
    link(draft, [from, rowOf(from.id, source.field)], [result, headOf(result.id)], source);
  }
  for (const target of outputs.length > 0 ? outputs : [result]) joinHeads(draft, inputs, target);
}

/** Join tables that no column joins: something flows, it is not known what. */
function joinHeads(draft: Draft, inputs: readonly Box[], target: Box): void {
  for (const input of inputs) {
    if (draft.joined.has(`${input.id}\n${target.id}`)) continue;
    const unknown = { subtype: "columns not known", type: "DIRECT", masking: false };
    link(draft, [input, headOf(input.id)], [target, headOf(target.id)], unknown);
  }
}

function addField(draft: Draft, result: Box, field: FieldSaid): void {
  const target = field.table === null ? result : boxOf(draft, field.table);
  addRow(target, field.name, !field.isWhole || field.name === "*");
  for (const source of field.sources) {
    const from = boxOf(draft, source.table);
    addRow(from, source.field, source.field === "*");
    link(draft, [from, rowOf(from.id, source.field)], [target, rowOf(target.id, field.name)], source);
  }
}

function boxOf(draft: Draft, name: string): Box {
  const id = name.toLowerCase();
  const known = draft.boxes.get(id);
  if (known !== undefined) return known;
  const box = { id, title: name, isResult: false, rows: [], more: 0, x: 0, y: 0, height: 0 };
  draft.boxes.set(id, box);
  return box;
}

function resultOf(draft: Draft, said: StatementSaid): Box {
  const box = boxOf(draft, `Result of statement ${said.statement}`);
  box.isResult = true;
  return box;
}

function addRow(box: Box, name: string, isPart: boolean): void {
  const id = rowOf(box.id, name);
  const known = box.rows.find((row) => row.id === id);
  if (known === undefined) box.rows.push({ id, name, isPart });
  else known.isPart ||= isPart;
}

type End = readonly [Box, string];

function link(draft: Draft, [source, from]: End, [target, to]: End, how: Omit<SourceSaid, "table" | "field">): void {
  const words = `${how.subtype.toLowerCase().replaceAll("_", " ")}${how.masking ? ", masked" : ""}`;
  const id = `${from}\t${to}`;
  const known = draft.links.get(id);
  const isIndirect = how.type === "INDIRECT";
  if (known === undefined) draft.links.set(id, { id, from, to, how: words, isIndirect });
  else {
    if (!known.how.split(" · ").includes(words)) known.how += ` · ${words}`;
    known.isIndirect &&= isIndirect;
  }
  draft.joined.add(`${source.id}\n${target.id}`);
  if (source.id === target.id) return;
  const before = draft.before.get(target.id) ?? new Set();
  draft.before.set(target.id, before.add(source.id));
}

function limitRows(box: Box): void {
  box.more = Math.max(0, box.rows.length - MAX_ROWS);
  if (box.more > 0) box.rows.length = MAX_ROWS;
  box.height = HEAD + (box.rows.length + (box.more > 0 ? 1 : 0)) * ROW + 6;
}

/** Put each box right of all it comes from; what nothing leads into stands as near as it can to what it feeds. */
function place({ boxes, before }: Draft): Box[] {
  const level = new Map<string, number>();
  const order = [...boxes.keys()];
  for (let round = 0; round < order.length; round += 1) {
    let moved = false;
    for (const id of order) {
      const wanted = Math.max(0, ...[...(before.get(id) ?? [])].map((from) => (level.get(from) ?? 0) + 1));
      if (wanted > (level.get(id) ?? 0) && wanted < order.length) {
        level.set(id, wanted);
        moved = true;
      }
    }
    if (!moved) break;
    if (round > MAX_LEVELS) break; // a circle: tables that are read and written in turn
  }
  const used = [...new Set(order.map((id) => level.get(id) ?? 0))].sort((a, b) => a - b);
  const columns = used.map((rank) => [...boxes.values()].filter((box) => (level.get(box.id) ?? 0) === rank));
  const tall = Math.max(0, ...columns.map(heightOf));
  columns.forEach((column, at) => {
    let y = MARGIN + (tall - heightOf(column)) / 2;
    for (const box of column) {
      box.x = MARGIN + at * (WIDTH + GAP_X);
      box.y = Math.round(y);
      y += box.height + GAP_Y;
    }
  });
  return columns.flat();
}

const MAX_LEVELS = 60;

const heightOf = (column: readonly Box[]): number =>
  column.reduce((sum, box) => sum + box.height, 0) + GAP_Y * Math.max(0, column.length - 1);

/** Where lines begin and end: the left edge of each row, at its middle. */
function places(boxes: readonly Box[]): Map<string, { x: number; y: number }> {
  const at = new Map<string, { x: number; y: number }>();
  for (const box of boxes) {
    at.set(headOf(box.id), { x: box.x, y: box.y + HEAD / 2 });
    box.rows.forEach((row, number) => at.set(row.id, { x: box.x, y: box.y + HEAD + (number + 0.5) * ROW }));
  }
  return at;
}

/** The rows and links that a row comes from and goes to, itself included. */
export function reachedFrom(links: readonly Link[], row: string): { rows: Set<string>; links: Set<string> } {
  const found = { rows: new Set([row]), links: new Set<string>() };
  for (const [near, far] of [
    ["to", "from"],
    ["from", "to"],
  ] as const) {
    const pending = [row];
    const seen = new Set(pending);
    for (let id = pending.pop(); id !== undefined; id = pending.pop())
      for (const link of links) {
        if (link[near] !== id) continue;
        found.links.add(link.id);
        found.rows.add(link[far]);
        if (!seen.has(link[far]) && !link.isIndirect) {
          seen.add(link[far]);
          pending.push(link[far]);
        }
      }
  }
  return found;
}
