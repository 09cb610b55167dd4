import { describe, expect, it } from "vitest";

import { fieldClosure, fieldId, fieldLinks, readFieldId } from "./columns.ts";
import { mergeAnswers } from "./merge.ts";
import { answer, dataset } from "./testing.ts";

describe("field ids", () => {
  it("are read back when namespace, name and field hold colons", () => {
    const id = "dataset:arn:aws:glue:eu:1:table/a:b";
    const ref = { dataset: id, field: "x:y" };
    expect(readFieldId(fieldId(ref), (known) => known === id)).toEqual(ref);
  });

  it("are refused when no dataset fits", () => {
    expect(readFieldId("datasetField:db:a:x", () => false)).toBeNull();
    expect(readFieldId("dataset:db:a", () => true)).toBeNull();
  });
});

describe("closure", () => {
  const nodes = ["a", "b", "c", "d"].map((name) => dataset(name));
  const link = (from: string, to: string) => {
    const id = (text: string): string => `datasetField:db:${text.replace(".", ":")}`;
    return { origin: id(from), destination: id(to), job: null, transformations: [] };
  };
  const fieldEdges = [
    link("a.x", "b.x"),
    link("b.x", "c.x"),
    link("a.y", "b.x"),
    link("b.y", "c.x"),
    link("gone.x", "a.x"),
    link("c.x", "a.x"),
  ];
  const links = fieldLinks(mergeAnswers([answer(nodes, [], { fieldEdges })]));

  it("leaves out fields of datasets that are not in the graph", () => {
    expect(links).toHaveLength(5);
  });

  it("collects what a field comes from and goes to, also around a ring", () => {
    const closure = fieldClosure(links, { dataset: "dataset:db:b", field: "y" });
    expect([...closure].sort()).toEqual(["a:x", "b:x", "b:y", "c:x"].map((text) => `datasetField:db:${text}`));
  });
});
