import { describe, expect, it } from "vitest";

import { assignLayers, breakCycles, buildLayers } from "./layers.ts";
import { layoutGraph } from "./layout.ts";
import { orderLayers, countCrossings } from "./order.ts";
import { isotonic } from "./place.ts";
import type { Box, Layout, Link, Point } from "./problem.ts";

const box = (id: string, height = 54): Box => ({
  id,
  kind: id.startsWith("(") ? 1 : 0,
  width: 180,
  height,
  anchor: 27,
  reach: 16,
});

/** "a > (j) > b" as boxes and links; `heights` overrides a box's height. */
function problem(lines: string[], heights: Record<string, number> = {}): { boxes: Box[]; links: Link[] } {
  const boxes = new Map<string, Box>();
  const links: Link[] = [];
  for (const line of lines) {
    const ids = line.split(">").map((part) => part.trim());
    for (const id of ids) boxes.set(id, box(id, heights[id]));
    for (let i = 1; i < ids.length; i++)
      links.push({ id: `${ids[i - 1] ?? ""}>${ids[i] ?? ""}`, from: ids[i - 1] ?? "", to: ids[i] ?? "" });
  }
  return { boxes: [...boxes.values()], links };
}

const layersOf = ({ boxes, links }: { boxes: Box[]; links: Link[] }): Record<string, number> => {
  const layers = assignLayers(boxes, breakCycles(boxes, links));
  return Object.fromEntries(boxes.map((one, at) => [one.id, layers[at] ?? -1]));
};

describe("layers", () => {
  it("put every link's target to the right of its origin, jobs between datasets", () => {
    expect(layersOf(problem(["a > (j) > b > (k) > c", "b > (l) > d"]))).toEqual({
      a: 0,
      "(j)": 1,
      b: 2,
      "(k)": 3,
      c: 4,
      "(l)": 3,
      d: 4,
    });
  });

  it("pull a late source next to its target", () => {
    expect(layersOf(problem(["a > (j) > b > (k) > c", "late > (k)"]))["late"]).toBe(2);
  });

  it("keep kinds apart when a job has no input", () => {
    const layers = layersOf(problem(["(make) > a > (j) > c", "b > (j)"]));
    expect([layers["a"], layers["b"], layers["(j)"]]).toEqual([1, 1, 2]);
  });

  it("turn one link of a ring around", () => {
    const ring = problem(["a > (j) > b > (k) > a"]);
    expect(breakCycles(ring.boxes, ring.links).filter((arc) => arc.reversed)).toHaveLength(1);
    const result = layoutGraph(ring.boxes, ring.links);
    expect(result.routes.size).toBe(4);
  });

  it("do without links to unknown boxes and to oneself", () => {
    const result = layoutGraph(
      [box("a")],
      [
        { id: "1", from: "a", to: "a" },
        { id: "2", from: "a", to: "gone" },
      ],
    );
    expect(result.boxes.get("a")).toMatchObject({ x: 0, y: 0, layer: 0 });
    expect(result.routes.size).toBe(0);
  });
});

describe("order", () => {
  it("removes crossings that need not be", () => {
    const { boxes, links } = problem([
      "a > (1)",
      "b > (2)",
      "c > (3)",
      "a > (4)",
      "(3) > x",
      "(2) > y",
      "(1) > z",
      "(4) > w",
    ]);
    const graph = buildLayers(boxes, breakCycles(boxes, links), links.length);
    orderLayers(graph);
    const place = new Float64Array(graph.layerOf.length);
    graph.layers.forEach((layer) => layer.forEach((vertex, at) => (place[vertex] = at)));
    expect(countCrossings(graph, place)).toBe(0);
  });
});

describe("rows", () => {
  it("solve the isotonic regression", () => {
    const wish = (value: number, weight = 1): { value: number; weight: number } => ({ value, weight });
    expect(isotonic([wish(1), wish(3), wish(2), wish(5)])).toEqual([1, 2.5, 2.5, 5]);
    expect(isotonic([wish(4, 3), wish(0, 1)])).toEqual([3, 3]);
  });

  it("draw a chain as one straight line", () => {
    const { boxes, links } = problem(["a > (j) > b > (k) > c"], { b: 300 });
    const { routes } = layoutGraph(boxes, links);
    for (const route of routes.values()) expect(new Set(route.map((point) => Math.round(point.y))).size).toBe(1);
  });
});

function overlaps(result: Layout, boxes: readonly Box[]): string[] {
  const rects = boxes.map((one) => ({ ...one, ...(result.boxes.get(one.id) ?? { x: 0, y: 0, width: 0 }) }));
  const found: string[] = [];
  rects.forEach((a, i) => {
    for (const b of rects.slice(i + 1)) {
      if (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
        found.push(`${a.id} ${b.id}`);
    }
  });
  return found;
}

/** A seeded layered graph of `jobs` jobs, each reading one to three earlier datasets and writing one. */
function randomProblem(jobs: number, seed = 1): { boxes: Box[]; links: Link[] } {
  let state = seed;
  const random = (below: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  const lines: string[] = [];
  for (let i = 0; i < jobs; i++) {
    const near = Math.max(0, i - 60);
    for (let k = 0; k <= random(3); k++) lines.push(`d${near + random(i - near + 1)} > (j${i})`);
    lines.push(`(j${i}) > d${i + 1}`);
  }
  const found = problem(lines);
  for (const one of found.boxes) if (one.kind === 0 && random(4) === 0) one.height = 54 + 23 * random(12);
  return { boxes: found.boxes.sort((a, b) => (a.id < b.id ? -1 : 1)), links: found.links };
}

/** Does the level or upright line from a to b pass through the inside of a box? */
function crosses(a: Point, b: Point, one: Box, result: Layout): boolean {
  const at = result.boxes.get(one.id)!;
  const meets = (from: number, to: number, low: number, high: number): boolean =>
    Math.min(from, to) < high - 1 && Math.max(from, to) > low + 1;
  return meets(a.x, b.x, at.x, at.x + at.width) && meets(a.y, b.y, at.y, at.y + one.height);
}

describe("the whole picture", () => {
  it.each([1, 2, 3])("never lays a box over another (seed %i)", (seed) => {
    const { boxes, links } = randomProblem(40, seed);
    expect(overlaps(layoutGraph(boxes, links), boxes)).toEqual([]);
  });

  it("routes from border to border, level or upright, and never through a box", () => {
    const { boxes, links } = randomProblem(25);
    const result = layoutGraph(boxes, links);
    for (const link of links) {
      const route = result.routes.get(link.id) ?? [];
      const from = result.boxes.get(link.from);
      const to = result.boxes.get(link.to);
      expect(route[0]?.x).toBeCloseTo((from?.x ?? 0) + (from?.width ?? 0));
      expect(route.at(-1)?.x).toBeCloseTo(to?.x ?? 0);
      for (let i = 1; i < route.length; i++) {
        const [a, b] = [route[i - 1]!, route[i]!];
        expect(Math.min(Math.abs(a.x - b.x), Math.abs(a.y - b.y))).toBeLessThan(1.01);
        for (const one of boxes) expect(crosses(a, b, one, result), `${link.id} through ${one.id}`).toBe(false);
      }
    }
  });

  it("is the same each time, and quick for a thousand nodes", () => {
    const { boxes, links } = randomProblem(500);
    const started = performance.now();
    const first = layoutGraph(boxes, links);
    const spent = performance.now() - started;
    expect([...layoutGraph(boxes, links).boxes]).toEqual([...first.boxes]);
    expect(first.boxes.size).toBeGreaterThanOrEqual(1000);
    expect(spent).toBeLessThan(2000);
  });
});
