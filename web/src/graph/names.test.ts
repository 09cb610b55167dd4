import { describe, expect, it } from "vitest";

import { captionOf, shortenMiddle } from "./names.ts";

const caption = (namespace: string, name: string) => captionOf({ type: "DATASET", namespace, name });

describe("captions", () => {
  it.each([
    ["postgres://db:5432", "shop.public.orders", "table", "shop.public.orders", "PostgreSQL · db:5432"],
    ["s3://lake", "raw/orders/2026.parquet", "object", "2026.parquet", "s3://lake"],
    ["file", "/data/in/customers.csv", "file", "customers.csv", "File · /data/in"],
    [
      "file",
      `file::/data/customers.csv@sha256:${"ab12".repeat(16)}`,
      "file",
      "customers.csv",
      "File · sha256 ab12ab12",
    ],
    ["shop", "model:fraud/1.0.0", "model", "fraud/1.0.0", "Model"],
    ["kafka://broker:9092", "orders", "topic", "orders", "Kafka · broker:9092"],
    ["whatever", "thing", "table", "thing", "whatever"],
  ])("of %s %s", (namespace, name, icon, title, place) => {
    expect(caption(namespace, name)).toMatchObject({ icon, title, place, full: `${namespace} ${name}` });
  });
});

describe("shortenMiddle", () => {
  const measure = (text: string): number => text.length;
  it("keeps both ends and fits", () => {
    expect(shortenMiddle("shop.public.orders_joined", 11, measure)).toBe("shop.…oined");
    expect(shortenMiddle("short", 11, measure)).toBe("short");
    expect(shortenMiddle("anything", 0, measure)).toBe("…");
  });
});
