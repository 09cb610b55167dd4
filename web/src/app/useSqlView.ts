// The SQL page and the browser's history: opening it is a page that Back leads away from, typing in it is not.
import { useCallback, useSyncExternalStore } from "react";

import { EMPTY_SQL, formatSqlView, parseSqlView, type SqlView } from "#graph/sqlView.ts";

import { CHANGED } from "./useView.ts";

let cached: { link: string; view: SqlView | null } | null = null;

function current(): SqlView | null {
  const { search, hash } = window.location;
  if (cached?.link !== search + hash) cached = { link: search + hash, view: parseSqlView(search, hash) };
  return cached.view;
}

function subscribe(onChange: () => void): () => void {
  const events = ["popstate", "hashchange", CHANGED];
  for (const event of events) window.addEventListener(event, onChange);
  return () => {
    for (const event of events) window.removeEventListener(event, onChange);
  };
}

/** What the URL says about the SQL page (null: another page is shown), how to open it, and how to change it. */
export function useSqlView(): { view: SqlView | null; open: () => void; change: (view: SqlView) => void } {
  const view = useSyncExternalStore(subscribe, current);
  const open = useCallback(() => {
    if (current() !== null) return;
    window.history.pushState(null, "", window.location.pathname + formatSqlView(EMPTY_SQL));
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  const change = useCallback((next: SqlView) => {
    if (current() === null) return; // the reader has left the page while it waited to write
    window.history.replaceState(null, "", window.location.pathname + formatSqlView(next));
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return { view, open, change };
}
