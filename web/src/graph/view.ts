// What the reader looks at, as it stands in the URL: a link shows a colleague the same picture.
// Pure: reads and writes query strings; the browser's history is app/'s business. Unknown or odd parts are ignored.
import { sideKey, type NodeSide } from "./filter.ts";

export type Direction = "both" | "up" | "down";

export interface View {
  /** The entity that the graph is about; null is the start page. */
  entity: string | null;
  direction: Direction;
  up: number;
  down: number;
  node: string | null;
  field: string | null;
  run: string | null;
  /** Datasets whose columns are shown in their box, or all of them. */
  unfolded: "all" | readonly string[];
  expanded: readonly NodeSide[];
  folded: readonly NodeSide[];
  /** Crowds that are drawn in full. */
  crowds: readonly string[];
  /** The other end of a path from `node`'s point of view: both ends of the way that is shown. */
  path: { from: string; to: string } | null;
  show: "graph" | "table";
}

export const MAX_STEPS = 20;
export const FIRST_VIEW: View = {
  entity: null,
  direction: "both",
  up: 2,
  down: 2,
  node: null,
  field: null,
  run: null,
  unfolded: [],
  expanded: [],
  folded: [],
  crowds: [],
  path: null,
  show: "graph",
};

/** The view of another entity, with the reader's direction, depth and way of showing kept. */
export function viewOf(entity: string, before: View = FIRST_VIEW): View {
  const { direction, up, down, show } = before;
  return { ...FIRST_VIEW, entity, direction, up, down, show, unfolded: before.unfolded === "all" ? "all" : [] };
}

/** Read a view from a query string. */
export function parseView(search: string): View {
  const query = new URLSearchParams(search);
  const from = query.get("from");
  const to = query.get("to");
  const unfolded = query.getAll("unfold");
  return {
    entity: nonEmpty(query.get("entity")),
    direction: oneOf(query.get("direction"), ["both", "up", "down"] as const) ?? "both",
    up: steps(query.get("up")) ?? FIRST_VIEW.up,
    down: steps(query.get("down")) ?? FIRST_VIEW.down,
    node: nonEmpty(query.get("node")),
    field: nonEmpty(query.get("field")),
    run: nonEmpty(query.get("run")),
    unfolded: unfolded.includes("all") ? "all" : unfolded,
    expanded: query
      .getAll("expand")
      .map(readSide)
      .filter((side) => side !== null),
    folded: query
      .getAll("fold")
      .map(readSide)
      .filter((side) => side !== null),
    crowds: query.getAll("open"),
    path: from !== null && to !== null ? { from, to } : null,
    show: oneOf(query.get("show"), ["graph", "table"] as const) ?? "graph",
  };
}

/** Write a view as a query string, without what is as at first; empty for the start page. */
export function formatView(view: View): string {
  const query = new URLSearchParams();
  const put = (key: string, value: string | number | null, usual: string | number | null = null): void => {
    if (value !== null && value !== usual) query.append(key, String(value));
  };
  put("entity", view.entity);
  put("direction", view.direction, FIRST_VIEW.direction);
  put("up", view.up, FIRST_VIEW.up);
  put("down", view.down, FIRST_VIEW.down);
  put("node", view.node);
  put("field", view.field);
  put("run", view.run);
  for (const id of view.unfolded === "all" ? ["all"] : view.unfolded) put("unfold", id);
  for (const side of view.expanded) put("expand", sideKey(side));
  for (const side of view.folded) put("fold", sideKey(side));
  for (const id of view.crowds) put("open", id);
  put("from", view.path?.from ?? null);
  put("to", view.path?.to ?? null);
  put("show", view.show, FIRST_VIEW.show);
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/** Ask for a node's neighbours on one side: unfold what was folded there, else fetch what is hidden, more each time. */
export function expandSide(view: View, at: NodeSide): View {
  const key = sideKey(at);
  if (view.folded.some((side) => sideKey(side) === key)) {
    return { ...view, folded: view.folded.filter((side) => sideKey(side) !== key) };
  }
  return { ...view, expanded: [...view.expanded, at] };
}

/** Hide what hangs on one side of a node. */
export function foldSide(view: View, at: NodeSide): View {
  const key = sideKey(at);
  if (view.folded.some((side) => sideKey(side) === key)) return view;
  return { ...view, folded: [...view.folded, at] };
}

/** Show or hide the columns inside a dataset's box; `all` are the datasets shown, for leaving "all" behind. */
export function toggleColumns(view: View, dataset: string, all: readonly string[]): View {
  const open = view.unfolded === "all" ? all : view.unfolded;
  const without = open.filter((id) => id !== dataset);
  return { ...view, unfolded: without.length === open.length ? [...open, dataset] : without };
}

function nonEmpty(text: string | null): string | null {
  return text === "" ? null : text;
}

function oneOf<T extends string>(text: string | null, allowed: readonly T[]): T | null {
  return allowed.find((value) => value === text) ?? null;
}

function steps(text: string | null): number | null {
  if (text === null || !/^\d{1,3}$/.test(text)) return null;
  return Math.min(Number(text), MAX_STEPS);
}

function readSide(text: string): NodeSide | null {
  const side = oneOf(text.slice(0, text.indexOf(" ")), ["up", "down"] as const);
  return side === null ? null : { side, node: text.slice(side.length + 1) };
}
