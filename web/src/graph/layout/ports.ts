// Where links leave and meet a box: near their other end's height, apart from each other, in the order of those ends.
import { isotonic } from "./place.ts";
import type { Layered } from "./problem.ts";

const APART = 9;
/** More links than this on one side of a box share one port and one trunk: a bundle reads better than a comb. */
const SEPARATE = 4;

/** Heights at which each link leaves its lower end and meets its higher end; shared ports are told by their vertex. */
export interface Ports {
  leave: number[];
  meet: number[];
  trunkOut: ReadonlySet<number>;
  trunkIn: ReadonlySet<number>;
}

/** Choose the ports of all links from the anchors' heights. */
export function choosePorts(graph: Layered, y: readonly number[]): Ports {
  const ends = graph.chains.map((chain) => ({ from: chain[0], to: chain.at(-1), next: chain[1], last: chain.at(-2) }));
  const leave = ends.map((end) => y[end.from ?? 0] ?? 0);
  const meet = ends.map((end) => y[end.to ?? 0] ?? 0);
  const out = linksBy(
    graph,
    ends.map((end) => end.from),
  );
  const into = linksBy(
    graph,
    ends.map((end) => end.to),
  );
  const trunkOut = new Set([...out].filter(([, links]) => links.length > SEPARATE).map(([vertex]) => vertex));
  const trunkIn = new Set([...into].filter(([, links]) => links.length > SEPARATE).map(([vertex]) => vertex));
  for (const [vertex, links] of out) {
    if (!trunkOut.has(vertex)) spread(graph, vertex, links, leave, (link) => y[ends[link]?.next ?? 0] ?? 0, y);
  }
  for (const [vertex, links] of into) {
    const other = (link: number): number => {
      const end = ends[link];
      return end?.last === end?.from ? (leave[link] ?? 0) : (y[end?.last ?? 0] ?? 0);
    };
    if (!trunkIn.has(vertex)) spread(graph, vertex, links, meet, other, y);
  }
  return { leave, meet, trunkOut, trunkIn };
}

function linksBy(graph: Layered, vertices: readonly (number | undefined)[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  vertices.forEach((vertex, link) => {
    if (vertex === undefined || (graph.chains[link]?.length ?? 0) < 2) return;
    const group = groups.get(vertex);
    if (group === undefined) groups.set(vertex, [link]);
    else group.push(link);
  });
  return groups;
}

/** Set the ports of one side of a box: wished at the other ends' heights, kept within reach and apart. */
function spread(
  graph: Layered,
  vertex: number,
  links: number[],
  ports: number[],
  other: (link: number) => number,
  y: readonly number[],
): void {
  const middle = y[vertex] ?? 0;
  const reach = graph.boxes[vertex]?.reach ?? 0;
  const apart = Math.min(APART, (2 * reach) / Math.max(1, links.length - 1));
  links.sort((a, b) => other(a) - other(b) || a - b);
  const lowest = middle - reach;
  const highest = middle + reach - apart * (links.length - 1);
  const wishes = links.map((link, at) => ({ value: clamp(other(link) - at * apart, lowest, highest), weight: 1 }));
  isotonic(wishes).forEach((value, at) => (ports[links[at] ?? 0] = value + at * apart));
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
