// From links to layers: cycles are broken, every link then leads to a higher layer, and long links get dummies.
import type { Arc, Box, Layered, Link } from "./problem.ts";

/** Number the links' ends and turn around those that would close a cycle; self-links and unknown ends are left out. */
export function breakCycles(boxes: readonly Box[], links: readonly Link[]): Arc[] {
  const index = new Map(boxes.map((box, at) => [box.id, at]));
  const arcs: Arc[] = [];
  links.forEach((link, at) => {
    const from = index.get(link.from);
    const to = index.get(link.to);
    if (from !== undefined && to !== undefined && from !== to) arcs.push({ from, to, reversed: false, link: at });
  });
  for (const arc of backArcs(boxes.length, arcs)) {
    [arc.from, arc.to] = [arc.to, arc.from];
    arc.reversed = true;
  }
  return arcs;
}

/** Find arcs that lead back to a vertex still open in a depth-first walk, sources first. */
function backArcs(count: number, arcs: readonly Arc[]): Arc[] {
  const out = group(count, arcs, (arc) => arc.from);
  const isTarget = new Set(arcs.map((arc) => arc.to));
  const order = [...Array(count).keys()].sort((a, b) => Number(isTarget.has(a)) - Number(isTarget.has(b)) || a - b);
  const state = new Uint8Array(count); // 0 new, 1 open, 2 done
  const back: Arc[] = [];
  for (const root of order) {
    if (state[root] !== 0) continue;
    state[root] = 1;
    const stack = [{ at: root, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const arc = out[top.at]?.[top.next++];
      if (arc === undefined) {
        state[top.at] = 2;
        stack.pop();
      } else if (state[arc.to] === 1) {
        back.push(arc);
      } else if (state[arc.to] === 0) {
        state[arc.to] = 1;
        stack.push({ at: arc.to, next: 0 });
      }
    }
  }
  return back;
}

/** Give every box a layer: as far right as its longest way from a source, then sources pulled next to their targets. */
export function assignLayers(boxes: readonly Box[], arcs: readonly Arc[]): number[] {
  const out = group(boxes.length, arcs, (arc) => arc.from);
  const into = group(boxes.length, arcs, (arc) => arc.to);
  const span = (arc: Arc): number => (boxes[arc.from]?.kind === boxes[arc.to]?.kind ? 2 : 1);
  const layer = boxes.map((box) => box.kind as number);
  const order = topological(boxes.length, out, into);
  for (const at of order) {
    for (const arc of out[at] ?? []) layer[arc.to] = Math.max(layer[arc.to] ?? 0, (layer[at] ?? 0) + span(arc));
  }
  for (let pass = 0; pass < 4; pass++) {
    for (const at of [...order].reverse()) {
      const leaving = out[at] ?? [];
      if (leaving.length > (into[at]?.length ?? 0)) {
        layer[at] = Math.min(...leaving.map((arc) => (layer[arc.to] ?? 0) - span(arc)));
      }
    }
  }
  const lowest = Math.min(...layer);
  return layer.map((value) => value - lowest);
}

function topological(count: number, out: readonly Arc[][], into: readonly Arc[][]): number[] {
  const open = into.map((arcs) => arcs.length);
  const order = [...Array(count).keys()].filter((at) => open[at] === 0);
  for (let i = 0; i < order.length; i++) {
    for (const arc of out[order[i] ?? 0] ?? []) {
      open[arc.to] = (open[arc.to] ?? 0) - 1;
      if (open[arc.to] === 0) order.push(arc.to);
    }
  }
  return order;
}

/** Lay boxes and dummies out in layers, in the order given; layers without a box are kept empty. */
export function buildLayers(boxes: readonly Box[], arcs: readonly Arc[], linkCount: number): Layered {
  const layerOf = assignLayers(boxes, arcs);
  const chains: number[][] = Array.from({ length: linkCount }, () => []);
  const reversed: boolean[] = Array.from({ length: linkCount }, () => false);
  for (const arc of arcs) {
    const chain = [arc.from];
    for (let layer = (layerOf[arc.from] ?? 0) + 1; layer < (layerOf[arc.to] ?? 0); layer++) {
      chain.push(layerOf.length);
      layerOf.push(layer);
    }
    chain.push(arc.to);
    chains[arc.link] = chain;
    reversed[arc.link] = arc.reversed;
  }
  const layers: number[][] = Array.from({ length: layerOf.reduce((a, b) => Math.max(a, b), -1) + 1 }, () => []);
  layerOf.forEach((layer, vertex) => layers[layer]?.push(vertex));
  const before: number[][] = layerOf.map(() => []);
  const after: number[][] = layerOf.map(() => []);
  for (const chain of chains) {
    for (let i = 1; i < chain.length; i++) {
      const [a, b] = [chain[i - 1] ?? 0, chain[i] ?? 0];
      after[a]?.push(b);
      before[b]?.push(a);
    }
  }
  return { boxes, layerOf, layers, chains, reversed, before, after };
}

function group(count: number, arcs: readonly Arc[], key: (arc: Arc) => number): Arc[][] {
  const groups: Arc[][] = Array.from({ length: count }, () => []);
  for (const arc of arcs) groups[key(arc)]?.push(arc);
  return groups;
}
