// The view and the browser's history: every change of the view is a page that Back leads away from.
import { useCallback, useSyncExternalStore } from "react";

import { formatView, parseView, type View } from "#graph/view.ts";

export const CHANGED = "whence:view";
let cached: { search: string; view: View } | null = null;

function current(): View {
  const { search } = window.location;
  if (cached?.search !== search) cached = { search, view: parseView(search) };
  return cached.view;
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener("popstate", onChange);
  window.addEventListener(CHANGED, onChange);
  return () => {
    window.removeEventListener("popstate", onChange);
    window.removeEventListener(CHANGED, onChange);
  };
}

export type ChangeView = (change: (view: View) => View) => void;

/** The view that the URL says, and how to change it. */
export function useView(): [View, ChangeView] {
  const view = useSyncExternalStore(subscribe, current);
  const change = useCallback<ChangeView>((make) => {
    const search = formatView(make(current()));
    const { pathname } = window.location;
    if (search === window.location.search) return;
    window.history.pushState(null, "", `${pathname}${search}`);
    window.dispatchEvent(new Event(CHANGED));
  }, []);
  return [view, change];
}
