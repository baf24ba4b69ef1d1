import { describe, expect, test } from "bun:test";
import { isEngineError } from "../../base/errors.ts";
import { encodeTarHeader } from "./encode.ts";
import { formatPaxRecord, formatPaxTime, parsePaxTime } from "./pax.ts";
import { readTar } from "./read.ts";
import { archiveOf, collect, inPieces, scanAll } from "./testing/build.ts";

const isCorrupt = (work: () => unknown): boolean => {
  try { work(); return false; } catch (error) { return isEngineError(error, "corrupt-archive"); }
};

/** A header block with the checksum set; `patch` writes fields first. */
function block(patch: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(512);
  bytes.write("name", 0);
  bytes.write("0000644\0", 100);
  bytes.write("0000000\0", 108);
  bytes.write("0000000\0", 116);
  bytes.write("00000000000\0", 124);
  bytes.write("00000000000\0", 136);
  bytes.write("0", 156);
  bytes.write("ustar\x0000", 257);
  patch(bytes);
  bytes.fill(0x20, 148, 156);
  bytes.write(`${bytes.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
  return bytes;
}
const trailer = Buffer.alloc(1024);

describe("what is written is read back", () => {
  test("every kind of entry, long and strange names, owners, times, attributes", async () => {
    const long = `${"d".repeat(120)}/${"f".repeat(90)}`;
    const bytes = await archiveOf(
      { name: "dir/", type: "directory", mode: 0o1777, uid: 3_000_000, gid: 5 },
      { name: "file", content: "hello", mode: 0o4755, mtimeNanos: 1_700_000_000_000_000_000n, xattrs: new Map([["user.a", Buffer.from("x=\n\0y")]]) },
      { name: long, content: "z".repeat(513) },
      { name: `${"n".repeat(300)}`, content: "1" },
      { name: "ünï", content: "2" },
      { name: "", rawName: "bad\xff\xfe", content: "3" },
      { name: "link", type: "link", linkName: "file" },
      { name: "sym", type: "symlink", linkName: "t".repeat(200) },
      { name: "dev", type: "char", deviceMajor: 5, deviceMinor: 1 },
      { name: "old", mtimeNanos: -1_500_000_000n, exactTimes: true, atimeNanos: 5n, ctimeNanos: 7n },
    );
    for (const size of [bytes.length, 512, 1000, 7]) {
      const found = scanAll(bytes, size);
      expect(found.map(({ entry }) => entry.rawName)).toEqual(["dir/", "file", long, "n".repeat(300), "Ã¼nÃ¯", "bad\xff\xfe", "link", "sym", "dev", "old"]);
      expect(found.map(({ content }) => content.length)).toEqual([0, 5, 513, 1, 1, 1, 0, 0, 0, 0]);
      expect(found[4]?.entry.name).toBe("ünï");
      expect(found[0]?.entry).toMatchObject({ type: "directory", mode: 0o1777, uid: 3_000_000, gid: 5 });
      expect(Buffer.from(found[1]?.entry.xattrs?.get("user.a") ?? []).toString()).toBe("x=\n\0y");
      expect(found[7]?.entry.linkName).toBe("t".repeat(200));
      expect(found[8]?.entry).toMatchObject({ type: "char", deviceMajor: 5, deviceMinor: 1 });
      expect(found[9]?.entry).toMatchObject({ mtimeNanos: -1_500_000_000n, atimeNanos: 5n, ctimeNanos: 7n });
    }
  });

  test("GNU tar lists and unpacks our archives", async () => {
    const bytes = await archiveOf({ name: "a/", type: "directory" }, { name: `a/${"x".repeat(150)}`, content: "hi" }, { name: "ü", content: "u" });
    const { stdout, exitCode } = Bun.spawnSync(["tar", "-tf", "-"], { stdin: bytes, env: { ...process.env, LC_ALL: "C.UTF-8" } });
    expect(exitCode).toBe(0);
    expect(stdout.toString()).toContain(`a/${"x".repeat(150)}`);
  });

  test("headers have the layout of Go's archive/tar (whole layers: storage/archive)", () => {
    const plain = encodeTarHeader({ type: "directory", name: "etc/", mode: 0o755, mtimeNanos: 1_700_000_000_999_999_999n });
    expect(plain.length).toBe(512);
    expect(Buffer.from(plain).subarray(100, 156).toString("latin1")).toBe("0000755\x000000000\x000000000\x0000000000000\x0014524770401\x00010023\x00 ");
    const pax = encodeTarHeader({ type: "file", name: `${"x".repeat(60)}/${"y".repeat(101)}`, mode: 0o644, sizeBytes: 3 });
    expect(pax.length).toBe(1536);
    expect(Buffer.from(pax).subarray(0, 100).toString("latin1").replaceAll("\0", "")).toBe(`${"x".repeat(60)}/PaxHeaders.0/${"y".repeat(26)}`);
    expect(Buffer.from(pax).subarray(512, 512 + 172).toString("latin1")).toBe(`172 path=${"x".repeat(60)}/${"y".repeat(101)}\n`);
    const split = encodeTarHeader({ type: "file", name: `${"x".repeat(60)}/${"y".repeat(60)}`, mode: 0o644 });
    expect(split.length).toBe(512);
    expect(Buffer.from(split).subarray(345, 405).toString("latin1")).toBe("x".repeat(60));
  });
});

describe("archives of other writers", () => {
  for (const format of ["v7", "ustar", "gnu", "posix"]) {
    test(`GNU tar --format=${format}`, async () => {
      const directory = (await import("node:fs")).mkdtempSync("/tmp/tar-test-");
      try {
        await Bun.write(`${directory}/src/dir/one`, "content of one");
        await Bun.write(`${directory}/src/two`, "t".repeat(2000));
        if (format !== "v7") await Bun.write(`${directory}/src/dir/${"l".repeat(format === "ustar" ? 90 : 180)}/x`, "x");
        const { stdout } = Bun.spawnSync(["tar", `--format=${format}`, "--sort=name", "-C", `${directory}/src`, "-cf", "-", "."]);
        const members = scanAll(stdout, 700);
        expect(members.find(({ entry }) => entry.name === "./dir/one")?.content).toBe("content of one");
        expect(members.find(({ entry }) => entry.name === "./two")?.entry.sizeBytes).toBe(2000);
        expect(members.every(({ entry }) => entry.mtimeNanos > 0n && entry.uid === process.getuid?.())).toBe(true);
        if (format !== "v7") expect(members.some(({ entry }) => entry.name.endsWith("l/x"))).toBe(true);
      } finally { (await import("node:fs")).rmSync(directory, { recursive: true }); }
    });
  }

  for (const options of [["--format=gnu"], ["--format=posix", "--sparse-version=0.0"], ["--format=posix", "--sparse-version=0.1"], ["--format=posix", "--sparse-version=1.0"]]) {
    test(`sparse files: ${options.join(" ")}`, async () => {
      const fs = await import("node:fs");
      const directory = fs.mkdtempSync("/var/tmp/tar-sparse-");
      try {
        const fd = fs.openSync(`${directory}/holes`, "w");
        for (let index = 0; index < 30; index++) fs.writeSync(fd, `run ${index};`, index * 65_536);
        fs.ftruncateSync(fd, 30 * 65_536);
        fs.closeSync(fd);
        const { stdout } = Bun.spawnSync(["tar", "-S", ...options, "-C", directory, "-cf", "-", "holes"]);
        const [member] = scanAll(stdout, 1000);
        expect(member?.entry).toMatchObject({ name: "holes", sizeBytes: 30 * 65_536 });
        expect(member?.entry.sparse?.length).toBe(30);
        for await (const { content } of readTar(inPieces(stdout, 3000))) {
          expect(Buffer.from(await collect(content)).equals(fs.readFileSync(`${directory}/holes`))).toBe(true);
        }
      } finally { fs.rmSync(directory, { recursive: true }); }
    });
  }

  test("base-256 numbers, signed checksums, directories by slash, stored type bits", () => {
    const large = block((bytes) => { Buffer.from("8000000000000000000000010000000000000000".slice(0, 16), "hex").copy(bytes, 108); bytes.write("name\xe9", 0, "latin1"); });
    expect(scanAll(Buffer.concat([large, trailer]))[0]?.entry.rawName).toBe("name\xe9");
    const negative = block((bytes) => { bytes.fill(0xff, 136, 148); });
    expect(scanAll(Buffer.concat([negative, trailer]))[0]?.entry.mtimeNanos).toBe(-1_000_000_000n);
    const signed = block((bytes) => { bytes.write("name\xe9\xe9", 0, "latin1"); });
    signed.write(`${(Number.parseInt(signed.toString("latin1", 148, 154), 8) - 512).toString(8).padStart(6, "0")}\0 `, 148);
    expect(scanAll(Buffer.concat([signed, trailer]))).toHaveLength(1);
    const oldDirectory = block((bytes) => { bytes.write("d/\0\0", 0); bytes.write("\0", 156); bytes.write("00000000017\0", 124); bytes.write("0040755\0", 100); });
    expect(scanAll(Buffer.concat([oldDirectory, trailer]))[0]?.entry).toMatchObject({ type: "directory", storedBytes: 0, mode: 0o755 });
  });

  test("global headers say nothing of an entry; trailing bytes are passed on", async () => {
    const record = formatPaxRecord("comment", "made by git");
    const global = Buffer.concat([block((bytes) => { bytes.write("g", 156); bytes.write(`${record.length.toString(8).padStart(11, "0")}\0`, 124); }), Buffer.from(record.padEnd(512, "\0"))]);
    const rest = await archiveOf({ name: "f", content: "1" });
    expect(scanAll(Buffer.concat([global, rest, Buffer.alloc(9000, 7)]), 600)).toHaveLength(1);
    // An archive of nothing else.
    expect(scanAll(Buffer.concat([global, trailer]))).toHaveLength(0);
    expect(scanAll(new Uint8Array(0))).toHaveLength(0);
  });
});

describe("broken archives are refused", () => {
  test("cut off anywhere in a header or in content", async () => {
    const bytes = await archiveOf({ name: "a".repeat(200), content: "x".repeat(700) });
    for (const length of [1, 511, 513, 1100, 1537, 1600, 2200]) expect(isCorrupt(() => scanAll(bytes.subarray(0, length)))).toBe(true);
    // Without the trailer, and without the last padding, it is whole.
    expect(scanAll(bytes.subarray(0, bytes.length - 1024))).toHaveLength(1);
    expect(scanAll(bytes.subarray(0, 1536 + 700))).toHaveLength(1);
  });

  test("wrong checksum, unknown type, one zero block in the middle, text instead of numbers", async () => {
    const good = Buffer.from(await archiveOf({ name: "f", content: "1" }));
    const damaged = Buffer.from(good);
    damaged[3] = 0x41;
    expect(isCorrupt(() => scanAll(damaged))).toBe(true);
    expect(isCorrupt(() => scanAll(Buffer.concat([block((bytes) => { bytes.write("Q", 156); }), trailer])))).toBe(true);
    expect(isCorrupt(() => scanAll(Buffer.concat([Buffer.alloc(512), good])))).toBe(true);
    expect(isCorrupt(() => scanAll(Buffer.concat([block((bytes) => { bytes.write("00009x", 124); }), trailer])))).toBe(true);
    expect(isCorrupt(() => scanAll(Buffer.concat([block((bytes) => { bytes.fill(0xff, 124, 136); }), trailer])))).toBe(true);
  });

  test("extended headers: too long, too many, malformed", () => {
    const pax = (text: string, flag = "x"): Buffer => Buffer.concat([
      block((bytes) => { bytes.write(flag, 156); bytes.write(`${Buffer.byteLength(text).toString(8).padStart(11, "0")}\0`, 124); }),
      Buffer.from(text), Buffer.alloc((512 - Buffer.byteLength(text) % 512) % 512),
    ]);
    const end = Buffer.concat([block(() => undefined), trailer]);
    for (const text of ["x", "5 a=b", "99 path=a\n", "9 path=a\n ", "0 a=b\n", "6 =ab\n\n", "12345678901 a=b\n", formatPaxRecord("path", "a\0b"), formatPaxRecord("size", "-1"), formatPaxRecord("size", "1e9"), formatPaxRecord("mtime", "soon"), formatPaxRecord("path", "p".repeat(5000))]) {
      expect([text, isCorrupt(() => scanAll(Buffer.concat([pax(text), end])))]).toEqual([text, true]);
    }
    expect(isCorrupt(() => scanAll(Buffer.concat([block((bytes) => { bytes.write("x", 156); bytes.write("00010000000\0", 124); }), end])))).toBe(true);
    expect(isCorrupt(() => scanAll(Buffer.concat([...Array.from({ length: 20 }, () => pax("name\0", "L")), end])))).toBe(true);
    // Extended headers with no entry after them.
    expect(isCorrupt(() => scanAll(pax(formatPaxRecord("path", "a"))))).toBe(true);
    // An empty value takes nothing away from the header.
    expect(scanAll(Buffer.concat([pax(formatPaxRecord("path", "")), end]))[0]?.entry.name).toBe("name");
  });

  test("sparse maps that lie", () => {
    const sparse = (map: string, size: string): Buffer => {
      const text = formatPaxRecord("GNU.sparse.major", "0") + formatPaxRecord("GNU.sparse.minor", "1") + formatPaxRecord("GNU.sparse.map", map) + formatPaxRecord("GNU.sparse.size", size);
      return Buffer.concat([block((bytes) => { bytes.write("x", 156); bytes.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124); }), Buffer.from(text.padEnd(512, "\0")), block(() => undefined), trailer]);
    };
    expect(scanAll(sparse("0,0", "100"))[0]?.entry.sizeBytes).toBe(100);
    for (const [map, size] of [["0,1", "100"], ["5,0,2,0", "100"], ["0", "1"], ["-1,0", "5"], ["200,0", "100"], ["9007199254740991,1", "100"]] as const) expect([map, isCorrupt(() => scanAll(sparse(map, size)))]).toEqual([map, true]);
  });
});

test("readTar gives content lazily and skips what is left unread", async () => {
  const bytes = await archiveOf({ name: "a", content: "1".repeat(5000) }, { name: "b", content: "two" }, { name: "c/", type: "directory" });
  const seen: string[] = [];
  for await (const { entry, content } of readTar(inPieces(bytes, 600))) {
    if (entry.name === "b") seen.push(Buffer.from(await collect(content)).toString());
    seen.push(entry.name);
  }
  expect(seen).toEqual(["a", "two", "b", "c/"]);
});

test("PAX times and record lengths", () => {
  for (const nanos of [0n, 1n, -1n, 1_500_000_000n, -250_000_000n, 1_700_000_000_123_456_789n]) expect(parsePaxTime(formatPaxTime(nanos))).toBe(nanos);
  for (const length of [1, 5, 90, 91, 92, 93, 990, 991, 992, 993, 994]) {
    const record = formatPaxRecord("k", "v".repeat(length));
    expect(Number(record.split(" ")[0])).toBe(record.length);
  }
});
