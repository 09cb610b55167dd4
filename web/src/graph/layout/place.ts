// Upright coordinates: every vertex as near to its neighbours' height as the order and the boxes' sizes allow.
// Each layer is solved exactly (weighted isotonic regression, pool adjacent violators); sweeps alternate sides.
import { SPACE, type Layered } from "./problem.ts";

const SWEEPS = 14;
/** A passing link wants to stay straight more than a box wants to sit in the middle. */
const WEIGHT = { boxToBox: 1, boxToPass: 2, passToPass: 8 } as const;

/** Give every vertex the y of its anchor (the height at which links meet it); the smallest top is 0. */
export function placeRows(graph: Layered): number[] {
  const y = stacked(graph);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const layers = sweep % 2 === 0 ? graph.layers : [...graph.layers].reverse();
    const last = sweep >= SWEEPS - 4;
    const near = sweep % 2 === 0 ? graph.before : graph.after;
    for (const layer of layers) settle(graph, layer, last ? null : near, y);
  }
  const top = Math.min(...graph.boxes.map((box, at) => (y[at] ?? 0) - box.anchor), Infinity);
  return y.map((value) => value - (Number.isFinite(top) ? top : 0));
}

/** Space that a vertex takes above and below its anchor. */
export function extent(graph: Layered, vertex: number): { above: number; below: number } {
  const box = graph.boxes[vertex];
  if (box === undefined) return { above: SPACE.pass / 2, below: SPACE.pass / 2 };
  return { above: box.anchor + SPACE.row / 2, below: box.height - box.anchor + SPACE.row / 2 };
}

function stacked(graph: Layered): number[] {
  const y = graph.layerOf.map(() => 0);
  for (const layer of graph.layers) {
    let next = 0;
    for (const vertex of layer) {
      const { above, below } = extent(graph, vertex);
      y[vertex] = next + above;
      next += above + below;
    }
    for (const vertex of layer) y[vertex] = (y[vertex] ?? 0) - next / 2;
  }
  return y;
}

/** Move one layer's vertices to where their neighbours (of one side, or both when null) pull them. */
function settle(graph: Layered, layer: readonly number[], near: readonly number[][] | null, y: number[]): void {
  const offsets: number[] = [];
  let offset = 0;
  layer.forEach((vertex, at) => {
    if (at > 0) offset += extent(graph, layer[at - 1] ?? 0).below + extent(graph, vertex).above;
    offsets.push(offset);
  });
  const wishes = layer.map((vertex, at) => {
    const pull = pullOf(graph, vertex, near, y);
    return { value: pull.y - (offsets[at] ?? 0), weight: pull.weight };
  });
  isotonic(wishes).forEach((value, at) => (y[layer[at] ?? 0] = value + (offsets[at] ?? 0)));
}

function pullOf(
  graph: Layered,
  vertex: number,
  near: readonly number[][] | null,
  y: readonly number[],
): { y: number; weight: number } {
  const others =
    near === null ? [...(graph.before[vertex] ?? []), ...(graph.after[vertex] ?? [])] : (near[vertex] ?? []);
  let sum = 0;
  let weight = 0;
  for (const other of others) {
    const passes = Number(vertex >= graph.boxes.length) + Number(other >= graph.boxes.length);
    const pull = passes === 2 ? WEIGHT.passToPass : passes === 1 ? WEIGHT.boxToPass : WEIGHT.boxToBox;
    sum += pull * (y[other] ?? 0);
    weight += pull;
  }
  return weight > 0 ? { y: sum / weight, weight } : { y: y[vertex] ?? 0, weight: 0.01 };
}

/** Closest non-decreasing values to the wishes, by weighted squares (pool adjacent violators, O(n)). */
export function isotonic(wishes: readonly { value: number; weight: number }[]): number[] {
  const pools: { sum: number; weight: number; count: number }[] = [];
  for (const { value, weight } of wishes) {
    let pool = { sum: value * weight, weight, count: 1 };
    for (let last = pools.at(-1); last !== undefined; last = pools.at(-1)) {
      if (last.sum / last.weight <= pool.sum / pool.weight) break;
      pool = { sum: pool.sum + last.sum, weight: pool.weight + last.weight, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  }
  return pools.flatMap((pool) => Array.from({ length: pool.count }, () => pool.sum / pool.weight));
}
