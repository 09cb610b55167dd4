import { describe, expect, it } from "vitest";

import type { FieldLink } from "./columns.ts";
import { alongCurve, bendPlain, curvePath } from "./curves.ts";
import { fieldLines } from "./fieldLines.ts";
import type { PlacedCard } from "./scene.ts";

function card(id: string, x: number, y: number, over: Partial<PlacedCard> = {}): PlacedCard {
  const base = {
    kind: "dataset",
    icon: "table",
    title: id,
    place: "",
    full: id,
    state: null,
    fieldCount: 1,
    unfolded: true,
  } as const;
  const rows = [{ name: "f", type: null, middle: 65 }];
  return {
    id,
    x,
    y,
    layer: 0,
    width: 100,
    height: 84,
    ...base,
    rows,
    restRows: 0,
    hidden: { up: 0, down: 0 },
    isStart: false,
    ...over,
  };
}

const link = (from: string, to: string, job: string | null): FieldLink => ({
  from: { dataset: from, field: "f" },
  to: { dataset: to, field: "f" },
  job,
  transformations: [],
});
const world = (...cards: PlacedCard[]): Map<string, PlacedCard> => new Map(cards.map((one) => [one.id, one]));

describe("field lines", () => {
  const a = card("dataset:db:a", 0, 0);
  const b = card("dataset:db:b", 400, 0);
  const job = card("job:shop:j", 200, 200, { height: 54, rows: [] });

  it("run straight from row to row where nothing is in the way", () => {
    const [line] = fieldLines([link(a.id, b.id, job.id)], world(a, b, job));
    expect(line?.points).toEqual([
      { x: 100, y: 65 },
      { x: 400, y: 65 },
    ]);
    expect(line?.controls).toHaveLength(2);
  });

  it("go through their job where a stranger's card is in the way", () => {
    const stranger = card("job:shop:other", 200, 40, { height: 54, rows: [] });
    const [line] = fieldLines([link(a.id, b.id, job.id)], world(a, b, job, stranger));
    expect(line?.controls).toHaveLength(4);
    const passed = alongCurve(line!.points[0], line!.controls, line!.points[1]);
    expect(passed.some((point) => Math.abs(point.y - 227) < 1)).toBe(true);
  });

  it("exist once per pair of rows, and not for closed rows", () => {
    expect(fieldLines([link(a.id, b.id, "job:1"), link(a.id, b.id, "job:2")], world(a, b))).toHaveLength(1);
    expect(fieldLines([link(a.id, b.id, null)], world(a, card(b.id, 400, 0, { rows: [] })))).toEqual([]);
  });

  it("run from left border to right border when they lead back", () => {
    const [line] = fieldLines([link(b.id, a.id, null)], world(a, b));
    expect(line?.points.map((point) => point.x)).toEqual([400, 100]);
  });
});

describe("curves", () => {
  it("are written as SVG with one piece a control point", () => {
    const [from, to] = [
      { x: 0, y: 0 },
      { x: 100, y: 50 },
    ];
    expect(curvePath(from, bendPlain(from, to), to)).toBe("M0 0Q34 0 50 25Q66 50 100 50");
  });
});
