/** Sentences and statuses of small verbs that scripts depend on, as Podman says them. */
import { beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";

const none = ["--network", "none"] as const;

withEngine("port, wait, top, diff, export, rename", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => {
    await engine.useImage();
    await engine.ok("run", "-d", "--name", "up", ...none, busybox, "sleep", "1000");
    await engine.ok("create", "--name", "down", "-p", "8080:80", busybox, "sh", "-c", "exit 3");
  }, 60_000);
  const says = async (...args: readonly string[]): Promise<string> => engine.fails(125, ...args);

  test("port says nothing of what does not run or publishes nothing", async () => {
    expect(await engine.ok("port", "down")).toBe("");
    expect(await engine.ok("port", "down", "81")).toBe("");
    expect(await engine.ok("port", "up", "80")).toBe("");
    expect(await says("port", "absent")).toContain("Error: no container with name or ID \"absent\" found: no such container\n");
  });

  test("wait tells every name that was given", async () => {
    await engine.run(["start", "--attach", "down"]);
    expect(await engine.ok("wait", "down", "down")).toBe("3\n3");
    expect(await engine.ok("wait", "--condition", "exited,running", "up")).toBe("-1");
    expect(await engine.ok("wait", "--exit-first-match", "up", "down")).toBe("3");
    expect(await engine.ok("wait", "--ignore", "absent")).toBe("-1");
    expect(await says("wait", "--condition", "bogus", "up")).toContain("Error: unknown container state: bogus: invalid argument\n");
  });

  test("refusals name the thing", async () => {
    expect(await says("top", "absent")).toContain("Error: unable to look up requested container: no container with name or ID \"absent\" found: no such container\n");
    expect(await says("container", "diff", busybox)).toContain(`Error: ${busybox} not found: container not known\n`);
    expect(await says("export", "-o", join(engine.dir, "none/x"), "down")).toContain(`Error: open ${join(engine.dir, "none/x")}: no such file or directory\n`);
    expect(await says("rename", "up", "x/y")).toContain("Error: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument\n");
  });

  test("what is told of copies and exports as events", async () => {
    await engine.ok("cp", "up:/etc/passwd", join(engine.dir, "passwd"));
    await engine.ok("export", "-o", join(engine.dir, "up.tar"), "up");
    await engine.ok("container", "clone", "up");
    const told = (await engine.ok("events", "--stream=false", "--since", "1m", "--filter", "type=container", "--format", "{{.Status}} {{.Name}}")).split("\n");
    expect(told).toContain("export up");
    expect(told).toContain("create up-clone");
    expect(told.filter((line) => line.startsWith("cp") || line.startsWith("mount"))).toEqual([]);
  });
});
