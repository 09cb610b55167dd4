// Orthogonal routes: level out of a box, upright in a track of the channel between two layers, level into the next.
// Upright parts that would touch get tracks of their own; links of one trunk share theirs.
import type { Ports } from "./ports.ts";
import type { Layered, Point } from "./problem.ts";

/** One upright part, or the joined parts of a trunk, in the channel right of a layer. */
interface Riser {
  links: number[];
  low: number;
  high: number;
  /** The height it comes from, for an order of tracks without needless crossings. */
  from: number;
  down: boolean;
  track: number;
}

export interface Channels {
  /** Layer -> tracks needed to its right. */
  tracks: number[];
  /** Layer -> link -> its track in the channel right of that layer; absent when the link goes straight. */
  trackOf: Map<number, number>[];
}

const LEVEL = 1;

/** Heights of a link at each of its vertices: its ports at the ends, the dummies' own between. */
export function heights(graph: Layered, link: number, ports: Ports, y: readonly number[]): number[] {
  const chain = graph.chains[link] ?? [];
  return chain.map((vertex, at) => {
    if (at === 0) return ports.leave[link] ?? 0;
    return at === chain.length - 1 ? (ports.meet[link] ?? 0) : (y[vertex] ?? 0);
  });
}

/** Share out tracks in every channel. */
export function assignTracks(graph: Layered, ports: Ports, y: readonly number[]): Channels {
  const channels = graph.layers.map(() => new Map<string, Riser>());
  graph.chains.forEach((chain, link) => {
    const level = heights(graph, link, ports, y);
    for (let i = 1; i < chain.length; i++) {
      const [a, b] = [level[i - 1] ?? 0, level[i] ?? 0];
      if (Math.abs(a - b) < LEVEL) continue;
      const risers = channels[graph.layerOf[chain[i - 1] ?? 0] ?? 0];
      if (risers !== undefined) addRiser(risers, trunkKey(chain, i, ports, link), { link, from: a, to: b });
    }
  });
  const tracks: number[] = [];
  const trackOf = channels.map((risers) => {
    const { count, of } = stackRisers([...risers.values()]);
    tracks.push(count);
    return of;
  });
  return { tracks, trackOf };
}

function trunkKey(chain: readonly number[], at: number, ports: Ports, link: number): string {
  const [from, to] = [chain[at - 1] ?? 0, chain[at] ?? 0];
  if (at === 1 && ports.trunkOut.has(from)) return `out ${from}`;
  if (at === chain.length - 1 && ports.trunkIn.has(to)) return `in ${to}`;
  return `link ${link}`;
}

function addRiser(risers: Map<string, Riser>, key: string, part: { link: number; from: number; to: number }): void {
  const low = Math.min(part.from, part.to);
  const high = Math.max(part.from, part.to);
  const riser = risers.get(key);
  if (riser === undefined) {
    risers.set(key, { links: [part.link], low, high, from: part.from, down: part.to > part.from, track: 0 });
    return;
  }
  riser.links.push(part.link);
  riser.low = Math.min(riser.low, low);
  riser.high = Math.max(riser.high, high);
}

/** Falling parts take tracks from the lowest start up, rising ones from the highest down: then they need not cross. */
function stackRisers(risers: Riser[]): { count: number; of: Map<number, number> } {
  const falling = risers.filter((riser) => riser.down).sort((a, b) => b.from - a.from);
  const rising = risers.filter((riser) => !riser.down).sort((a, b) => a.from - b.from);
  const placed: Riser[] = [];
  const of = new Map<number, number>();
  let count = 0;
  for (const riser of [...falling, ...rising]) {
    const beside = placed.filter((other) => other.low - 6 < riser.high && riser.low < other.high + 6);
    riser.track = beside.reduce((track, other) => Math.max(track, other.track + 1), 0);
    placed.push(riser);
    count = Math.max(count, riser.track + 1);
    for (const link of riser.links) of.set(link, riser.track);
  }
  return { count, of };
}

/** Draw one link's corners from its origin to its destination. */
export function routeLink(
  graph: Layered,
  link: number,
  level: readonly number[],
  at: {
    left: (vertex: number) => number;
    right: (vertex: number) => number;
    track: (layer: number, link: number) => number | null;
  },
): Point[] {
  const chain = graph.chains[link] ?? [];
  const points: Point[] = [];
  chain.forEach((vertex, i) => {
    const y = level[i] ?? 0;
    if (i > 0) points.push({ x: at.left(vertex), y });
    if (i === chain.length - 1) return;
    points.push({ x: at.right(vertex), y });
    const x = at.track(graph.layerOf[vertex] ?? 0, link);
    if (x !== null) points.push({ x, y }, { x, y: level[i + 1] ?? y });
  });
  const corners = simplify(points);
  return graph.reversed[link] === true ? corners.reverse() : corners;
}

/** Leave out points on a level or upright line between their neighbours. */
function simplify(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const [a, b] = [kept.at(-2), kept.at(-1)];
    if (b !== undefined && near(b.x, point.x) && near(b.y, point.y)) continue;
    const onLine =
      a !== undefined &&
      b !== undefined &&
      ((near(a.x, b.x) && near(b.x, point.x)) || (near(a.y, b.y) && near(b.y, point.y)));
    if (onLine) kept.pop();
    kept.push(point);
  }
  return kept;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 0.5;
}
