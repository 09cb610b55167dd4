import { describe, expect, it } from "vitest";

import { questionsOf } from "./questions.ts";
import { FIRST_VIEW, viewOf } from "./view.ts";

describe("questionsOf", () => {
  const view = viewOf("dataset:db:a");
  it("asks nothing on the start page", () => {
    expect(questionsOf(FIRST_VIEW)).toBeNull();
  });

  it("asks once for equal steps, twice for unequal ones", () => {
    expect(questionsOf(view)).toEqual([{ entity: "dataset:db:a", direction: "both", depth: 2, fields: false }]);
    expect(questionsOf({ ...view, up: 3 })?.map((one) => [one.direction, one.depth])).toEqual([
      ["up", 3],
      ["down", 2],
    ]);
    expect(questionsOf({ ...view, direction: "down", down: 5 })?.map((one) => [one.direction, one.depth])).toEqual([
      ["down", 5],
    ]);
  });

  it("asks for field edges only when columns are open or traced, and bounds what an unfolding brings", () => {
    const asked = questionsOf({ ...view, unfolded: ["x"], expanded: [{ node: "job:shop:j", side: "up" }] });
    expect(asked?.[0].fields).toBe(true);
    expect(asked?.[1]).toMatchObject({ entity: "job:shop:j", direction: "up", depth: 1, maxNodes: 300 });
    const side = { node: "job:shop:j", side: "up" } as const;
    expect(questionsOf({ ...view, expanded: [side, side] })?.slice(1)).toMatchObject([{ maxNodes: 600 }]);
  });
});
