// The SQL page as it stands in the URL: `?sql=<dialect>#text=...&known=...`. The text is in the fragment, which a browser
// does not send: no log holds somebody's SQL because a link to it was opened. Pure.
export interface SqlView {
  /** The server's name of a dialect; empty is standard SQL. */
  dialect: string;
  text: string;
  /** What is known of tables' columns, a table a line: `shop.orders: id, total`. */
  known: string;
}

export const EMPTY_SQL: SqlView = { dialect: "", text: "", known: "" };

/** Read the view from a query string and a fragment; null when the URL is another page's. */
export function parseSqlView(search: string, hash: string): SqlView | null {
  const query = new URLSearchParams(search);
  const dialect = query.get("sql");
  if (dialect === null || query.has("entity")) return null;
  const fragment = new URLSearchParams(hash.replace(/^#/, ""));
  return { dialect, text: fragment.get("text") ?? "", known: fragment.get("known") ?? "" };
}

/** Write the view as a query string and a fragment. */
export function formatSqlView(view: SqlView): string {
  const fragment = new URLSearchParams();
  if (view.text !== "") fragment.set("text", view.text);
  if (view.known !== "") fragment.set("known", view.known);
  const hash = fragment.toString();
  return `?${new URLSearchParams({ sql: view.dialect }).toString()}${hash === "" ? "" : `#${hash}`}`;
}

/** Read what is known of columns; lines without a colon are passed by. */
export function knownColumns(lines: string): Record<string, string[]> {
  const tables: Record<string, string[]> = {};
  for (const line of lines.split("\n")) {
    const colon = line.indexOf(":");
    const table = line.slice(0, Math.max(colon, 0)).trim();
    const columns = line.slice(colon + 1).split(",");
    const named = columns.map((column) => column.trim()).filter((column) => column !== "");
    if (table !== "" && named.length > 0) tables[table] = named;
  }
  return tables;
}

export interface Span {
  start: number | null;
  end: number | null;
}

export interface Piece {
  text: string;
  isMarked: boolean;
}

/** Cut a text at spans that may overlap: pieces in order, joined they are the text. Offsets count code points. */
export function markedPieces(text: string, spans: readonly Span[]): Piece[] {
  const points = Array.from(text);
  const ranges = spans
    .map(({ start, end }) => [start ?? 0, start === null ? 0 : Math.max(end ?? start, start + 1)] as const)
    .filter(([start, end]) => end > start && start < points.length)
    .sort((a, b) => a[0] - b[0]);
  const pieces: Piece[] = [];
  let at = 0;
  const push = (until: number, isMarked: boolean): void => {
    if (until > at) pieces.push({ text: points.slice(at, until).join(""), isMarked });
    at = Math.max(at, until);
  };
  for (const [start, end] of ranges) {
    push(Math.min(start, points.length), false);
    push(Math.min(end, points.length), true);
  }
  push(points.length, false);
  return pieces;
}

/** Turn an offset in code points (the server's) into one in UTF-16 units (the browser's). */
export function unitsOf(text: string, points: number): number {
  return Array.from(text).slice(0, points).join("").length;
}
