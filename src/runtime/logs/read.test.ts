import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEntry } from "./journal.ts";
import { parseTime } from "./line.ts";
import { formatLine, readLog, type LineFormat, type LogRequest } from "./read.ts";

let directory: string;
let path: string;
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), "logs-test-")); path = join(directory, "ctr.log"); });
afterEach(() => { rmSync(directory, { recursive: true }); });

const line = (second: number, text: string, stream = "stdout", tag = "F"): string => `2026-01-02T03:04:${String(second).padStart(2, "0")}.123456789+00:00 ${stream} ${tag} ${text}\n`;
const at = (second: number): bigint => parseTime(`2026-01-02T03:04:${String(second).padStart(2, "0")}.123456789Z`) ?? 0n;

async function read(request: Partial<LogRequest> = {}, format: LineFormat = {}): Promise<string> {
  let text = "";
  for await (const entry of readLog({ id: "id", driver: "k8s-file", path, ...request })) text += Buffer.from(formatLine(entry, format)).toString("latin1");
  return text;
}

describe("a log file", () => {
  test("whole, with time stamps, prefix and colour; damaged lines are left out", async () => {
    writeFileSync(path, line(1, "one  two") + "damage\n" + line(2, "part", "stderr", "P") + line(3, "ial", "stderr") + line(4, ""));
    expect(await read()).toBe("one  two\npartial\n\n");
    expect(await read({}, { timestamps: true })).toBe("2026-01-02T03:04:01.123456789Z one  two\n2026-01-02T03:04:02.123456789Z part2026-01-02T03:04:03.123456789Z ial\n2026-01-02T03:04:04.123456789Z \n");
    expect(await read({ tail: 1 }, { prefix: "web", color: 8 })).toBe("\u001b[31mweb \u001b[0m\n");
    expect(await read({ path: join(directory, "absent") })).toBe("");
  });

  test("bytes that are not UTF-8", async () => {
    writeFileSync(path, Buffer.concat([Buffer.from("2026-01-02T03:04:05.1Z stdout F "), Buffer.of(0xff, 0x80, 0x0a)]));
    expect(await read()).toBe("\u00ff\u0080\n");
  });

  test("tail counts full lines and keeps the parts of the first", async () => {
    writeFileSync(path, line(1, "a") + line(2, "b", "stdout", "P") + line(3, "c") + line(4, "d"));
    expect(await read({ tail: 0 })).toBe("");
    expect(await read({ tail: 1 })).toBe("d\n");
    expect(await read({ tail: 2 })).toBe("bc\nd\n");
    expect(await read({ tail: 3 })).toBe("a\nbc\nd\n");
    expect(await read({ tail: 99 })).toBe("a\nbc\nd\n");
    expect(await read({ tail: -1 })).toBe("a\nbc\nd\n");
    writeFileSync(path, line(1, "p", "stdout", "P") + line(2, "q"));
    expect(await read({ tail: 1 })).toBe("pq\n");
    writeFileSync(path, line(1, "p") + line(2, "q", "stdout", "P"));
    expect(await read({ tail: 1 })).toBe("q");
  });

  test("tail over many blocks", async () => {
    const numbers = Array.from({ length: 20_000 }, (_, index) => String(index));
    writeFileSync(path, numbers.map((text) => line(1, text.repeat(3))).join(""));
    for (const tail of [1, 1000, 19_999, 20_000]) expect(await read({ tail })).toBe(`${numbers.slice(-tail).map((text) => text.repeat(3)).join("\n")}\n`);
  });

  test("since and until leave out their own moment", async () => {
    writeFileSync(path, line(1, "a") + line(2, "b") + line(3, "c"));
    expect(await read({ sinceNanos: at(1) })).toBe("b\nc\n");
    expect(await read({ untilNanos: at(3) })).toBe("a\nb\n");
  });

  test("drivers that keep nothing say so", async () => {
    expect(read({ driver: "none" })).rejects.toThrow("this container is using the 'none' log driver, cannot read logs: this container is not logging output");
  });
});

describe("following", () => {
  test("sees what is added, a rotated file, and the rest after the end", async () => {
    writeFileSync(path, line(1, "old") + line(2, "last"));
    const ended = Promise.withResolvers<void>();
    const seen: string[] = [];
    for await (const entry of readLog({ id: "id", driver: "k8s-file", path, follow: true, tail: 1, ended: ended.promise })) {
      seen.push(Buffer.from(entry.message).toString());
      if (seen.length === 1) appendFileSync(path, line(3, "added").slice(0, 20));
      if (seen.length === 1) queueMicrotask(() => { appendFileSync(path, line(3, "added").slice(20)); });
      if (seen.length === 2) { writeFileSync(`${path}.tmp`, line(4, "rotated")); renameSync(`${path}.tmp`, path); }
      if (seen.length === 3) { appendFileSync(path, line(5, "final")); ended.resolve(); }
    }
    expect(seen).toEqual(["last", "added", "rotated", "final"]);
  });

  test("a container that has ended is read to its end; the signal and until stop at once", async () => {
    writeFileSync(path, line(1, "only"));
    expect(await read({ follow: true })).toBe("only\n");
    const never = new Promise(() => undefined);
    const stop = new AbortController();
    setTimeout(() => { stop.abort(); }, 5);
    expect(await read({ follow: true, ended: never, signal: stop.signal })).toBe("only\n");
    expect(await read({ follow: true, ended: never, untilNanos: BigInt(Date.now() + 5) * 1_000_000n })).toBe("only\n");
  });
});

test("journal entries", () => {
  const entry = { PRIORITY: "6", MESSAGE: [104, 255, 10], __REALTIME_TIMESTAMP: "1767323045000001", __CURSOR: "s=1", CONTAINER_PARTIAL_MESSAGE: "true" };
  expect(parseEntry(JSON.stringify(entry))).toMatchObject({ cursor: "s=1", line: { stream: "stdout", isPartial: true, timeNanos: 1767323045000001000n, message: Buffer.of(104, 255) } });
  expect(parseEntry(JSON.stringify({ ...entry, PRIORITY: "5" }))).toBeUndefined();
  expect(parseEntry("{")).toBeUndefined();
});
