import { describe, expect, it } from "vitest";

import { buildCards, CARD } from "./card.ts";
import { fieldLinks } from "./columns.ts";
import { showGraph } from "./filter.ts";
import { focusOn } from "./focus.ts";
import { hitTest, pillsOf, shownSides } from "./hit.ts";
import { layoutGraph } from "./layout/layout.ts";
import { mergeAnswers } from "./merge.ts";
import { mermaidOf } from "./mermaid.ts";
import { edgeKey, type Graph } from "./model.ts";
import { LIGHT } from "./palette.ts";
import { composeScene, layoutProblem, type Scene } from "./scene.ts";
import { firstStep, stepFrom } from "./step.ts";
import { svgOf } from "./svg.ts";
import { tableOf } from "./table.ts";
import { answer, dataset, edge, graphOf, job } from "./testing.ts";

const measure = (text: string): number => text.length * 7;

function sceneOf(graph: Graph, unfolded: string[] | null = [], traced = new Map<string, Set<string>>()): Scene {
  const shown = showGraph(graph, []);
  const datasets = unfolded === null ? null : new Set(unfolded);
  const cards = buildCards(shown, graph.start.id, { datasets, traced }, measure);
  const { boxes, links } = layoutProblem(cards, shown);
  return composeScene(cards, shown, layoutGraph(boxes, links), fieldLinks(graph));
}

const fields = ["id", "email"].map((name) => ({ name, type: "TEXT" }));
const raw = dataset("raw", -1, { fields, more: { up: 2, down: 0 } });
const load = job("load", -1, { lastRunState: "FAILED" });
const orders = dataset("orders", 0, { fields });
const fieldEdge = {
  origin: "datasetField:db:raw:email",
  destination: "datasetField:db:orders:email",
  job: load.id,
  transformations: [],
};
const graph = mergeAnswers([
  answer([orders, load, raw], [edge(raw.id, load.id), edge(load.id, orders.id, { inferred: true })], {
    fieldEdges: [fieldEdge],
  }),
]);

describe("the scene", () => {
  it("goes from left to right and lines meet the borders", () => {
    const scene = sceneOf(graph);
    const x = (id: string): number => scene.cards.find((card) => card.id === id)?.x ?? -1;
    expect(x(raw.id)).toBeLessThan(x(load.id));
    expect(x(load.id)).toBeLessThan(x(orders.id));
    expect(scene.lines).toHaveLength(2);
    expect(scene.fieldLines).toEqual([]);
  });

  it("grows the boxes whose columns are open, and joins open rows only", () => {
    const folded = sceneOf(graph).cards.find((card) => card.id === raw.id);
    const scene = sceneOf(graph, null);
    const open = scene.cards.find((card) => card.id === raw.id);
    expect(open?.height).toBe((folded?.height ?? 0) + 2 * CARD.row + CARD.foot);
    expect(scene.fieldLines).toHaveLength(1);
    expect(sceneOf(graph, [raw.id]).fieldLines).toEqual([]);
  });

  it("shows the rows of a traced column also in folded boxes", () => {
    const traced = new Map([
      [raw.id, new Set(["email"])],
      [orders.id, new Set(["email"])],
    ]);
    const scene = sceneOf(graph, [], traced);
    expect(scene.cards.find((card) => card.id === raw.id)?.rows.map((row) => row.name)).toEqual(["email"]);
    expect(scene.fieldLines).toHaveLength(1);
  });

  it("caps the rows of a wide table and says how many are left", () => {
    const wide = dataset("wide", 0, {
      fields: Array.from({ length: 300 }, (_, at) => ({ name: `c${at}`, type: null })),
    });
    const card = sceneOf(mergeAnswers([answer([wide], [])]), null, new Map([[wide.id, new Set(["c299"])]])).cards[0];
    expect(card?.rows).toHaveLength(CARD.maxRows);
    expect(card?.rows.at(-1)?.name).toBe("c299");
    expect(card?.restRows).toBe(260);
  });

  it("keeps names within the widest card", () => {
    const long = dataset("x".repeat(400));
    expect(sceneOf(mergeAnswers([answer([long], [])])).cards[0]?.width).toBe(CARD.maxWidth);
  });
});

describe("the hit test", () => {
  const scene = sceneOf(graph, null);
  const card = scene.cards.find((one) => one.id === raw.id);
  if (card === undefined) throw new Error("no card");
  const sides = shownSides(scene);
  const hit = (x: number, y: number) => hitTest(scene, { x: card.x + x, y: card.y + y }, new Set([card.id]), sides);

  it("tells title, switch, rows and empty paper apart", () => {
    expect(hit(20, 20)).toMatchObject({ kind: "card" });
    expect(hit(card.width - 10, 20)).toMatchObject({ kind: "columns" });
    expect(hit(20, CARD.header + CARD.row + 3)).toMatchObject({ kind: "row", field: "email" });
    expect(hit(-30, 20)).toBeNull();
  });

  it("finds the pills where they are drawn", () => {
    const pills = pillsOf(card, true, sides.get(card.id) ?? new Set());
    expect(pills.map((pill) => `${pill.does} ${pill.side}`)).toEqual(["expand up", "fold down"]);
    for (const pill of pills) {
      expect(hit(pill.x - card.x + 5, pill.y - card.y + 5)).toMatchObject({ kind: "pill", pill: { does: pill.does } });
    }
  });
});

describe("arrow keys", () => {
  const scene = sceneOf(graphOf("a > (one) > b > (two) > c", "b > (three) > d"));
  it("follow lines and stay within a layer", () => {
    expect(firstStep(scene)).toBe("dataset:db:a");
    expect(stepFrom(scene, "dataset:db:a", "ArrowRight")).toBe("job:shop:one");
    expect(stepFrom(scene, "dataset:db:a", "ArrowLeft")).toBeNull();
    expect(stepFrom(scene, "dataset:db:c", "ArrowLeft")).toBe("job:shop:two");
    const below = stepFrom(scene, "job:shop:two", "ArrowDown") ?? stepFrom(scene, "job:shop:two", "ArrowUp");
    expect(below).toBe("job:shop:three");
    expect(stepFrom(scene, "gone", "ArrowUp")).toBeNull();
  });
});

describe("focus", () => {
  it("is what a node comes from and leads to, not its siblings", () => {
    const wide = graphOf("a > (one) > b", "a > (two) > c");
    const focus = focusOn("dataset:db:b", wide.edges);
    expect([...focus.nodes].sort()).toEqual(["dataset:db:a", "dataset:db:b", "job:shop:one"]);
    expect(focus.edges).toEqual(
      new Set([
        edgeKey({ origin: "dataset:db:a", destination: "job:shop:one" }),
        edgeKey({ origin: "job:shop:one", destination: "dataset:db:b" }),
      ]),
    );
  });
});

describe("other forms of the graph", () => {
  it("reads as a table from upstream to downstream", () => {
    const rows = tableOf(showGraph(graph, []));
    expect(rows.map((row) => [row.node.name, row.from.length, row.to.length])).toEqual([
      ["raw", 0, 1],
      ["load", 1, 1],
      ["orders", 1, 0],
    ]);
    expect(rows[0]?.hidden.up).toBe(2);
  });

  it("is written as Mermaid, inferred edges dotted, names quoted", () => {
    const odd = dataset('say "hi" #1');
    expect(mermaidOf([odd, load], [edge(odd.id, load.id, { inferred: true })])).toBe(
      'flowchart LR\n  n0["say #34;hi#34; #35;1"]\n  n1(["load"])\n  n0 -.-> n1\n',
    );
  });

  it("is written as SVG with escaped names", () => {
    const odd = mergeAnswers([answer([dataset("a<b & c")], [])]);
    const svg = svgOf(sceneOf(odd), LIGHT, measure);
    expect(svg).toContain("a&#60;b &#38; c");
    expect(svg).not.toContain("a<b");
  });
});
