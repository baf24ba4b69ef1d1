/**
 * Files of an image that we read and write ourselves: users, groups, the working directory, places of mounts. Whatever lies there, nothing
 * of the host is read or written and nobody waits for it (CVE-2024-9676, CVE-2024-9341, CVE-2026-55686's class).
 */
import { beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busyboxLayer, buildImage, writeOciArchive } from "../harness/image.ts";
import { withEngine } from "../harness/engine.ts";
import type { TarEntry } from "../harness/tar.ts";

const none = ["--network", "none"] as const;

withEngine("files of a hostile image", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  const outside = (): string => join(engine.dir, "outside");
  let counter = 0;
  beforeAll(() => {
    mkdirSync(outside());
    writeFileSync(join(outside(), "passwd"), "host:x:1:1::/:/bin/sh\n");
    writeFileSync(join(outside(), "group"), "host:x:1:\n");
  });
  const without = (...names: readonly string[]): readonly TarEntry[] => busyboxLayer().filter(({ name }) => !names.includes(name));
  const untouched = (): void => {
    expect(readdirSync(outside()).toSorted()).toEqual(["group", "passwd"]);
    expect([readFileSync(join(outside(), "passwd"), "utf8"), readFileSync(join(outside(), "group"), "utf8")]).toEqual(["host:x:1:1::/:/bin/sh\n", "host:x:1:\n"]);
  };
  async function imageOf(layer: readonly TarEntry[], config: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const name = `localhost/hostile${counter++}:latest`;
    writeOciArchive(buildImage({ layers: [layer], config: { Cmd: ["sh"], ...config } }), join(engine.dir, "image.tar"), name);
    await engine.ok("load", "-q", "-i", join(engine.dir, "image.tar"));
    return name;
  }

  test("a FIFO or a directory as /etc/passwd or /etc/group: told at once, never waited for", async () => {
    const kinds: readonly (readonly [string, Partial<TarEntry>])[] = [["FIFO", { type: "6" }], ["directory", {}]];
    for (const file of ["etc/passwd", "etc/group"]) for (const [kind, entry] of kinds) {
      const image = await imageOf([...without(file), { name: kind === "directory" ? `${file}/` : file, ...entry }]);
      const { status, stderr } = await engine.run(["run", "--rm", ...none, "--user", "user", image, "id"], { timeoutMillis: 20_000 });
      expect([file, kind, status === 0 ? "ran" : stderr.trim() === "" ? "silent" : "told"]).toEqual([file, kind, "told"]);
    }
  });

  test("links to files of the host are looked up inside", async () => {
    const image = await imageOf([...without("etc/passwd", "etc/group"), { name: "etc/passwd", link: `${outside()}/passwd` }, { name: "etc/group", link: `../../../../../../..${outside()}/group` }]);
    await engine.run(["run", "--rm", ...none, "--user", "4321:4321", image, "id"]);
    expect(await engine.fails(126, "run", "--rm", ...none, "--user", "host", image, "id")).toContain("host");
    const directory = await imageOf([...busyboxLayer().filter(({ name }) => !name.startsWith("etc/")), { name: "etc", link: outside() }]);
    await engine.run(["run", "--rm", ...none, "--user", "4321", directory, "id"]);
    untouched();
  });

  test("the working directory is made inside, whatever its parents are", async () => {
    const links: readonly TarEntry[] = [{ name: "wd", link: outside() }, { name: "up", link: `../../../../../..${outside()}` }, { name: "magic", link: "/proc/self/cwd" }];
    for (const workdir of ["/wd/a/b", "/up/a", "/magic/a", "/wd/../../a"]) {
      const image = await imageOf([...busyboxLayer(), ...links], { WorkingDir: workdir });
      await engine.run(["run", "--rm", ...none, "--user", "1000", image, "pwd"]);
      untouched();
    }
    expect(existsSync(join(engine.dir, "a"))).toBe(false);
  });

  test("places of mounts and of our own files are made inside", async () => {
    writeFileSync(join(engine.dir, "value"), "secret value");
    await engine.ok("secret", "create", "s", join(engine.dir, "value"));
    const image = await imageOf([...busyboxLayer().filter(({ name }) => name !== "run/"), { name: "run", link: outside() }, { name: "data", link: outside() }, { name: "zone", link: `${outside()}/zone` }]);
    for (const flags of [["--secret", "s"], ["-v", "vol:/data/deep"], ["--tmpfs", "/data/t"], ["--init"], ["--privileged"], ["--tz", "Europe/Berlin"]]) {
      await engine.run(["run", "--rm", ...none, ...flags, image, "true"]);
      untouched();
    }
    await engine.ok("secret", "rm", "s");
    await engine.ok("volume", "rm", "-f", "vol");
  });

  test("a passwd of many megabytes is refused, not read for ever", async () => {
    const image = await imageOf([...without("etc/passwd"), { name: "etc/passwd", content: Buffer.alloc(12 * 1024 * 1024, "x:x:1:1::/:/\n") }]);
    expect(await engine.fails(126, "run", "--rm", ...none, "--user", "user", image, "id")).toContain("larger than");
  });
});
