import { describe, expect, it } from "vitest";

import { agoText, durationText, timeText } from "./times.ts";

describe("times", () => {
  it.each([
    [null, "–"],
    [12, "12 ms"],
    [5000, "5.0 s"],
    [200_000, "3 min 20 s"],
    [7_500_000, "2 h 5 min"],
  ])("durations: %s", (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it("says how long ago, and hands back what is no time", () => {
    const now = Date.parse("2026-01-02T00:00:00Z");
    expect(agoText("2026-01-01T21:00:00Z", now)).toBe("3 hours ago");
    expect(agoText("2026-01-01T23:59:50Z", now)).toBe("just now");
    expect(agoText("soon", now)).toBe("soon");
    expect(timeText("soon")).toBe("soon");
    expect(timeText("2026-01-01T21:00:00Z")).toMatch(/^2026-01-0\d \d\d:00:00$/);
  });
});
