// From the merged graph to a scene: what is shown, as cards, laid out by the worker. Keeps the last scene until the
// next one is ready.
import { useEffect, useMemo, useRef, useState } from "react";

import { LayoutClient } from "#canvas/layoutClient.ts";
import { fontsReady, measureText } from "#canvas/text.ts";
import { buildCards, FONT } from "#graph/card.ts";
import { fieldClosure, fieldLinks, readFieldId, type FieldLink, type FieldRef } from "#graph/columns.ts";
import { showGraph, startNode, type Shown } from "#graph/filter.ts";
import type { Graph } from "#graph/model.ts";
import { composeScene, layoutProblem, type Scene } from "#graph/scene.ts";
import type { View } from "#graph/view.ts";

export interface Picture {
  shown: Shown;
  /** The column that is traced; and the field ids of it and all it comes from and goes to. */
  column: FieldRef | null;
  traced: ReadonlySet<string> | null;
  links: readonly FieldLink[];
}

/** Decide what of the graph is shown. */
export function usePicture(graph: Graph | null, view: View): Picture | null {
  const { folded, crowds, node, field } = view;
  const links = useMemo(() => (graph === null ? [] : fieldLinks(graph)), [graph]);
  return useMemo(() => {
    if (graph === null) return null;
    const column = tracedColumn(graph, node, field);
    const traced = column === null ? null : fieldClosure(links, column);
    return { shown: showGraph(graph, folded, crowds), column, traced, links };
  }, [graph, links, folded, crowds, node, field]);
}

/** The column that was chosen; or, in the graph of a field with nothing else selected, that field. */
function tracedColumn(graph: Graph, node: string | null, field: string | null): FieldRef | null {
  const dataset = node ?? startNode(graph) ?? "";
  const chosen = node === null ? graph.start.field : field;
  return chosen !== null && graph.nodes.get(dataset)?.type === "DATASET" ? { dataset, field: chosen } : null;
}

/** Lay the picture out. */
export function useScene(graph: Graph | null, picture: Picture | null, unfolded: View["unfolded"]): Scene | null {
  const [scene, setScene] = useState<Scene | null>(null);
  const client = useRef<LayoutClient | null>(null);
  const hasFonts = useFonts();
  useEffect(() => {
    client.current = new LayoutClient();
    return () => {
      client.current?.close();
      client.current = null;
    };
  }, []);
  useEffect(() => {
    if (graph === null || picture === null || !hasFonts) return;
    const { shown, links, traced } = picture;
    const datasets = unfolded === "all" ? null : new Set(unfolded);
    const cards = buildCards(shown, startNode(graph), { datasets, traced: tracedRows(graph, traced) }, measureText);
    const { boxes, links: joins } = layoutProblem(cards, shown);
    void client.current?.layout(boxes, joins).then((layout) => {
      if (layout !== null) setScene(composeScene(cards, shown, layout, links));
    });
  }, [graph, picture, unfolded, hasFonts]);
  return scene;
}

function tracedRows(graph: Graph, traced: ReadonlySet<string> | null): Map<string, Set<string>> {
  const rows = new Map<string, Set<string>>();
  for (const id of traced ?? []) {
    const ref = readFieldId(id, (dataset) => graph.nodes.has(dataset));
    if (ref === null) continue;
    const fields = rows.get(ref.dataset);
    if (fields === undefined) rows.set(ref.dataset, new Set([ref.field]));
    else fields.add(ref.field);
  }
  return rows;
}

function useFonts(): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    void fontsReady([FONT.title, FONT.place, `450 12px ${FONT.family}`, `400 10.5px ${FONT.mono}`]).then(() =>
      setReady(true),
    );
  }, []);
  return ready;
}
