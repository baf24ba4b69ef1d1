/** What goes wrong on a server at 3 a.m.: a clear error that names the thing, Podman's exit status, nothing left behind. */
import { beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, program, withEngine, type Result } from "../harness/engine.ts";

withEngine("bad input", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  let archive = "";
  beforeAll(async () => {
    await engine.useImage();
    archive = join(engine.dir, "good.tar");
    await engine.ok("save", "-q", "-o", archive, busybox);
  }, 60_000);

  test.each([
    ["an unknown command", 125, ["runn", "x"], "unrecognized command `podman runn`"],
    ["an unknown flag", 125, ["run", "--nope", busybox], "unknown flag: --nope"],
    ["no image", 125, ["run"], "requires at least 1 arg(s), only received 0"],
    ["a reference with capitals", 125, ["pull", "localhost/UPPER:1"], "repository name must be lowercase"],
    ["a reference that is none", 125, ["run", "localhost/a b", "true"], "invalid reference format"],
    ["an image that is nowhere", 125, ["run", "--pull", "never", "localhost/none:1", "true"], "localhost/none:1: image not known"],
    ["a container that is nowhere", 125, ["start", "nosuch"], "no container with name or ID \"nosuch\" found: no such container"],
    ["a network that is nowhere", 125, ["run", "--network", "nosuch", busybox, "true"], "unable to find network with name or ID nosuch: network not found"],
    ["a port that is none", 125, ["run", "-p", "99999:1", busybox, "true"], "port numbers must be between 1 and 65535 (inclusive), got 99999"],
    ["a size that is none", 125, ["run", "-m", "much", busybox, "true"], "invalid size: 'much'"],
    ["a directory that is missing", 125, ["run", "-v", "/no/such/dir:/x", busybox, "true"], "/no/such/dir"],
    ["a capability that is none", 125, ["run", "--cap-add", "CAP_FLY", busybox, "true"], "CAP_FLY"],
    ["a user that is missing", 126, ["run", "-u", "nobody-here", busybox, "true"], "nobody-here"],
    ["a volume name that is none", 125, ["volume", "create", "a/b"], "names must match"],
  ])("%s", async (_what, status, argv, message) => {
    expect(await engine.run(argv)).toMatchObject({ status, stderr: expect.stringContaining(message) as unknown as string });
    await nothingLeft();
  });

  describe("archives", () => {
    const load = async (path: string): Promise<Result> => engine.run(["load", "-i", path]);
    test("one that is missing", async () => { expect(await load("/no/such/archive.tar")).toMatchObject({ status: 125, stderr: expect.stringContaining("/no/such/archive.tar") as unknown as string }); });
    test("one that is text", async () => {
      writeFileSync(join(engine.dir, "text.tar"), "this is not an archive\n".repeat(100));
      expect((await load(join(engine.dir, "text.tar"))).status).toBe(125);
      await sameImages();
    });
    test("one that is cut off at many places", async () => {
      const bytes = readFileSync(archive);
      for (const part of [0.02, 0.3, 0.6, 0.9]) {
        const path = join(engine.dir, "cut.tar");
        writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * part)));
        expect((await load(path)).status).toBe(125);
        await sameImages();
      }
    });
    test("one whose layer has another content than its digest", async () => {
      const bytes = Buffer.from(readFileSync(archive));
      bytes.fill(0x41, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 64);
      writeFileSync(join(engine.dir, "flipped.tar"), bytes);
      const other = ["--root", join(engine.dir, "other/root"), "--runroot", join(engine.dir, "other/run")];
      const { status, stderr } = await direct([...other, "load", "-i", join(engine.dir, "flipped.tar")]);
      expect({ status, named: /sha256:|digest/.test(stderr) }).toEqual({ status: 125, named: true });
      expect((await direct([...other, "images", "-q", "-a"])).stdout).toBe("");
    });
  });

  test("a full disk: said so, nothing half there, and room again when it is emptied", async () => {
    const small = join(engine.dir, "small");
    mkdirSync(small);
    expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small]).exitCode).toBe(0);
    try {
      const flags = ["--root", `${small}/root`, "--runroot", `${small}/run`, "--tmpdir", `${small}/tmp`];
      const { status, stderr } = await direct([...flags, "load", "-i", archive]);
      expect({ status, stderr }).toEqual({ status: 125, stderr: expect.stringContaining("no space left on device") as unknown as string });
      expect((await direct([...flags, "images", "-q", "-a"])).stdout).toBe("");
      const { blocks, bfree } = statfsSync(small);
      expect(bfree / blocks).toBeGreaterThan(0.5);
    } finally {
      for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n").filter((entry) => entry.includes(`${small}/`)).toReversed()) Bun.spawnSync(["umount", "-l", line.split(" ")[4] ?? ""]);
      Bun.spawnSync(["umount", "-l", small]);
      rmSync(small, { recursive: true });
    }
  });

  test.each([
    ["crun", "[engine]\nruntime = \"crun\"\n[engine.runtimes]\ncrun = [\"/no/crun\"]\n", "crun"],
    ["conmon", "[engine]\nconmon_path = [\"/no/conmon\"]\n", "conmon"],
    ["netavark", "[engine]\nhelper_binaries_dir = [\"/no/helpers\"]\n", "netavark"],
  ])("without %s: named, with the remedy", async (name, text, message) => {
    const path = join(engine.dir, `${name}.conf`);
    writeFileSync(path, text);
    const { status, stderr } = await engine.run(["run", "--rm", busybox, "true"], { env: { CONTAINERS_CONF: path, PATH: "/nowhere" } });
    expect(status).toBeGreaterThan(124);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/install|containers\.conf/);
    await nothingLeft();
  });

  test("a damaged record of an image is told, and stops nothing else", async () => {
    await engine.ok("tag", busybox, "localhost/other:1");
    const images = join(engine.dir, "root/overlay-images");
    const folder = readdirSync(images).find((entry) => /^[0-9a-f]{64}$/.test(entry)) ?? "";
    const manifest = readdirSync(join(images, folder)).find((entry) => entry === "manifest") ?? "";
    const path = join(images, folder, manifest);
    const saved = readFileSync(path);
    truncateSync(path, 10);
    try {
      for (const argv of [["ps", "-a"], ["volume", "ls"], ["info"]]) await engine.ok(...argv);
      const { status, stdout, stderr } = await engine.run(["images", "--format", "{{.Repository}}"]);
      expect([status, stdout]).toEqual([125, "localhost/other\nlocalhost/busybox\n"]);
      expect(stderr).toContain(folder);
    } finally { writeFileSync(path, saved); }
    await engine.ok("untag", "localhost/other:1", "localhost/other:1");
  });

  async function nothingLeft(): Promise<void> {
    await engine.run(["rm", "-a", "-f", "-t", "0"]);
    expect(await engine.ok("ps", "-a", "-q")).toBe("");
    await sameImages();
  }
  async function sameImages(): Promise<void> {
    expect((await engine.ok("images", "-a", "--format", "{{.Repository}}")).split("\n")).toEqual(["localhost/busybox"]);
    expect(existsSync(archive)).toBe(true);
  }
  /** The program with other global flags than the engine's. */
  async function direct(argv: readonly string[]): Promise<Result> {
    const child = Bun.spawn([program, ...argv], { stdin: "ignore", stdout: "pipe", stderr: "pipe", env: { ...engine.env } });
    const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
    return { status, stdout, stderr };
  }
});
