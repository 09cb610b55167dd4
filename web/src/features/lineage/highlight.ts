// What stands out in a view: a traced column, else a path, else the selected node with its closure.
import { NO_HIGHLIGHT, type Highlight } from "#canvas/painter.ts";
import { fieldId, type FieldLink } from "#graph/columns.ts";
import type { Shown } from "#graph/filter.ts";
import { focusOn, focusOnPath, type Focus } from "#graph/focus.ts";
import type { GraphEdge } from "#graph/model.ts";
import type { View } from "#graph/view.ts";

interface Known {
  shown: Shown;
  traced: ReadonlySet<string> | null;
  links: readonly FieldLink[];
}

/** Work out what stands out. */
export function highlightOf(
  view: View,
  known: Known,
  path: { nodes: { id: string }[]; edges: GraphEdge[] } | null,
): Highlight {
  const selected = view.node;
  if (known.traced !== null && selected !== null && view.field !== null) {
    const field = fieldId({ dataset: selected, field: view.field });
    return {
      ...NO_HIGHLIGHT,
      selected,
      field,
      fields: known.traced,
      focus: focusOnFields(known.traced, known.links, selected),
    };
  }
  if (path !== null) return { ...NO_HIGHLIGHT, selected, focus: focusOnPath(path) };
  const isShown = known.shown.nodes.some((node) => node.id === selected);
  const focus = selected !== null && isShown ? focusOn(selected, known.shown.edges) : null;
  return { ...NO_HIGHLIGHT, selected, focus };
}

/** Datasets that hold a traced field, and the jobs that carry it between them. */
function focusOnFields(traced: ReadonlySet<string>, links: readonly FieldLink[], selected: string): Focus {
  const nodes = new Set([selected]);
  for (const link of links) {
    if (!traced.has(fieldId(link.from)) || !traced.has(fieldId(link.to))) continue;
    for (const id of [link.from.dataset, link.to.dataset, link.job]) if (id !== null) nodes.add(id);
  }
  return { nodes, edges: new Set() };
}
