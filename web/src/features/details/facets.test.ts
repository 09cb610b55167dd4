import { describe, expect, it } from "vitest";

import { errorOf, sqlOf } from "./facets.ts";

describe("facets", () => {
  it("are read when they have the standard shape", () => {
    expect(sqlOf({ sql: { query: "select 1" } })).toBe("select 1");
    expect(errorOf({ errorMessage: { message: "disk full", stackTrace: "at x" } })).toEqual({
      message: "disk full",
      stackTrace: "at x",
    });
  });

  it.each([{}, { sql: null }, { sql: "text" }, { sql: { query: 1 } }, { errorMessage: [] }])(
    "are left alone otherwise: %j",
    (facets) => {
      expect(sqlOf(facets)).toBeNull();
      expect(errorOf(facets)).toBeNull();
    },
  );
});
