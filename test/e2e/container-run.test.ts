import { beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";

withEngine("podman run", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  const none = ["--network", "none"] as const;
  beforeAll(async () => { await engine.useImage(); }, 60_000);

  test("prints what the container prints, on either stream", async () => {
    const result = await engine.run(["run", "--rm", ...none, busybox, "sh", "-c", "echo out; echo err >&2"]);
    expect(result).toEqual({ status: 0, stdout: "out\n", stderr: "err\n" });
  });

  test.each([
    ["the command's own status", 7, ["sh", "-c", "exit 7"]],
    ["a command that is not there", 127, ["no-such-command"]],
    ["a command that is not executable", 126, ["/etc"]],
    ["a command ended by a signal", 137, ["sh", "-c", "sh -c 'kill -9 $$'; exit $?"]],
  ])("exit status: %s", async (_what, status, command) => {
    expect((await engine.run(["run", "--rm", ...none, busybox, ...command])).status).toBe(status);
  });

  test("an unknown flag is a usage error", async () => {
    expect(await engine.fails(125, "run", "--no-such-flag", busybox, "true")).toContain("unknown flag: --no-such-flag");
  });

  test("an image that is nowhere is named", async () => {
    expect(await engine.fails(125, "run", "--rm", "--pull", "never", "localhost/no-such-image:1", "true")).toContain("localhost/no-such-image:1");
  });

  test("stdin is forwarded byte for byte, and its end too", async () => {
    const input = Buffer.alloc(200_000, "0123456789abcdef\n");
    const result = await engine.run(["run", "-i", "--rm", ...none, busybox, "cat"], { stdin: input });
    expect(result.stdout).toBe(input.toString());
  });

  test("the detach keys' bytes are data where there is no terminal", async () => {
    const input = Buffer.from("before\u0010\u0011after\n");
    expect((await engine.run(["run", "-i", "--rm", ...none, busybox, "cat"], { stdin: input })).stdout).toBe(input.toString());
    await engine.ok("run", "-d", "--name", "reader", ...none, busybox, "sleep", "100");
    expect((await engine.run(["exec", "-i", "reader", "cat"], { stdin: input })).stdout).toBe(input.toString());
    await engine.ok("rm", "-f", "-t", "0", "reader");
  });

  test("large output arrives whole", async () => {
    const result = await engine.run(["run", "--rm", ...none, busybox, "sh", "-c", "dd if=/dev/zero bs=64k count=64 2>/dev/null"]);
    expect(result.stdout.length).toBe(64 * 65536);
  });

  test("environment, working directory, host name, user and labels are what was asked", async () => {
    const out = await engine.ok("run", "--rm", ...none, "-e", "A=1 2", "-w", "/tmp", "-h", "box", "-u", "123:456", busybox, "sh", "-c", "echo $A; pwd; hostname; id -u; id -g");
    expect(out.split("\n")).toEqual(["1 2", "/tmp", "box", "123", "456"]);
  });

  test("a bind mount shows the host's file, read-only when asked", async () => {
    mkdirSync(join(engine.dir, "data"), { recursive: true });
    writeFileSync(join(engine.dir, "data/file"), "content");
    expect(await engine.ok("run", "--rm", ...none, "-v", `${engine.dir}/data:/data:ro`, busybox, "cat", "/data/file")).toBe("content");
    expect((await engine.run(["run", "--rm", ...none, "-v", `${engine.dir}/data:/data:ro`, busybox, "touch", "/data/new"])).status).toBe(1);
  });

  test("a named volume keeps its data between containers; an anonymous one goes with --rm", async () => {
    await engine.ok("run", "--rm", ...none, "-v", "keep:/data", busybox, "sh", "-c", "echo hello > /data/file");
    expect(await engine.ok("run", "--rm", ...none, "-v", "keep:/data", busybox, "cat", "/data/file")).toBe("hello");
    await engine.ok("run", "--rm", ...none, "-v", "/anonymous", busybox, "true");
    expect(await engine.ok("volume", "ls", "--quiet")).toBe("keep");
    await engine.ok("volume", "rm", "keep");
  });

  test("a name can be used again as soon as run --rm returns", async () => {
    for (let round = 0; round < 3; round++) await engine.ok("run", "--rm", ...none, "--name", "again", busybox, "true");
  });

  test("a name in use is refused, and --replace takes it", async () => {
    const first = await engine.ok("run", "-d", ...none, "--stop-timeout", "0", "--name", "taken", busybox, "sleep", "100");
    expect(await engine.fails(125, "run", ...none, "--name", "taken", busybox, "true")).toContain("is already in use");
    const second = await engine.ok("run", "-d", ...none, "--replace", "--name", "taken", busybox, "sleep", "100");
    expect(second).not.toBe(first);
    await engine.ok("rm", "-f", "-t", "0", "taken");
  });

  test("the container id file has the id of the newest container, and goes with it", async () => {
    const path = join(engine.dir, "cid");
    writeFileSync(path, "x".repeat(200));
    const id = await engine.ok("run", "-d", ...none, "--cidfile", path, busybox, "sleep", "100");
    expect(readFileSync(path, "utf8")).toBe(id);
    await engine.ok("rm", "-f", "-t", "0", "--cidfile", path);
    expect(existsSync(path)).toBe(false);
  });

  test("limits and privileges: read-only root, no capabilities, no new privileges", async () => {
    expect((await engine.run(["run", "--rm", ...none, "--read-only", busybox, "touch", "/file"])).status).toBe(1);
    expect(await engine.ok("run", "--rm", ...none, "--cap-drop", "ALL", busybox, "grep", "CapEff", "/proc/self/status")).toMatch(/CapEff:\s+0000000000000000/);
    expect(await engine.ok("run", "--rm", ...none, "--security-opt", "no-new-privileges", busybox, "grep", "NoNewPrivs", "/proc/self/status")).toMatch(/NoNewPrivs:\s+1/);
  });

  test("stopping: the signal reaches the process, and logs keep what it said", async () => {
    await engine.ok("run", "-d", ...none, "--name", "trapper", busybox, "sh", "-c", "trap 'echo bye; exit 3' TERM; echo ready; while true; do sleep 0.1; done");
    await waitForLog("trapper", "ready");
    await engine.ok("stop", "trapper");
    expect(await engine.ok("logs", "trapper")).toBe("ready\nbye");
    expect(await engine.ok("inspect", "--format", "{{.State.ExitCode}} {{.State.Status}}", "trapper")).toBe("3 exited");
    await engine.ok("rm", "trapper");
  });

  test("SIGTERM to a foreground podman run goes to the container", async () => {
    const child = engine.spawn(["run", "--rm", ...none, "--name", "proxied", busybox, "sh", "-c", "trap 'exit 9' TERM; echo up; while true; do sleep 0.1; done"]);
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGTERM");
    expect(await child.exited).toBe(9);
  });

  test("a client that is killed leaves a container that conmon cleans up", async () => {
    const child = engine.spawn(["run", "--rm", ...none, "--name", "orphan", busybox, "sh", "-c", "echo up; read x; exit 4"]);
    await child.stdout.getReader().read();
    child.kill("SIGKILL");
    await child.exited;
    await engine.ok("rm", "-f", "-t", "0", "orphan");
    expect(await engine.ok("ps", "-a", "-q")).toBe("");
  });

  test("a publish to a port in use fails before anything runs, and leaves nothing", async () => {
    using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() { /* never asked */ } } });
    const stderr = await engine.fails(126, "run", "--name", "ported", "-p", `127.0.0.1:${server.port}:80`, busybox, "true");
    expect(stderr).toContain("address already in use");
    await engine.run(["rm", "-f", "ported"]);
  });

  test("a published port is reachable and free again after the stop", async () => {
    await engine.ok("run", "-d", "--name", "web", "-p", "127.0.0.1:18080:80", busybox, "sh", "-c", "mkdir /w; echo served > /w/index.html; httpd -f -p 80 -h /w");
    expect(await (await eventually(async () => fetch("http://127.0.0.1:18080/"))).text()).toBe("served\n");
    expect(await engine.ok("port", "web")).toBe("80/tcp -> 127.0.0.1:18080");
    await engine.ok("rm", "-f", "-t", "0", "web");
    expect(existsSync(join(engine.dir, "root"))).toBe(true);
  });

  async function waitForLog(name: string, text: string): Promise<void> {
    await eventually(async () => {
      if (!(await engine.ok("logs", name)).includes(text)) throw new Error(`"${text}" is not in the log yet`);
    });
  }

  test("the health checks of a paused container rest until it goes on", async () => {
    const image = await engine.useImage();
    await engine.ok("run", "-d", "--name", "resting", "--network", "none", "--health-cmd", "true", "--health-interval", "200ms", image, "sleep", "100");
    await engine.ok("wait", "--condition", "healthy", "resting");
    await engine.ok("pause", "resting");
    const checks = async (): Promise<string> => engine.ok("inspect", "--format", "{{range .State.Health.Log}}{{.Start}} {{end}}", "resting");
    const before = await checks();
    await Bun.sleep(700);
    expect(await checks()).toBe(before);
    expect(await engine.ok("inspect", "--format", "{{.State.Health.Status}} {{.State.Health.FailingStreak}}", "resting")).toBe("healthy 0");
    await engine.ok("unpause", "resting");
    while (await checks() === before) await Bun.sleep(50);
    await engine.ok("rm", "--force", "--time", "0", "resting");
  });

});

/** The first success within ten seconds. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const limit = Date.now() + 10_000;
  for (;;) {
    try { return await work(); } catch (error) {
      if (Date.now() > limit) throw error;
      await Bun.sleep(50);
    }
  }
}
