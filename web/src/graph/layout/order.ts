// The order within layers: barycentre sweeps down and up, the order with the fewest crossings kept.
// Changes `layers` only. Source: Sugiyama, Tagawa, Toda 1981; crossings counted as in Barth, Jünger, Mutzel 2002.
import type { Layered } from "./problem.ts";

/** Reorder each layer's vertices to lessen crossings. */
export function orderLayers(graph: Layered, sweeps = 24): void {
  const place = new Float64Array(graph.layerOf.length);
  graph.layers.forEach((layer) => layer.forEach((vertex, at) => (place[vertex] = at)));
  let best = graph.layers.map((layer) => [...layer]);
  let fewest = countCrossings(graph, place);
  let idle = 0;
  for (let sweep = 0; sweep < sweeps && fewest > 0 && idle < 8; sweep++) {
    if (sweep % 2 === 0) graph.layers.forEach((layer) => sortLayer(layer, graph.before, place));
    else for (const layer of [...graph.layers].reverse()) sortLayer(layer, graph.after, place);
    if (graph.layerOf.length <= 600) swapNeighbours(graph, place);
    const crossings = countCrossings(graph, place);
    idle = crossings < fewest ? 0 : idle + 1;
    if (crossings < fewest) {
      fewest = crossings;
      best = graph.layers.map((layer) => [...layer]);
    }
  }
  graph.layers = best;
}

/** Sort one layer by the mean place of the neighbours; vertices without any keep theirs. */
function sortLayer(layer: number[], near: readonly number[][], place: Float64Array): void {
  const mean = new Map<number, number>();
  for (const vertex of layer) {
    const others = near[vertex] ?? [];
    const sum = others.reduce((total, other) => total + (place[other] ?? 0), 0);
    mean.set(vertex, others.length > 0 ? sum / others.length : (place[vertex] ?? 0));
  }
  layer.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0) || (place[a] ?? 0) - (place[b] ?? 0));
  layer.forEach((vertex, at) => (place[vertex] = at));
}

/** Swap vertices that stand next to each other wherever that alone saves crossings. */
function swapNeighbours(graph: Layered, place: Float64Array): void {
  for (const layer of graph.layers) {
    for (let i = 1; i < layer.length; i++) {
      const [a, b] = [layer[i - 1] ?? 0, layer[i] ?? 0];
      const now = pairCrossings(graph, a, b, place);
      if (now === 0 || pairCrossings(graph, b, a, place) >= now) continue;
      [layer[i - 1], layer[i]] = [b, a];
      [place[a], place[b]] = [i, i - 1];
    }
  }
}

/** Crossings between the links of `upper` and `lower` when they stand in that order. */
function pairCrossings(graph: Layered, upper: number, lower: number, place: Float64Array): number {
  let crossings = 0;
  for (const near of [graph.before, graph.after]) {
    for (const u of near[upper] ?? []) {
      for (const v of near[lower] ?? []) if ((place[u] ?? 0) > (place[v] ?? 0)) crossings++;
    }
  }
  return crossings;
}

/** Count the crossings of all links between neighbouring layers. */
export function countCrossings(graph: Layered, place: Float64Array): number {
  let crossings = 0;
  for (const layer of graph.layers) {
    const ends: number[] = [];
    for (const vertex of layer) {
      ends.push(...(graph.after[vertex] ?? []).map((other) => place[other] ?? 0).sort((a, b) => a - b));
    }
    crossings += inversions(ends);
  }
  return crossings;
}

/** Count pairs out of order with a tree of counts (O(n log n)). */
function inversions(values: readonly number[]): number {
  const size = values.reduce((a, b) => Math.max(a, b), 0) + 2;
  const tree = new Uint32Array(size + 1);
  let count = 0;
  values.forEach((value, seen) => {
    let notGreater = 0;
    for (let i = value + 1; i > 0; i -= i & -i) notGreater += tree[i] ?? 0;
    count += seen - notGreater;
    for (let i = value + 1; i <= size; i += i & -i) tree[i] = (tree[i] ?? 0) + 1;
  });
  return count;
}
