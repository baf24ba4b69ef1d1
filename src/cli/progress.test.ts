import { expect, test } from "bun:test";
import { progressView } from "./progress.ts";

function recorder(isTerminal: boolean) {
  const chunks: string[] = [];
  return { chunks, out: { isTerminal, columns: 200, write: async (text: string | Uint8Array) => { chunks.push(text.toString()); } } };
}
const digest = `sha256:${"ab".repeat(32)}`;
const event = (current: number, done = false) => ({ key: digest, message: `Copying blob ${digest}`, current, total: 4 * 1024 * 1024, done });

test("a pipe gets every line once", async () => {
  const { chunks, out } = recorder(false);
  const view = progressView(out);
  await view.show({ stream: "Trying to pull x\n" });
  await view.show({ stream: `Copying blob ${digest}\n`, progress: event(0) });
  await view.show({ progress: event(1) });
  await view.end();
  expect(chunks.join("")).toBe(`Trying to pull x\nCopying blob ${digest}\n`);
});

test("a terminal gets bars that are drawn over themselves, and lines above them", async () => {
  const { chunks, out } = recorder(true);
  const view = progressView(out);
  await view.show({ stream: `Copying blob ${digest}\n`, progress: event(2 * 1024 * 1024) });
  await view.show({ stream: "Writing manifest\n" });
  await view.show({ progress: event(4 * 1024 * 1024, true) });
  await view.end();
  expect(chunks[0]).toBe("Copying blob abababababab [==============>---------------] 2.0MiB / 4.0MiB\n");
  expect(chunks[1]).toStartWith("\u001b[1A\r\u001b[JWriting manifest\nCopying blob ");
  expect(chunks.at(-1)).toBe("\u001b[1A\r\u001b[JCopying blob abababababab done   | \n");
});
