import { expect, test } from "bun:test";
import { readStart } from "./stream.ts";

test("the start of what a program says is kept, and it may say more", async () => {
  const child = Bun.spawn(["sh", "-c", "printf abc; yes | head -c 3000000; exit 7"], { stdout: "pipe" });
  expect(await readStart(child.stdout, 5)).toBe("abcy\n");
  expect(await child.exited).toBe(7);
  expect(await readStart((async function* none() { /* says nothing */ })(), 5)).toBe("");
});
