// Fields as parts of dataset nodes: field node ids read back, and the closure of one field along the field edges.
import type { FieldEdge, Graph, Side } from "./model.ts";

export interface FieldRef {
  dataset: string;
  field: string;
}

/** A field edge between two fields of datasets in the graph. */
export interface FieldLink {
  from: FieldRef;
  to: FieldRef;
  job: string | null;
  transformations: FieldEdge["transformations"];
}

/** Name a field's node id from its dataset's. */
export function fieldId({ dataset, field }: FieldRef): string {
  return `datasetField:${dataset.slice("dataset:".length)}:${field}`;
}

/** Read a field's node id back; names may hold colons, so the datasets at hand decide where the field begins. */
export function readFieldId(id: string, isDataset: (nodeId: string) => boolean): FieldRef | null {
  if (!id.startsWith("datasetField:")) return null;
  const rest = id.slice("datasetField:".length);
  for (let at = rest.lastIndexOf(":"); at > 0; at = rest.lastIndexOf(":", at - 1)) {
    const dataset = `dataset:${rest.slice(0, at)}`;
    if (isDataset(dataset)) return { dataset, field: rest.slice(at + 1) };
  }
  return null;
}

/** Read the graph's field edges as links between fields; an edge to a dataset outside the graph is left out. */
export function fieldLinks(graph: Pick<Graph, "nodes" | "fieldEdges">): FieldLink[] {
  const known = new Map<string, FieldRef | null>();
  const read = (id: string): FieldRef | null => {
    let ref = known.get(id);
    if (ref === undefined) known.set(id, (ref = readFieldId(id, (dataset) => graph.nodes.has(dataset))));
    return ref;
  };
  const links: FieldLink[] = [];
  for (const { origin, destination, job, transformations } of graph.fieldEdges) {
    const from = read(origin);
    const to = read(destination);
    if (from !== null && to !== null) links.push({ from, to, job, transformations });
  }
  return links;
}

/** Collect the ids of every field that a field comes from and goes to, itself included. */
export function fieldClosure(links: readonly FieldLink[], start: FieldRef): Set<string> {
  const closure = new Set<string>([fieldId(start)]);
  for (const side of ["up", "down"] as const) for (const id of walk(links, fieldId(start), side)) closure.add(id);
  return closure;
}

function walk(links: readonly FieldLink[], start: string, side: Side): Set<string> {
  const next = new Map<string, string[]>();
  for (const link of links) {
    const [here, there] =
      side === "down" ? [fieldId(link.from), fieldId(link.to)] : [fieldId(link.to), fieldId(link.from)];
    const list = next.get(here);
    if (list === undefined) next.set(here, [there]);
    else list.push(there);
  }
  const seen = new Set([start]);
  const queue = [start];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const there of next.get(id) ?? []) {
      if (seen.has(there)) continue;
      seen.add(there);
      queue.push(there);
    }
  }
  return seen;
}
