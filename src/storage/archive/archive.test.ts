import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, closeSync, linkSync, lstatSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, readlinkSync, rmSync, symlinkSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { isEngineError } from "../../base/errors.ts";
import { archiveOf, collect, inPieces, scanAll, type Member } from "../../formats/tar/testing/build.ts";
import { at, getXattr, makeDevice, mknodAt, setTimesAt, setXattr } from "../../sys/index.ts";
import { applyLayer } from "./apply.ts";
import { assembleDiff } from "./assemble.ts";
import { changedPaths } from "./changes.ts";
import { comparePaths, tarChanges } from "./compare.ts";
import { tarDirectory } from "./diff.ts";
import type { AppliedLayer, ExtractOptions } from "./types.ts";

let top = "";
beforeEach(() => { top = mkdtempSync("/var/tmp/archive-test-"); });
afterEach(() => { rmSync(top, { recursive: true, force: true }); });

const fifo = 0o010000;
const char = 0o020000;
const mknod = (path: string, mode: number, device = 0n): void => { mknodAt(at.fdcwd, path, mode, device); };
const make = (name: string): string => { mkdirSync(`${top}/${name}`, { recursive: true }); return `${top}/${name}`; };
const sha256 = (bytes: Uint8Array): string => `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`;

async function apply(directory: string, bytes: Uint8Array, options: Partial<ExtractOptions> = {}): Promise<AppliedLayer> {
  return applyLayer({ directory, diff: inPieces(bytes, 10_000), whiteouts: "overlay", inUserNamespace: false, ...options });
}
const applyMembers = async (directory: string, members: readonly Member[], options: Partial<ExtractOptions> = {}): Promise<AppliedLayer> => apply(directory, await archiveOf(...members), options);

/** Everything that `find` can tell of a tree. */
function listing(directory: string): string {
  const run = (command: string): string => Bun.spawnSync(["sh", "-c", command], { cwd: directory }).stdout.toString("latin1").split("\n").sort().join("\n");
  return run("find . -mindepth 1 -type d -printf '%p %m %U:%G d %T@ %n\\n' -o -mindepth 1 -printf '%p %m %U:%G %y %s %T@ %l %n\\n'") + run("find . -type f -exec sha256sum {} +") + run("getfattr -R -h -d -m- . 2>/dev/null");
}

/** A tree with one of everything. */
function furnish(directory: string): void {
  const long = "y".repeat(120);
  mkdirSync(`${directory}/a/${"x".repeat(60)}/${"x".repeat(60)}`, { recursive: true });
  writeFileSync(`${directory}/a/${"x".repeat(60)}/${"x".repeat(60)}/short`, "one");
  writeFileSync(`${directory}/a/${long}`, "two");
  writeFileSync(`${directory}/a/ü<&>`, "three");
  linkSync(`${directory}/a/${long}`, `${directory}/a/zlink`);
  symlinkSync(`../target/${long}`, `${directory}/a/sym`);
  mknod(`${directory}/a/fifo`, fifo | 0o640);
  mknod(`${directory}/a/null`, char | 0o600, makeDevice(1, 3));
  chmodSync(`${directory}/a/null`, 0o620);
  writeFileSync(`${directory}/a/prog`, "cap");
  chownSync(`${directory}/a/prog`, 3_000_000, 7);
  chmodSync(`${directory}/a/prog`, 0o4755);
  setXattr(`${directory}/a/prog`, "user.note", Buffer.from("x=y"));
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/a/raw`), Buffer.from([0xff])]), "r");
  writeFileSync(`${directory}/a/empty`, "");
  chmodSync(`${directory}/a/empty`, 0);
}

describe("reading layers back", () => {
  test("an archive of GNU tar is unpacked as GNU tar does it, and reassembled byte for byte", async () => {
    const source = make("source");
    furnish(source);
    writeFileSync(`${source}/large`, Buffer.alloc(3_000_001, "large"));
    const { stdout } = Bun.spawnSync(["tar", "--format=posix", "--xattrs", "--xattrs-include=*", "-C", source, "-cf", "-", "."], { maxBuffer: 1 << 26 });
    const ours = make("ours");
    const layer = await apply(ours, stdout);
    const theirs = make("theirs");
    Bun.spawnSync(["tar", "--xattrs", "--xattrs-include=*", "-xpf", "-", "-C", theirs], { stdin: stdout });
    // GNU tar restores no times of links in its default mode; both are the source's.
    expect(listing(ours)).toBe(listing(theirs));
    expect(layer.diffDigest).toBe(sha256(stdout));
    expect(layer.diffSizeBytes).toBe(stdout.length);
    expect(layer.uids).toEqual([0, 3_000_000]);
    expect(layer.gids).toEqual([0, 7]);
    expect(sha256(await collect(assembleDiff({ directory: ours, tarSplitGz: layer.tarSplitGz })))).toBe(layer.diffDigest);
  });

  test("sparse files keep their holes, and the archive is the same again", async () => {
    const source = make("source");
    const fd = openSync(`${source}/holes`, "w");
    for (let index = 0; index < 6; index++) writeSync(fd, `run ${index}`, index * (1 << 20));
    closeSync(fd);
    truncateSync(`${source}/holes`, 8 << 20);
    for (const options of [["--format=gnu"], ["--format=posix"]]) {
      const { stdout } = Bun.spawnSync(["tar", "-S", ...options, "-C", source, "-cf", "-", "holes"]);
      const ours = make(`ours${options.join("")}`);
      const layer = await apply(ours, stdout);
      expect(readFileSync(`${ours}/holes`).equals(readFileSync(`${source}/holes`))).toBe(true);
      expect(lstatSync(`${ours}/holes`).blocks).toBeLessThan(200);
      expect(sha256(await collect(assembleDiff({ directory: ours, tarSplitGz: layer.tarSplitGz })))).toBe(sha256(stdout));
    }
  });

  test("a changed or missing file is told, not passed on", async () => {
    const directory = make("layer");
    const { tarSplitGz } = await applyMembers(directory, [{ name: "f", content: "original" }]);
    for (const spoil of [() => { writeFileSync(`${directory}/f`, "0riginal"); }, () => { writeFileSync(`${directory}/f`, "short"); }, () => { rmSync(`${directory}/f`); }, () => { mknod(`${directory}/f`, fifo | 0o600); }]) {
      spoil();
      let failure: unknown;
      try { await collect(assembleDiff({ directory, tarSplitGz })); } catch (error) { failure = error; }
      expect(isEngineError(failure)).toBe(true);
    }
  });
});

describe("what an entry becomes", () => {
  test("owners through the maps; setuid survives; implied directories belong to the container's root", async () => {
    const directory = make("layer");
    const maps = [{ containerId: 0, hostId: 100_000, size: 1000 }];
    const layer = await applyMembers(directory, [{ name: "x/y/prog", content: "p", mode: 0o6711, uid: 5, gid: 6 }, { name: "sym", type: "symlink", linkName: "gone", uid: 7, gid: 8 }], { uidMaps: maps, gidMaps: maps });
    expect(lstatSync(`${directory}/x/y/prog`)).toMatchObject({ uid: 100_005, gid: 100_006, mode: 0o106711 });
    expect(lstatSync(`${directory}/sym`)).toMatchObject({ uid: 100_007, gid: 100_008 });
    expect(lstatSync(`${directory}/x`)).toMatchObject({ uid: 100_000, gid: 100_000, mode: 0o040755 });
    expect(layer.uids).toEqual([5, 7]);
    const failure = await applyMembers(make("other"), [{ name: "f", uid: 1000 }], { uidMaps: maps, gidMaps: maps }).catch((error: unknown) => error);
    expect(failure instanceof Error && failure.message).toBe('extract "f": container ID 1000 cannot be mapped to a host ID');
  });

  test("group of a setgid directory is not inherited; modes are exact whatever the umask", async () => {
    const directory = make("layer");
    const before = process.umask(0o077);
    try {
      await applyMembers(directory, [{ name: "d/", type: "directory", mode: 0o2777, gid: 50 }, { name: "d/f", content: "1", mode: 0o666 }, { name: "d/e/", type: "directory", mode: 0o755 }, { name: "i/f" }]);
    } finally { process.umask(before); }
    expect(lstatSync(`${directory}/d/f`)).toMatchObject({ gid: 0, mode: 0o100666 });
    expect(lstatSync(`${directory}/d/e`)).toMatchObject({ gid: 0, mode: 0o040755 });
    expect(lstatSync(`${directory}/d`)).toMatchObject({ gid: 50, mode: 0o042777 });
  });

  test("times of directories are set after what is in them; access time is never before", async () => {
    const directory = make("layer");
    await applyMembers(directory, [{ name: "d/", type: "directory", mtimeNanos: 1_000_000_000n * 86_400n }, { name: "d/f", content: "1", mtimeNanos: -5_000_000_000n }]);
    expect(lstatSync(`${directory}/d`).mtimeMs).toBe(86_400_000);
    expect(lstatSync(`${directory}/d`).atimeMs).toBe(86_400_000);
    expect(lstatSync(`${directory}/d/f`).mtimeMs).toBe(0);
  });

  test("a later layer's kind of thing replaces an earlier one; directories merge", async () => {
    const directory = make("layer");
    await applyMembers(directory, [{ name: "a/b/f", content: "1" }, { name: "s", type: "symlink", linkName: "a" }, { name: "k", content: "old, longer" }]);
    await applyMembers(directory, [{ name: "a", content: "now a file" }, { name: "s/", type: "directory" }, { name: "s/in", content: "2" }, { name: "k", content: "new" }]);
    expect(readFileSync(`${directory}/a`, "utf8")).toBe("now a file");
    expect(lstatSync(`${directory}/s`).isDirectory()).toBe(true);
    expect(readFileSync(`${directory}/k`, "utf8")).toBe("new");
  });

  test("attributes: capabilities after the owner, overlay's own never", async () => {
    const directory = make("layer");
    const capability = Buffer.from("0100000200040000000000000000000000000000", "hex");
    const xattrs = new Map<string, Uint8Array>([["security.capability", capability], ["user.k", Buffer.from("v")], ["trusted.t", Buffer.from("w")], ["trusted.overlay.redirect", Buffer.from("/etc")], ["trusted.overlay.opaque", Buffer.from("y")], ["security.selinux", Buffer.from("x:y:z")]]);
    await applyMembers(directory, [{ name: "prog", content: "p", mode: 0o755, uid: 9, xattrs }, { name: "d/", type: "directory", xattrs }]);
    for (const path of [`${directory}/prog`, `${directory}/d`]) {
      expect(Buffer.from(getXattr(path, "user.k") ?? []).toString()).toBe("v");
      expect(Buffer.from(getXattr(path, "trusted.t") ?? []).toString()).toBe("w");
      expect(getXattr(path, "trusted.overlay.redirect")).toBeUndefined();
      expect(getXattr(path, "trusted.overlay.opaque")).toBeUndefined();
      expect(getXattr(path, "security.selinux")).toBeUndefined();
    }
    expect(Buffer.from(getXattr(`${directory}/prog`, "security.capability") ?? []).equals(capability)).toBe(true);
  });

  test("force_mask: one mode for all, the wanted one in the attribute", async () => {
    const directory = make("layer");
    await applyMembers(directory, [{ name: "f", content: "1", mode: 0o4750, uid: 5, gid: 6 }, { name: "n", type: "char", deviceMajor: 1, deviceMinor: 3, mode: 0o666 }], { forceMask: 0o700 });
    expect(lstatSync(`${directory}/f`)).toMatchObject({ uid: 0, mode: 0o100700 });
    expect(Buffer.from(getXattr(`${directory}/f`, "user.containers.override_stat") ?? []).toString()).toBe("5:6:4750:file");
    expect(lstatSync(`${directory}/n`).isFile()).toBe(true);
    expect(Buffer.from(getXattr(`${directory}/n`, "user.containers.override_stat") ?? []).toString()).toBe("0:0:0666:char-1-3");
    expect(Buffer.from(getXattr(directory, "user.containers.override_stat") ?? []).toString()).toBe("0:0:0755:dir");
  });

  test("many directories: descriptors are given back", async () => {
    const directory = make("layer");
    const before = readdirSync("/proc/self/fd").length;
    await applyMembers(directory, Array.from({ length: 600 }, (_, index) => ({ name: `d${index}/e/f`, content: String(index) })));
    expect(readFileSync(`${directory}/d599/e/f`, "utf8")).toBe("599");
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });
});

describe("whiteouts", () => {
  const members: readonly Member[] = [
    { name: "d/.wh.gone" }, { name: "o/", type: "directory" }, { name: "o/.wh..wh..opq" }, { name: "o/new", content: "n" },
    { name: ".wh.dir" }, { name: "dir/.wh.inside" }, { name: "both", content: "1" }, { name: ".wh.both" }, { name: "kept/", type: "directory" }, { name: ".wh.kept" },
  ];

  test("overlay: character devices and the opaque attribute", async () => {
    const directory = make("layer");
    const layer = await applyMembers(directory, members);
    expect(lstatSync(`${directory}/d/gone`)).toMatchObject({ rdev: 0, mode: char });
    expect(lstatSync(`${directory}/dir`).isCharacterDevice()).toBe(true);
    expect(Buffer.from(getXattr(`${directory}/o`, "trusted.overlay.opaque") ?? []).toString()).toBe("y");
    // A whiteout beside a file of the same layer deletes lower ones only.
    expect(readFileSync(`${directory}/both`, "utf8")).toBe("1");
    expect(Buffer.from(getXattr(`${directory}/kept`, "trusted.overlay.opaque") ?? []).toString()).toBe("y");
    expect(sha256(await collect(assembleDiff({ directory, tarSplitGz: layer.tarSplitGz })))).toBe(layer.diffDigest);
  });

  test("user namespace: the user attribute, devices left out", async () => {
    const directory = make("layer");
    await applyMembers(directory, [...members, { name: "null", type: "char", deviceMajor: 1, deviceMinor: 3 }], { inUserNamespace: true });
    expect(Buffer.from(getXattr(`${directory}/o`, "user.overlay.opaque") ?? []).toString()).toBe("y");
    expect(readdirSync(directory)).not.toContain("null");
  });

  test("delete: the parent's files go, this layer's stay", async () => {
    const directory = make("layer");
    await applyMembers(directory, [{ name: "d/gone", content: "1" }, { name: "d/stays", content: "1" }, { name: "o/old/deep", content: "1" }, { name: "dir/x/y", content: "1" }], { whiteouts: "delete" });
    await applyMembers(directory, [{ name: "o/", type: "directory" }, { name: "o/new", content: "n" }, { name: "o/.wh..wh..opq" }, { name: "d/.wh.gone" }, { name: ".wh.dir" }, { name: ".wh..wh.aufs" }], { whiteouts: "delete" });
    expect(readdirSync(`${directory}/d`)).toEqual(["stays"]);
    expect(readdirSync(`${directory}/o`)).toEqual(["new"]);
    expect(readdirSync(directory).sort()).toEqual(["d", "o"]);
  });

  test("keep: files as they are", async () => {
    const directory = make("layer");
    await applyMembers(directory, members.slice(0, 4), { whiteouts: "keep" });
    expect(lstatSync(`${directory}/d/.wh.gone`).isFile()).toBe(true);
    expect(readdirSync(`${directory}/o`).sort()).toEqual([".wh..wh..opq", "new"]);
  });
});

describe("archiving directories", () => {
  test("a writable layer gives the very bytes that Podman 5.8 committed of the same tree", async () => {
    const lower = make("lower");
    for (const name of ["sub", "gone", "opaque"]) mkdirSync(`${lower}/base/${name}`, { recursive: true });
    const upper = make("upper");
    furnish(upper);
    for (const name of ["base/opaque", "fresh"]) mkdirSync(`${upper}/${name}`, { recursive: true });
    mknod(`${upper}/base/gone`, char);
    linkSync(`${upper}/base/gone`, `${upper}/base/sub`);
    writeFileSync(`${upper}/base/opaque/new`, "n");
    for (const name of ["base/opaque", "fresh"]) setXattr(`${upper}/${name}`, "trusted.overlay.opaque", Buffer.from("y"));
    chmodSync(`${upper}/fresh`, 0o2750);
    Bun.spawnSync(["sh", "-c", "find . -mindepth 1 -exec touch -h -d @1600000000 {} +; touch -h -d @1600000000.7 a/empty; touch -d @-100 a/yyy*"], { cwd: upper });
    const bytes = await collect(tarDirectory({ directory: upper, whiteouts: "overlay", lowerDirectories: [lower], inUserNamespace: false }));
    expect(bytes.length).toBe(20_480);
    expect(sha256(bytes)).toBe("sha256:0a5ad4e7d918accd9dca5d81761c290ee95d4960c4844876d0228318bc2bef09");
    // Twice the same.
    expect(sha256(await collect(tarDirectory({ directory: upper, whiteouts: "overlay", lowerDirectories: [lower], inUserNamespace: false })))).toBe(sha256(bytes));
  });

  test("what was archived unpacks to the same tree; owners go back to the container's", async () => {
    const source = make("source");
    furnish(source);
    const unpacked = make("unpacked");
    await apply(unpacked, await collect(tarDirectory({ directory: source })));
    const whole = (text: string): string => text.replaceAll(/(\.\d{10})(?= |$)/gm, "");
    expect(whole(listing(unpacked))).toBe(whole(listing(source)));
    const maps = [{ containerId: 0, hostId: 0, size: 8 }, { containerId: 1000, hostId: 3_000_000, size: 1 }];
    const entries = scanAll(await collect(tarDirectory({ directory: source, uidMaps: maps, gidMaps: maps })));
    expect(entries.find(({ entry }) => entry.name === "a/prog")?.entry.uid).toBe(1000);
  });

  test("include and exclude; sockets are left out", async () => {
    const source = make("source");
    for (const name of ["a/b/c", "a/d", "e/f"]) mkdirSync(`${source}/${name}`, { recursive: true });
    const socket = Bun.listen({ unix: `${source}/e/sock`, socket: { data: () => undefined } });
    try {
      const names = async (options: { include?: string[]; exclude?: string[] }): Promise<string[]> => scanAll(await collect(tarDirectory({ directory: source, ...options }))).map(({ entry }) => entry.name);
      expect(await names({})).toEqual(["a/", "a/b/", "a/b/c/", "a/d/", "e/", "e/f/"]);
      expect(await names({ include: ["a/b"] })).toEqual(["a/b/", "a/b/c/"]);
      expect(await names({ exclude: ["a/b", "/e/"] })).toEqual(["a/", "a/d/"]);
    } finally { socket.stop(true); }
  });
});

describe("changes", () => {
  test("of a writable overlay layer", async () => {
    const lower = make("lower");
    for (const name of ["d/sub", "same", "opaque"]) mkdirSync(`${lower}/${name}`, { recursive: true });
    writeFileSync(`${lower}/d/file`, "1");
    const upper = make("upper");
    for (const name of ["d/sub/new", "same", "opaque"]) mkdirSync(`${upper}/${name}`, { recursive: true });
    writeFileSync(`${upper}/d/file`, "2");
    mknod(`${upper}/d/gone`, char);
    setXattr(`${upper}/opaque`, "trusted.overlay.opaque", Buffer.from("y"));
    for (const root of [lower, upper]) for (const name of ["d/sub", "d", "same", "opaque"]) setTimesAt(at.fdcwd, `${root}/${name}`, 0n, 1_000_000_000n);
    const changes = await changedPaths({ upperDirectory: upper, lowerDirectories: [lower], inUserNamespace: false });
    // The directories kept their times, and are listed only because something was deleted or added in them.
    expect(changes.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["modified /d/file", "modified /d", "deleted /d/gone", "modified /d/sub", "added /d/sub/new", "deleted /opaque"]);
  });

  test("of two trees, and their archive applies to the older one", async () => {
    const older = make("older");
    furnish(older);
    mkdirSync(`${older}/removed/deep`, { recursive: true });
    const newer = make("newer");
    Bun.spawnSync(["cp", "-a", `${older}/.`, newer]);
    rmSync(`${newer}/removed`, { recursive: true });
    writeFileSync(`${newer}/a/ü<&>`, "changed");
    mkdirSync(`${newer}/n`);
    writeFileSync(`${newer}/n/f`, "f");
    setXattr(`${newer}/a/zlink`, "user.new", Buffer.from("1"));
    const kinds = (await comparePaths({ directory: newer, olderDirectory: older })).map(({ kind, path }) => `${kind} ${path}`);
    expect(kinds.sort()).toEqual(["added /n", "added /n/f", "deleted /removed", "modified /a", `modified /a/${"y".repeat(120)}`, "modified /a/zlink", "modified /a/ü<&>"].sort());
    const copy = make("copy");
    Bun.spawnSync(["cp", "-a", `${older}/.`, copy]);
    await apply(copy, await collect(tarChanges({ directory: newer, olderDirectory: older })), { whiteouts: "delete" });
    expect((await comparePaths({ directory: newer, olderDirectory: copy })).map(({ path }) => path)).toEqual([]);
    expect((await comparePaths({ directory: make("empty2"), olderDirectory: make("empty1") }))).toEqual([]);
    expect(readlinkSync(`${copy}/a/sym`)).toContain("../target/");
  });
});
