import { expect, test } from "bun:test";
import { matchLabels, matchNoLabels, parseGoDuration, parseTimestamp } from "./list-filters.ts";

test("labels", () => {
  const labels = { "com.example.a": "1", b: "" };
  const cases: [string[], boolean][] = [[[], true], [["b"], true], [["com.example.a=1", "b"], true], [["com.example.a=2"], false], [["exam*a"], true], [["a*com"], false], [["c"], false], [["b="], true]];
  for (const [filters, expected] of cases) expect(matchLabels(filters, labels)).toBe(expected);
  expect(matchNoLabels(["c"], labels)).toBe(true);
  expect(matchNoLabels(["c", "b"], labels)).toBe(false);
});

test("durations and moments", () => {
  expect(["1h30m", "-1.5s", "10ms", "0", "5", "h", "1d", ""].map(parseGoDuration)).toEqual([5_400_000, -1500, 10, 0, undefined, undefined, undefined, undefined]);
  const now = Date.parse("2026-01-02T00:00:00Z");
  expect(parseTimestamp("24h", now)).toBe(Date.parse("2026-01-01T00:00:00Z"));
  expect(parseTimestamp("1700000000.5", now)).toBe(1_700_000_000_500);
  expect(parseTimestamp("2026-01-01T10:00:00+02:00", now)).toBe(Date.parse("2026-01-01T08:00:00Z"));
  expect(parseTimestamp("2026-01-01T10", now)).toBe(new Date(2026, 0, 1, 10).getTime());
  for (const text of ["yesterday", "2026-13-01", "2026-01-01T", ""]) expect(() => parseTimestamp(text, now)).toThrow("parsing time");
});
