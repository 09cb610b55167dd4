// Which questions to ask the server for a view: the start's neighbourhood, and one more per side that was unfolded.
import { sideKey } from "./filter.ts";
import type { View } from "./view.ts";

export interface Question {
  entity: string;
  direction: "both" | "up" | "down";
  depth: number;
  fields: boolean;
  maxNodes?: number;
}

/** An unfolding asks for at most this many nodes, once more each time it is asked for: a hub shows a part and says so. */
export const EXPAND_NODES = 300;

/** List the questions whose answers, merged in this order, are the view's graph; the first is about the entity. */
export function questionsOf(view: View): [Question, ...Question[]] | null {
  if (view.entity === null) return null;
  const { entity, direction, up, down } = view;
  const isField = entity.startsWith("datasetField:");
  const fields = isField || view.unfolded === "all" || view.unfolded.length > 0 || view.field !== null;
  const first: [Question, ...Question[]] =
    direction === "both" && up !== down
      ? [
          { entity, direction: "up", depth: up, fields },
          { entity, direction: "down", depth: down, fields },
        ]
      : [{ entity, direction, depth: direction === "down" ? down : up, fields }];
  const times = new Map<string, number>();
  for (const side of view.expanded) times.set(sideKey(side), (times.get(sideKey(side)) ?? 0) + 1);
  const once = new Map(view.expanded.map((side) => [sideKey(side), side]));
  const more = [...once].map(([key, { node, side }]): Question => {
    return { entity: node, direction: side, depth: 1, fields, maxNodes: EXPAND_NODES * (times.get(key) ?? 1) };
  });
  return [...first, ...more];
}
