// What a click or a key on a card makes of the view. Pure.
import type { Graph } from "#graph/model.ts";
import { expandSide, foldSide, toggleColumns, type View } from "#graph/view.ts";

import type { CardAction } from "./CardButtons.tsx";

/** Change the view as an action asks. */
export function applyAction(view: View, action: CardAction, graph: Graph | null): View {
  switch (action.does) {
    case "leave":
      return { ...view, node: null, field: null, run: null };
    case "select":
      return view.node === action.id && view.field === null
        ? view
        : { ...view, node: action.id, field: null, run: null };
    case "columns":
      return toggleColumns(view, action.id, datasetIds(graph));
    case "open":
      return { ...view, crowds: [...view.crowds, action.id] };
    case "expand":
      return expandSide(view, { node: action.id, side: action.side });
    case "fold":
      return foldSide(view, { node: action.id, side: action.side });
    case "trace": {
      const isTraced = view.node === action.id && view.field === action.field;
      return { ...view, node: action.id, field: isTraced ? null : action.field, run: null };
    }
  }
}

/** The ends of a path after one more click; null when the action chooses no node. */
export function choosePathEnd(action: CardAction, from: string | null): { from: string; to: string | null } | null {
  if (action.does !== "select" && action.does !== "trace" && action.does !== "columns") return null;
  if (from === null || from === action.id) return { from: action.id, to: null };
  return { from, to: action.id };
}

function datasetIds(graph: Graph | null): string[] {
  return [...(graph?.nodes.values() ?? [])].filter((node) => node.type === "DATASET").map((node) => node.id);
}
