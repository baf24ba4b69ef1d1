/** The command line over a socket: `podman --url` does what `podman` does. And the service as a process. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { busybox, program as podman, withEngine, type Result, type TestEngine } from "../harness/engine.ts";
import { runRemote, startService, type Service } from "../harness/service.ts";

withEngine("podman over a socket", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => { describe("client", () => {
  let service: Service;
  beforeAll(async () => { await engine.useImage(); service = await startService(engine); }, 60_000);
  afterAll(async () => { expect(await service.stop()).toBe(0); expect(existsSync(service.path)).toBe(false); });

  const remote = async (...args: readonly string[]): Promise<Result> => runRemote(engine, ["--url", service.url, ...args]);
  const ok = async (...args: readonly string[]): Promise<string> => {
    const result = await remote(...args);
    if (result.status !== 0) throw new Error(`podman --url … ${args.join(" ")}: status ${result.status}\n${result.stderr}${result.stdout}`);
    return result.stdout.replace(/\n$/, "");
  };
  const none = ["--network", "none"] as const;

  test("run: streams, status, input, --rm; commands that cannot run", async () => {
    expect(await remote("run", "--rm", ...none, busybox, "sh", "-c", "echo out; echo err >&2; exit 3")).toEqual({ status: 3, stdout: "out\n", stderr: "err\n" });
    expect(await runRemote(engine, ["--url", service.url, "run", "--rm", "-i", ...none, busybox, "cat"], { stdin: "hello\n" })).toEqual({ status: 0, stdout: "hello\n", stderr: "" });
    expect((await remote("run", "--rm", ...none, busybox, "no-such-command")).status).toBe(127);
    expect((await remote("run", "--rm", ...none, busybox, "/etc")).status).toBe(126);
    expect((await remote("run", "--no-such-flag")).status).toBe(125);
    expect(await ok("ps", "-aq")).toBe("");
  });

  test("CONTAINER_HOST and --remote lead there too", async () => {
    expect((await runRemote(engine, ["info", "--format", "{{.Host.ServiceIsRemote}}"], { env: { CONTAINER_HOST: service.url } })).stdout).toBe("true\n");
    expect((await engine.run(["info", "--format", "{{.Host.ServiceIsRemote}}"])).stdout).toBe("false\n");
  });

  test("version has both sides", async () => {
    const text = await ok("version");
    expect(text.match(/^(?:Client|Server):/gm)).toEqual(["Client:", "Server:"]);
    expect(JSON.parse(await ok("version", "--format", "json"))).toMatchObject({ Client: { Os: "linux" }, Server: { Os: "linux" } });
  });

  test("a detached container: ps, exec, logs -f, attach, wait, stop, rm", async () => {
    const id = await ok("run", "-d", "--name", "web", ...none, "-e", "A=b", "-v", "data:/data", busybox, "sh", "-c", "echo one; while [ ! -e /data/go ]; do sleep 0.05; done; echo two; exit 4");
    expect(await ok("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}")).toBe(`${id} web running`);
    const follow = remote("logs", "-f", "web");
    const waited = remote("wait", "web");
    expect(await ok("exec", "web", "sh", "-c", "echo $A")).toBe("b");
    expect(await runRemote(engine, ["--url", service.url, "exec", "-i", "web", "cat"], { stdin: "in" })).toMatchObject({ status: 0, stdout: "in" });
    expect((await remote("exec", "web", "sh", "-c", "exit 9")).status).toBe(9);
    await ok("exec", "-d", "web", "touch", "/data/go");
    expect((await follow).stdout).toBe("one\ntwo\n");
    expect((await waited).stdout).toBe("4\n");
    expect(await ok("inspect", "--format", "{{.State.ExitCode}} {{.Name}}", "web")).toBe("4 web");
    await ok("rm", "-v", "web");
    await ok("volume", "rm", "data");
  });

  test("a terminal: its size, its keys, and detaching from it", async () => {
    const session = terminal(engine, ["--url", service.url, "run", "-it", "--name", "tty", ...none, busybox, "sh"]);
    await session.until(/[#$] /);
    session.type("stty size; tty\n");
    await session.until(/24 80[^]*\/dev\/pts\/0/);
    session.type("\u0010\u0011");
    expect(await session.exited).toBe(0);
    expect(await ok("ps", "--format", "{{.Names}} {{.State}}")).toBe("tty running");
    const again = terminal(engine, ["--url", service.url, "attach", "tty"]);
    again.type("exit 5\n");
    expect(await again.exited).toBe(5);
    await ok("rm", "tty");
  });

  test("images travel: save, load, import, export, tag, history, rmi", async () => {
    const file = join(engine.dir, "saved.tar");
    await ok("tag", busybox, "localhost/copy:1");
    await ok("save", "-o", file, "localhost/copy:1");
    await ok("rmi", "localhost/copy:1");
    expect(await ok("load", "-i", file)).toBe("Loaded image: localhost/copy:1");
    const root = join(engine.dir, "root.tar");
    await ok("run", "--name", "Upper", ...none, busybox, "touch", "/made");
    expect(await ok("diff", "Upper")).toContain("A /made");
    await ok("export", "-o", root, "Upper");
    await ok("rm", "Upper");
    await ok("import", root, "localhost/imported:1");
    expect(await ok("run", "--rm", ...none, "localhost/imported:1", "cat", "/var/www/index.html")).toBe("hello from busybox");
    expect((await ok("history", "--format", "{{.CreatedBy}}", "localhost/copy:1"))).toBe("layer 0");
    await ok("rmi", "localhost/imported:1", "localhost/copy:1");
    expect((await remote("image", "exists", "localhost/copy:1")).status).toBe(1);
  });

  test("volumes, networks, events, and errors in Podman's words", async () => {
    await ok("volume", "create", "v");
    expect(await ok("volume", "ls", "-q")).toBe("v");
    await ok("volume", "rm", "v");
    await ok("network", "create", "further");
    expect(await ok("network", "ls", "-q", "--filter", "name=further")).toBe("further");
    await ok("network", "rm", "further");
    expect(await ok("events", "--stream=false", "--filter", "event=create", "--filter", "volume=v", "--format", "{{.Status}}")).toBe("create");
    expect((await remote("rm", "nope")).stderr).toBe('Error: no container with ID or name "nope" found: no such container\n');
    expect((await remote("start", "nope")).stderr).toContain('"nope"');
    expect((await runRemote(engine, ["--url", `unix://${engine.dir}/none.sock`, "ps"])).status).toBe(125);
  });

  test("pods: create, run into one, ps, inspect, stats, logs, stop, start, rm", async () => {
    const id = await ok("pod", "create", "--name", "far", "--network", "none", "--label", "l=1", "--exit-policy", "stop", "--share", "ipc,uts", "-v", "podfar:/given", "--security-opt", "seccomp=unconfined", "--memory", "64m");
    expect(await ok("pod", "inspect", "far", "--format", "{{.Id}} {{.Labels.l}} {{.ExitPolicy}} {{.SharedNamespaces}} {{.MemoryLimit}} {{.SecurityOpts}} {{range .Mounts}}{{.Name}}{{end}}")).toBe(`${id} 1 stop [ipc uts] 67108864 [seccomp=unconfined] podfar`);
    await ok("run", "-d", "--pod", "far", "--name", "far-a", busybox, "sh", "-c", "echo said; sleep 100");
    expect(await ok("pod", "ps", "--format", "{{.Name}} {{.Status}} {{.NumberOfContainers}}")).toBe("far Running 2");
    expect(await ok("inspect", "--type", "pod", "--format", "{{.Name}}", "far")).toBe("far");
    expect(await ok("pod", "logs", "-c", "far-a", "far")).toBe("said");
    expect(await ok("pod", "stats", "--no-stream", "--format", "{{.Name}}", "far")).toBe(`NAME\n${id.slice(0, 12)}-infra\nfar-a`);
    const get = async (query: string): Promise<Response> => fetch(`http://d/v5.0.0/libpod/pods/stats?${query}`, { unix: service.path });
    expect(await (await get("namesOrIDs=far")).json()).toMatchObject([{ Pod: id.slice(0, 12) }, { Name: "far-a", CID: expect.stringMatching(/^[0-9a-f]{12}$/) }]);
    expect((await get("namesOrIDs=absent")).status).toBe(404);
    expect(await ok("pod", "stop", "-t", "0", "far")).toBe("far");
    expect(await ok("pod", "start", "far")).toBe("far");
    expect((await remote("pod", "rm", "far")).stderr).toContain("cannot be removed without force");
    expect(await ok("pod", "rm", "-f", "-t", "0", "far")).toBe(id);
    expect((await remote("pod", "exists", "far")).status).toBe(1);
    expect((await remote("pod", "inspect", "far")).stderr).toContain("no such pod far");
    await ok("volume", "rm", "podfar");
  });
}); });

withEngine("podman system service", { needs: ["root", "isolated"] }, (engine) => {
  const program = (...args: readonly string[]): readonly string[] => engine.argv("system", "service", ...args);
  const start = (argv: readonly string[], env: Readonly<Record<string, string>> = {}): Bun.Subprocess => Bun.spawn([...argv], { stdio: ["ignore", "inherit", "inherit"], env: { ...engine.env, ...env } });
  const ping = async (options: { readonly unix?: string; readonly url?: string }): Promise<string> => (await fetch(`${options.url ?? "http://d"}/_ping`, options.unix === undefined ? {} : { unix: options.unix })).text();

  test("ends by itself when nothing happens, and takes its socket away", async () => {
    const service = await startService(engine, ["--time", "1"], "idle.sock");
    expect(await ping({ unix: service.path })).toBe("OK");
    const before = Date.now();
    while (existsSync(service.path)) await Bun.sleep(50);
    expect(Date.now() - before).toBeGreaterThan(500);
  });

  test("a socket that a killed service left is no obstacle", async () => {
    writeFileSync(join(engine.dir, "stale.sock"), "");
    const path = join(engine.dir, "stale.sock");
    const child = start(program("--time", "0", `unix://${path}`));
    await answers(() => ping({ unix: path }));
    child.kill("SIGINT");
    expect(await child.exited).toBe(0);
  });

  test("TCP", async () => {
    const port = await freePort();
    const child = start(program("--time", "0", `tcp://127.0.0.1:${port}`));
    await answers(() => ping({ url: `http://127.0.0.1:${port}` }));
    expect(await runRemote(engine, ["--url", `tcp://127.0.0.1:${port}`, "ps", "-q"])).toEqual({ status: 0, stdout: "", stderr: "" });
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  });

  test("socket activation: the inherited socket is served and stays", async () => {
    const path = join(engine.dir, "activated.sock");
    mkdirSync(engine.dir, { recursive: true });
    // LISTEN_PID must be the pid of the service: the same process becomes it.
    const python = `import os,socket,sys
s=socket.socket(socket.AF_UNIX);s.bind(sys.argv[1]);s.listen(5);os.dup2(s.fileno(),3);os.set_inheritable(3,True)
os.environ["LISTEN_FDS"]="1";os.environ["LISTEN_PID"]=str(os.getpid());os.execv(sys.argv[2],sys.argv[2:])`;
    if (Bun.which("python3") === null) return;
    const child = start(["python3", "-c", python, path, ...program("--time", "1")]);
    await answers(() => ping({ unix: path }));
    expect(await child.exited).toBe(0);
    expect(existsSync(path)).toBe(true);
  });

  test("an address of another kind is refused", async () => {
    expect(await engine.fails(125, "system", "service", "npipe:////./pipe/x")).toContain("not supported");
  });
});

async function answers(ask: () => Promise<string>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try { expect(await ask()).toBe("OK"); return; } catch (error) {
      if (tries > 100) throw error;
      await Bun.sleep(50);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  const probe = connect(port, "127.0.0.1");
  probe.on("error", () => { probe.destroy(); });
  return port;
}

interface Terminal { type(keys: string): void; until(pattern: RegExp): Promise<void>; readonly exited: Promise<number> }

function terminal(engine: TestEngine, args: readonly string[]): Terminal {
  let seen = "";
  let wake = Promise.withResolvers<void>();
  const child = Bun.spawn([podman, ...args], {
    env: engine.env, cwd: engine.dir,
    terminal: { cols: 80, rows: 24, data: (_terminal, data) => { seen += Buffer.from(data).toString(); wake.resolve(); wake = Promise.withResolvers(); } },
  });
  return {
    type: (keys) => { child.terminal?.write(keys); },
    until: async (pattern) => {
      const limit = AbortSignal.timeout(10_000);
      while (!pattern.test(seen)) {
        if (limit.aborted) throw new Error(`not seen: ${pattern.source} in ${JSON.stringify(seen)}`);
        await Promise.race([wake.promise, Bun.sleep(200)]);
      }
    },
    exited: child.exited,
  };
}
