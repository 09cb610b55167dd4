// What stands out in a view: a traced column, else a path, else the selected node with its closure.
import { NO_HIGHLIGHT, type Highlight } from "#canvas/painter.ts";
import { fieldId, type FieldLink } from "#graph/columns.ts";
import { focusOn, focusOnPath, type Focus } from "#graph/focus.ts";
import type { GraphEdge } from "#graph/model.ts";
import type { View } from "#graph/view.ts";

import type { Picture } from "./useScene.ts";

/** Work out what stands out. */
export function highlightOf(
  view: View,
  known: Picture,
  path: { nodes: { id: string }[]; edges: GraphEdge[] } | null,
): Highlight {
  const selected = view.node;
  if (known.traced !== null && known.column !== null) {
    const focus = focusOnFields(known.traced, known.links, known.column.dataset);
    return { ...NO_HIGHLIGHT, selected, field: fieldId(known.column), fields: known.traced, focus };
  }
  if (path !== null) return { ...NO_HIGHLIGHT, selected, focus: focusOnPath(path) };
  const isShown = known.shown.nodes.some((node) => node.id === selected);
  const focus = selected !== null && isShown ? focusOn(selected, known.shown.edges) : null;
  return { ...NO_HIGHLIGHT, selected, focus };
}

/** Datasets that hold a traced field, and the jobs that carry it between them. */
function focusOnFields(traced: ReadonlySet<string>, links: readonly FieldLink[], start: string): Focus {
  const nodes = new Set([start]);
  for (const link of links) {
    if (!traced.has(fieldId(link.from)) || !traced.has(fieldId(link.to))) continue;
    for (const id of [link.from.dataset, link.to.dataset, link.job]) if (id !== null) nodes.add(id);
  }
  return { nodes, edges: new Set() };
}
