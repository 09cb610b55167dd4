import { describe, expect, it } from "vitest";

import { expandSide, FIRST_VIEW, foldSide, formatView, parseView, toggleColumns, viewOf, type View } from "./view.ts";

const full: View = {
  entity: "dataset:postgres://db:5432:shop.public.orders & co",
  direction: "up",
  up: 3,
  down: 1,
  node: "job:shop:load #1",
  field: "customers.email",
  run: "0199-a",
  unfolded: ["dataset:db:a", "dataset:db:b"],
  expanded: [{ side: "up", node: "dataset:db:a b" }],
  folded: [{ side: "down", node: "job:shop:x" }],
  crowds: ["crowd:down dataset:db:a"],
  path: { from: "dataset:db:a", to: "dataset:db:b" },
  show: "table",
};

describe("the view in the URL", () => {
  it("is read back as it was written", () => {
    expect(parseView(formatView(full))).toEqual(full);
    expect(parseView(formatView({ ...full, unfolded: "all" })).unfolded).toBe("all");
  });

  it("is empty for the start page", () => {
    expect(formatView(FIRST_VIEW)).toBe("");
    expect(parseView("")).toEqual(FIRST_VIEW);
  });

  it.each(["?up=-1", "?up=two", "?up=1e9", "?direction=left", "?expand=sideways+x", "?show=picture", "?entity="])(
    "ignores %s",
    (search) => {
      expect(parseView(search)).toEqual(FIRST_VIEW);
    },
  );

  it("bounds the steps", () => {
    expect(parseView("?up=999").up).toBe(20);
  });
});

describe("changes of the view", () => {
  it("expands: first what was folded, then what is hidden", () => {
    const at = { node: "job:shop:x", side: "down" } as const;
    const unfoldedSide = expandSide(full, at);
    expect(unfoldedSide.folded).toEqual([]);
    expect(unfoldedSide.expanded).toEqual(full.expanded);
    expect(expandSide(unfoldedSide, at).expanded).toContainEqual(at);
    expect(foldSide(foldSide(unfoldedSide, at), at).folded).toEqual([at]);
  });

  it("opens and closes columns, also out of all", () => {
    expect(toggleColumns(full, "dataset:db:a", []).unfolded).toEqual(["dataset:db:b"]);
    expect(toggleColumns({ ...full, unfolded: "all" }, "b", ["a", "b", "c"]).unfolded).toEqual(["a", "c"]);
  });

  it("keeps direction and depth when it goes to another entity", () => {
    expect(viewOf("job:shop:x", full)).toMatchObject({
      entity: "job:shop:x",
      direction: "up",
      up: 3,
      node: null,
      expanded: [],
    });
  });
});
