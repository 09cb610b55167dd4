import { expect, test } from "vitest";

import { formatSqlView, knownColumns, markedPieces, parseSqlView, unitsOf } from "./sqlView.ts";

function parsed(link: string) {
  const url = new URL(link, "http://server/");
  return parseSqlView(url.search, url.hash);
}

test("a view survives the URL", () => {
  const view = { dialect: "postgres", text: "SELECT 'ä & #1 + %' -- 한\n;", known: "a: b, c" };
  expect(parsed(formatSqlView(view))).toEqual(view);
  expect(parsed(formatSqlView({ dialect: "", text: "", known: "" }))).toEqual({ dialect: "", text: "", known: "" });
});

test("the text stays in the fragment, which is not sent", () => {
  const link = new URL(formatSqlView({ dialect: "mysql", text: "SELECT secret", known: "" }), "http://server/");
  expect(link.search).toBe("?sql=mysql");
});

test("other pages are not this one", () => {
  expect(parsed("?entity=orders")).toBeNull();
  expect(parsed("?sql=mysql&entity=orders")).toBeNull();
  expect(parsed("/")).toBeNull();
});

test("known columns are read line by line", () => {
  expect(knownColumns("shop.orders: id, total\n\nnonsense\nb:x,,\n: y\nc:")).toEqual({
    "shop.orders": ["id", "total"],
    b: ["x"],
  });
});

test("a text is cut at spans, overlapping or beyond its end", () => {
  const spans = [
    { start: 4, end: 6 },
    { start: 2, end: 5 },
    { start: 9, end: 99 },
    { start: null, end: null },
    { start: 50, end: 60 },
  ];
  const pieces = markedPieces("0123456789", spans);
  expect(pieces.map((piece) => (piece.isMarked ? `[${piece.text}]` : piece.text)).join("")).toBe("01[234][5]678[9]");
  expect(markedPieces("", spans)).toEqual([]);
  expect(markedPieces("ab", [])).toEqual([{ text: "ab", isMarked: false }]);
});

test("offsets count code points, as the server's do", () => {
  expect(markedPieces("😀ab", [{ start: 1, end: 2 }])[1]).toEqual({ text: "a", isMarked: true });
  expect(unitsOf("😀ab", 2)).toBe(3);
});
