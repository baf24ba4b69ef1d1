import { beforeAll, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";

withEngine("roots, id files and what new containers find", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  const none = ["--network", "none"] as const;
  beforeAll(async () => { await engine.useImage(); }, 60_000);

  test("a throw-away layer over a root file system leaves it as it was", async () => {
    const mounted = await engine.ok("image", "mount", busybox);
    const root = join(engine.dir, "base");
    cpSync(mounted.trim(), root, { recursive: true, verbatimSymlinks: true });
    await engine.ok("image", "unmount", busybox);
    expect(await engine.ok("run", "--name", "over", ...none, "--rootfs", `${root}:O`, "sh", "-c", "echo new > /made && cat /made")).toBe("new");
    expect(existsSync(join(root, "made"))).toBe(false);
    await engine.ok("rm", "over");
    expect(readFileSync("/proc/self/mountinfo", "utf8").includes(`lowerdir=${join(engine.dir, "base")}`)).toBe(false);
  });

  test("the id files hold the id and go with the container", async () => {
    const [id, conmon] = [join(engine.dir, "cid"), join(engine.dir, "conmon.pid")];
    writeFileSync(id, "longer than any identifier of a container could ever be, to be cut");
    const out = await engine.ok("run", "-d", "--name", "filed", ...none, "--cidfile", id, "--conmon-pidfile", conmon, busybox, "sleep", "100");
    expect(readFileSync(id, "utf8")).toBe(out);
    expect(readFileSync(conmon, "utf8")).toBe(await engine.ok("inspect", "--format", "{{.State.ConmonPid}}", "filed"));
    await engine.ok("rm", "-f", "-t", "0", "/filed");
    expect(existsSync(id)).toBe(false);
  });

  test("a volume is filled from the first place that has something", async () => {
    await engine.ok("run", "--rm", ...none, "-v", "filled:/nowhere", busybox, "true");
    expect(await engine.ok("volume", "inspect", "--format", "{{.NeedsCopyUp}} {{.NeedsChown}}", "filled")).toBe("true true");
    await engine.ok("run", "--rm", ...none, "-v", "filled:/bin", busybox, "true");
    expect(await engine.ok("volume", "inspect", "--format", "{{.NeedsCopyUp}} {{.NeedsChown}}", "filled")).toBe("false false");
    await engine.ok("volume", "rm", "filled");
  });

  test("mounts.conf gives every container a copy", async () => {
    const source = join(engine.dir, "shared");
    mkdirSync(source);
    writeFileSync(join(source, "note"), "for all");
    writeFileSync(join(engine.dir, "mounts.conf"), `/no/such/path\n${source}:/run/shared\n`);
    expect(await engine.ok("--default-mounts-file", join(engine.dir, "mounts.conf"), "run", "--rm", ...none, busybox, "cat", "/run/shared/note")).toBe("for all");
  });
});
