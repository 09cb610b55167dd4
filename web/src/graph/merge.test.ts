import { describe, expect, it } from "vitest";

import { mergeAnswers } from "./merge.ts";
import { answer, dataset, edge, entity, job } from "./testing.ts";

describe("mergeAnswers", () => {
  const orders = dataset("orders", 0, { more: { up: 0, down: 3 } });
  const load = job("load", -1);
  const raw = dataset("raw", -1, { more: { up: 1, down: 0 } });
  const first = answer([orders, load, raw], [edge(raw.id, load.id), edge(load.id, orders.id)]);

  it("keeps the first answer's entity as the start and counts every known neighbour", () => {
    const graph = mergeAnswers([first]);
    expect(graph.start.id).toBe(orders.id);
    expect(graph.total.get(orders.id)).toEqual({ up: 1, down: 3 });
    expect(graph.near.get(load.id)).toEqual({ up: [raw.id], down: [orders.id] });
  });

  it("shifts the distances of an unfolding to the start's and adds its nodes once", () => {
    const fetch = job("fetch", -1);
    const source = dataset("source", -1);
    const again = { ...raw, distance: 0, more: { up: 0, down: 1 } };
    const second = answer([again, fetch, source], [edge(source.id, fetch.id), edge(fetch.id, raw.id)], {
      entity: entity(raw),
    });
    const graph = mergeAnswers([first, second]);
    expect(graph.nodes.size).toBe(5);
    expect(graph.nodes.get(source.id)?.distance).toBe(-2);
    expect(graph.nodes.get(raw.id)?.distance).toBe(-1);
    expect(graph.total.get(raw.id)).toEqual({ up: 1, down: 1 });
  });

  it("says why answers were cut, each reason once", () => {
    const cut = { truncated: true, truncatedReason: "node cap 1000 reached at hop 7" };
    const graph = mergeAnswers([
      { ...first, ...cut },
      { ...first, ...cut },
      { ...first, truncated: true },
    ]);
    expect(graph.truncated).toEqual(["node cap 1000 reached at hop 7", "the answer was cut"]);
  });

  it("leaves out edges to nodes that no answer holds", () => {
    const graph = mergeAnswers([answer([orders], [edge(orders.id, "job:shop:gone")])]);
    expect(graph.edges).toEqual([]);
  });
});
