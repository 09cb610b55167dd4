// Which questions to ask the server for a view: the start's neighbourhood, and one more per side that was unfolded.
import type { View } from "./view.ts";

export interface Question {
  entity: string;
  direction: "both" | "up" | "down";
  depth: number;
  fields: boolean;
  maxNodes?: number;
}

/** An unfolding asks for at most this many nodes: a hub shows a part and says so. */
export const EXPAND_NODES = 300;

/** List the questions whose answers, merged in this order, are the view's graph; the first is about the entity. */
export function questionsOf(view: View): [Question, ...Question[]] | null {
  if (view.entity === null) return null;
  const fields = view.unfolded === "all" || view.unfolded.length > 0 || view.field !== null;
  const { entity, direction, up, down } = view;
  const first: [Question, ...Question[]] =
    direction === "both" && up !== down
      ? [
          { entity, direction: "up", depth: up, fields },
          { entity, direction: "down", depth: down, fields },
        ]
      : [{ entity, direction, depth: direction === "down" ? down : up, fields }];
  const more = view.expanded.map(({ node, side }): Question => ({
    entity: node,
    direction: side,
    depth: 1,
    fields,
    maxNodes: EXPAND_NODES,
  }));
  return [...first, ...more];
}
