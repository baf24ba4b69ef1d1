import { expect, test } from "bun:test";
import { goDuration } from "./duration.ts";

test.each([[0, "0s"], [9e9, "9s"], [1.5e9, "1.5s"], [250e6, "250ms"], [60e9, "1m0s"], [3600e9, "1h0m0s"], [3661e9, "1h1m1s"], [-5e9, "-5s"], [1500, "1.5µs"], [7, "7ns"]])("%d ns is %s", (nanos, text) => {
  expect(goDuration(nanos)).toBe(text);
});
