/** Mutated archives: the reader ends with entries or with an EngineError, and extraction stays inside its directory. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { EngineError } from "../../src/base/errors.ts";
import { archiveOf, collect, inPieces, scanAll } from "../../src/formats/tar/testing/build.ts";
import { applyLayer } from "../../src/storage/archive/apply.ts";
import { assembleDiff } from "../../src/storage/archive/assemble.ts";

/** Repeatable: a failure names its seed. */
function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

let top = "";
let seeds: Buffer[] = [];
beforeAll(async () => {
  top = mkdtempSync("/var/tmp/fuzz-tar-");
  mkdirSync(`${top}/outside`);
  writeFileSync(`${top}/outside/victim`, "untouched");
  mkdirSync(`${top}/source/d/e`, { recursive: true });
  writeFileSync(`${top}/source/d/f`, "x".repeat(1500));
  writeFileSync(`${top}/source/d/${"l".repeat(150)}`, "long");
  const gnu = Bun.spawnSync(["tar", "--format=gnu", "-C", `${top}/source`, "-b1", "-cf", "-", "."]).stdout;
  Bun.spawnSync(["sh", "-c", "truncate -s 100000 holes && printf x | dd of=holes bs=1 seek=70000 conv=notrunc status=none"], { cwd: `${top}/source` });
  const sparse = ["--format=gnu", "--sparse-version=1.0 --format=posix", "--sparse-version=0.1 --format=posix"].map((options) => Bun.spawnSync(["tar", "-S", ...options.split(" "), "-C", `${top}/source`, "-b1", "-cf", "-", "holes"]).stdout);
  const ours = await archiveOf(
    { name: "a/", type: "directory" }, { name: "a/f", content: "content", xattrs: new Map([["user.k", Buffer.from("v")]]) }, { name: "a/s", type: "symlink", linkName: "../../outside" },
    { name: "a/h", type: "link", linkName: "a/f" }, { name: "a/.wh.x" }, { name: "a/.wh..wh..opq" }, { name: `${"p".repeat(120)}/${"q".repeat(120)}`, content: "1" }, { name: "a/s/victim", content: "evil" },
  );
  seeds = [gnu, ...sparse, Buffer.from(ours)].map((bytes) => Buffer.from(bytes));
});
afterAll(() => { rmSync(top, { recursive: true, force: true }); });

function mutate(bytes: Buffer, pick: (below: number) => number): Buffer {
  let result = Buffer.from(bytes);
  for (let count = 1 + pick(4); count > 0; count--) {
    const at = pick(Math.max(1, result.length));
    const block = at - at % 512;
    switch (pick(6)) {
      case 0: result[at] = pick(256); break;
      case 1: result = result.subarray(0, at); break;
      // A field of the header becomes something else.
      case 2: {
        const field = block + (pick(2) === 0 ? 0 : 156);
        if (field < result.length) result.write(["../", "/", ".wh.", "\0", "9999999", "x", "g", "S", "1", "5"][pick(10)] ?? "", field, "latin1");
        break;
      }
      case 3: result = Buffer.concat([result.subarray(0, block), result.subarray(block, block + 512), result.subarray(block)]); break;
      case 4: result = Buffer.concat([result.subarray(0, block), result.subarray(block + 512)]); break;
      case 5: if (at < result.length) result.write("0123456789/=\n\x80\xff"[pick(15)] ?? "", at, "latin1"); break;
    }
  }
  return pick(4) === 0 ? result : withChecksums(result);
}

/** So that damage gets past the checksum. */
function withChecksums(bytes: Buffer): Buffer {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    if (bytes.toString("latin1", at + 257, at + 262) !== "ustar") continue;
    bytes.fill(0x20, at + 148, at + 156);
    const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
  }
  return bytes;
}

test("the reader: entries or an EngineError, and the same ones however the bytes arrive", () => {
  for (let seed = 1; seed <= 1500; seed++) {
    const pick = random(seed);
    const bytes = mutate(seeds[pick(seeds.length)] ?? Buffer.alloc(0), pick);
    const outcome = (piece: number): string => {
      try {
        return scanAll(bytes, piece).map(({ entry, content }) => `${entry.type} ${entry.rawName} ${content.length}`).join("\n");
      } catch (error) {
        if (error instanceof EngineError) return error.message;
        throw new Error(`seed ${seed}`, { cause: error });
      }
    };
    expect([seed, outcome(1 + pick(700))]).toEqual([seed, outcome(Math.max(1, bytes.length))]);
  }
});

test("extraction: inside its directory or refused; what was taken is given back", async () => {
  let taken = 0;
  for (let seed = 1; seed <= 250; seed++) {
    const pick = random(seed * 7919);
    const bytes = mutate(seeds[pick(seeds.length)] ?? Buffer.alloc(0), pick);
    const directory = `${top}/layer`;
    mkdirSync(directory);
    try {
      const layer = await applyLayer({ directory, diff: inPieces(bytes, 1 + pick(5000)), whiteouts: pick(2) === 0 ? "overlay" : "delete", limits: { maxTarBytes: 1 << 24 } });
      taken++;
      const again = await collect(assembleDiff({ directory, tarSplitGz: layer.tarSplitGz })).catch((error: unknown) => error);
      if (again instanceof Uint8Array) expect([seed, Buffer.from(again).equals(bytes)]).toEqual([seed, true]);
      else expect([seed, again instanceof EngineError]).toEqual([seed, true]);
    } catch (error) {
      if (!(error instanceof EngineError)) throw new Error(`seed ${seed}`, { cause: error });
    } finally { rmSync(directory, { recursive: true, force: true }); }
    expect([seed, readdirSync(top).sort()]).toEqual([seed, ["outside", "source"]]);
    expect([seed, readdirSync(`${top}/outside`), readFileSync(`${top}/outside/victim`, "utf8")]).toEqual([seed, ["victim"], "untouched"]);
  }
  expect(taken).toBeGreaterThan(10);
});
