import { describe, expect, it } from "vitest";

import { CROWD_LIMIT, showGraph } from "./filter.ts";
import { mergeAnswers } from "./merge.ts";
import { answer, dataset, drawing, graphOf } from "./testing.ts";

const names = (shown: { nodes: readonly { name: string }[] }): string[] => shown.nodes.map((node) => node.name);

describe("showGraph", () => {
  const graph = graphOf("a > (one) > b > (two) > c", "x > (two)");

  it("shows everything when nothing is folded", () => {
    const shown = showGraph(graph, []);
    expect(names(shown)).toEqual(["a", "one", "b", "two", "c", "x"]);
    expect(shown.edges).toHaveLength(5);
  });

  it("hides what a folded side leads to and counts it as hidden", () => {
    const shown = showGraph(graph, [{ node: "dataset:db:b", side: "down" }]);
    expect(names(shown)).toEqual(["a", "one", "b"]);
    expect(shown.hidden.get("dataset:db:b")).toEqual({ up: 0, down: 1 });
  });

  it("keeps what is still reachable another way", () => {
    const ring = graphOf("a > (one) > b", "a > (two) > b");
    expect(names(showGraph(ring, [{ node: "job:shop:one", side: "down" }]))).toContain("b");
  });

  it("shows neighbours that the server holds but did not answer as hidden", () => {
    const a = dataset("a", 0, { more: { up: 0, down: 7 } });
    expect(showGraph(mergeAnswers([answer([a], [])]), []).hidden.get(a.id)).toEqual({ up: 0, down: 7 });
  });
});

describe("crowds", () => {
  const lines = Array.from({ length: 200 }, (_, i) => `hub > (reader ${i}) > out ${i}`);
  const graph = graphOf(...lines, "hub > (main) > next > (more) > far", "other > (main)");

  it("folds dead ends of a hub into one box and keeps the rest", () => {
    const shown = showGraph(graph, []);
    const crowd = shown.crowds[0];
    expect(shown.crowds).toHaveLength(1);
    expect(crowd?.owner).toBe("dataset:db:hub");
    expect(crowd?.roots).toHaveLength(201 - (CROWD_LIMIT - 1));
    expect(shown.nodes.length).toBeLessThan(CROWD_LIMIT * 2 + 6);
  });

  it("does not count the crowd as hidden, and draws it when it is opened", () => {
    const shown = showGraph(graph, []);
    expect(shown.hidden.get("dataset:db:hub")).toEqual({ up: 0, down: 0 });
    const open = showGraph(graph, [], [shown.crowds[0]?.id ?? ""]);
    expect(open.crowds).toEqual([]);
    expect(open.nodes).toHaveLength(graph.nodes.size);
  });

  it("never folds what leads on to other nodes", () => {
    const { nodes, edges } = drawing(...Array.from({ length: 60 }, (_, i) => `hub > (reader ${i}) > sink`));
    const shown = showGraph(mergeAnswers([answer(nodes, edges)]), []);
    expect(shown.crowds).toEqual([]);
    expect(shown.nodes).toHaveLength(62);
  });
});
