import { describe, expect, it } from "vitest";

import { viewOf } from "#graph/view.ts";

import { applyAction, choosePathEnd } from "./actions.ts";

describe("applyAction", () => {
  const view = viewOf("a");
  it("selects a node once, lets go of it, and drops what belonged to another node", () => {
    const on = applyAction({ ...view, node: "b", field: "x", run: "r" }, { does: "select", id: "a" }, null);
    expect(on).toMatchObject({ node: "a", field: null, run: null });
    expect(applyAction(on, { does: "select", id: "a" }, null)).toBe(on);
    expect(applyAction(on, { does: "leave" }, null).node).toBeNull();
  });

  it("traces a column, and stops when it is clicked again", () => {
    const action = { does: "trace", id: "a", field: "email" } as const;
    const on = applyAction(view, action, null);
    expect(on).toMatchObject({ node: "a", field: "email" });
    expect(applyAction(on, action, null)).toMatchObject({ node: "a", field: null });
  });

  it("shows and hides columns, sides and crowds", () => {
    expect(applyAction(view, { does: "columns", id: "a" }, null).unfolded).toEqual(["a"]);
    expect(applyAction(view, { does: "expand", id: "a", side: "up" }, null).expanded).toEqual([
      { node: "a", side: "up" },
    ]);
    expect(applyAction(view, { does: "fold", id: "a", side: "up" }, null).folded).toEqual([{ node: "a", side: "up" }]);
    expect(applyAction(view, { does: "open", id: "crowd:down a" }, null).crowds).toEqual(["crowd:down a"]);
  });
});

describe("choosePathEnd", () => {
  it("takes two different nodes and nothing else", () => {
    expect(choosePathEnd({ does: "select", id: "a" }, null)).toEqual({ from: "a", to: null });
    expect(choosePathEnd({ does: "select", id: "a" }, "a")).toEqual({ from: "a", to: null });
    expect(choosePathEnd({ does: "trace", id: "b", field: "x" }, "a")).toEqual({ from: "a", to: "b" });
    expect(choosePathEnd({ does: "leave" }, "a")).toBeNull();
  });
});
