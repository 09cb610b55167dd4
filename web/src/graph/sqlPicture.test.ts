import { expect, test } from "vitest";

import { headOf, reachedFrom, sqlPicture, type StatementSaid, WIDTH } from "./sqlPicture.ts";

const from = (table: string, field: string, subtype = "IDENTITY", type = "DIRECT") => ({
  ...{ table, field, type, subtype, masking: false },
});
const said = (
  number: number,
  inputs: string[],
  outputs: string[],
  more: Partial<StatementSaid> = {},
): StatementSaid => ({
  statement: number,
  inputs: inputs.map((fullName) => ({ fullName })),
  outputs: outputs.map((fullName) => ({ fullName })),
  fields: [],
  indirect: [],
  ...more,
});
const field = (table: string | null, name: string, ...sources: ReturnType<typeof from>[]) => ({
  ...{ table, name, isWhole: true, sources },
});

const CHAIN = [
  said(1, ["b"], ["a"], {
    fields: [field("a", "x", from("b", "x")), field("a", "y", from("B", "Y", "AGGREGATION"))],
    indirect: [from("b", "z", "FILTER", "INDIRECT")],
  }),
  said(2, ["a"], ["c"], { fields: [field("c", "q", from("a", "y"))] }),
];

test("sources stand left of what they lead to, and what is both between", () => {
  const { boxes } = sqlPicture(CHAIN);
  expect(boxes.map((box) => box.id)).toEqual(["b", "a", "c"]);
  const [b, a, c] = boxes;
  expect(b!.x + WIDTH).toBeLessThan(a!.x);
  expect(a!.x + WIDTH).toBeLessThan(c!.x);
});

test("columns are joined, in any letter case", () => {
  const { links } = sqlPicture(CHAIN);
  expect(links.map(({ from, to, how }) => [from, to, how])).toEqual([
    ["b\nx", "a\nx", "identity"],
    ["b\ny", "a\ny", "aggregation"],
    ["b\nz", headOf("a"), "filter"],
    ["a\ny", "c\nq", "identity"],
  ]);
  expect(links.every((link) => /^M[\d. -]+Q/.test(link.path))).toBe(true);
});

test("tables whose columns are not known are joined at their heads", () => {
  const { links } = sqlPicture([said(1, ["b"], ["a"], { fields: null })]);
  expect(links.map(({ from, to, how }) => [from, to, how])).toEqual([[headOf("b"), headOf("a"), "columns not known"]]);
});

test("a bare query has a result", () => {
  const { boxes } = sqlPicture([said(1, ["b"], [], { fields: [field(null, "x", from("b", "x"))] })]);
  expect(boxes.map((box) => [box.title, box.isResult])).toEqual([
    ["b", false],
    ["Result of statement 1", true],
  ]);
});

test("a statement that touches nothing draws nothing", () => {
  expect(sqlPicture([said(1, [], [])])).toMatchObject({ boxes: [], links: [] });
});

test("tables that feed each other end in a picture", () => {
  const round = [
    said(1, ["a"], ["b"], { fields: [field("b", "x", from("a", "x"))] }),
    said(2, ["b"], ["a"], { fields: [field("a", "x", from("b", "x"))] }),
    said(3, ["a"], ["a"], { fields: [field("a", "x", from("a", "x"))] }),
  ];
  expect(sqlPicture(round).boxes).toHaveLength(2);
});

test("a box shows so many columns and counts the others", () => {
  const fields = Array.from({ length: 200 }, (_, number) => field("a", `c${number}`, from("b", `c${number}`)));
  const { boxes, links } = sqlPicture([said(1, ["b"], ["a"], { fields })]);
  expect(boxes.map((box) => [box.rows.length, box.more])).toEqual([
    [60, 140],
    [60, 140],
  ]);
  expect(links).toHaveLength(60);
});

test("a row reaches what it comes from and what it goes to, not what only filters with it", () => {
  const { links } = sqlPicture(CHAIN);
  const reached = reachedFrom(links, "a\ny");
  expect([...reached.rows].sort()).toEqual(["a\ny", "b\ny", "c\nq"]);
  expect([...reachedFrom(links, "b\nz").rows].sort()).toEqual([headOf("a"), "b\nz"].sort());
});
