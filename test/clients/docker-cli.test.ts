/** The docker command, unmodified, against our service. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine, type Result, type TestEngine } from "../harness/engine.ts";
import { startService, type Service } from "../harness/service.ts";

withEngine("docker", { needs: ["root", "isolated", "crun", "conmon", "docker"] }, (engine) => { describe("client", () => {
  let service: Service;
  beforeAll(async () => { await engine.useImage(); service = await startService(engine); }, 60_000);
  afterAll(async () => { await service.stop(); });

  const docker = async (args: readonly string[], stdin?: string): Promise<Result> => runDocker(engine, service, args, stdin);
  const ok = async (...args: readonly string[]): Promise<string> => {
    const result = await docker(args);
    if (result.status !== 0) throw new Error(`docker ${args.join(" ")}: status ${result.status}\n${result.stderr}${result.stdout}`);
    return result.stdout.replace(/\n$/, "");
  };
  const none = ["--network", "none"] as const;

  test("knows the server and its facts", async () => {
    expect(await ok("version", "--format", "{{.Server.APIVersion}} {{(index .Server.Components 0).Name}}")).toBe("1.44 Podman Engine");
    expect(await ok("info", "--format", "{{.OSType}} {{.Driver}}")).toBe("linux overlay");
  });

  test("run: streams, status, stdin, --rm", async () => {
    expect(await docker(["run", "--rm", ...none, busybox, "sh", "-c", "echo out; echo err >&2; exit 3"])).toEqual({ status: 3, stdout: "out\n", stderr: "err\n" });
    expect((await docker(["run", "--rm", "-i", ...none, busybox, "cat"], "hello\n")).stdout).toBe("hello\n");
    expect(await ok("ps", "-aq")).toBe("");
  });

  test("what cannot run has docker's statuses, and --rm leaves nothing", async () => {
    expect((await docker(["run", "--rm", ...none, busybox, "no-such-command"])).status).toBe(127);
    expect((await docker(["run", "--rm", ...none, busybox, "/etc"])).status).toBe(126);
    expect(await docker(["run", "-d", "--rm", ...none, busybox, "no-such-command"])).toMatchObject({ status: 127, stderr: expect.stringContaining("no-such-command") });
    expect(await ok("ps", "-aq")).toBe("");
  });

  test("a detached container with a published port: ps, exec, logs, port, inspect, stop, rm", async () => {
    const id = await ok("run", "-d", "--name", "web", "-p", "127.0.0.1:8093:80", "-v", "data:/data", "--tmpfs", "/t", "-e", "A=b", "-l", "x=y", busybox, "sh", "-c", "echo ready; exec httpd -f -h /var/www");
    expect(await ok("ps", "--format", "{{.Names}} {{.Image}} {{.Ports}} {{.State}}")).toBe(`web ${busybox} 127.0.0.1:8093->80/tcp running`);
    expect(await ok("ps", "--format", "{{.Status}}")).toStartWith("Up ");
    expect(await (await fetch("http://127.0.0.1:8093/")).text()).toBe("hello from busybox\n");
    expect(await ok("port", "web")).toBe("80/tcp -> 127.0.0.1:8093");
    expect(await ok("exec", "web", "sh", "-c", "echo $A; mount | grep -c ' /t '")).toBe("b\n1");
    expect((await docker(["exec", "web", "sh", "-c", "exit 9"])).status).toBe(9);
    expect((await docker(["exec", "-i", "web", "cat"], "in")).stdout).toBe("in");
    expect(await ok("logs", "web")).toBe("ready");
    expect(await ok("inspect", "--format", "{{.Id}} {{.Config.Labels.x}} {{.State.Running}} {{(index .Mounts 0).Name}}", "web")).toBe(`${id} y true data`);
    expect(await ok("top", "web")).toContain("httpd");
    await ok("pause", "web");
    expect(await ok("ps", "--filter", "status=paused", "-q")).toBe(id.slice(0, 12));
    await ok("unpause", "web");
    await ok("rename", "web", "renamed");
    await ok("restart", "-t", "0", "renamed");
    await ok("stop", "-t", "0", "renamed");
    expect(await ok("ps", "-a", "--format", "{{.Status}}")).toStartWith("Exited (");
    await ok("rm", "-v", "renamed");
    await ok("volume", "rm", "data");
  });

  test("wait and events tell the end; logs -f follows", async () => {
    const since = String(Math.floor(Date.now() / 1000));
    await ok("run", "-d", "--name", "short", ...none, busybox, "sh", "-c", "echo a; sleep 0.3; echo b; exit 4");
    expect(await ok("logs", "-f", "short")).toBe("a\nb");
    expect(await ok("wait", "short")).toBe("4");
    const until = String(Math.ceil(Date.now() / 1000) + 1);
    const events = (await ok("events", "--since", since, "--until", until, "--filter", "container=short", "--format", "{{.Action}}")).split("\n");
    expect(events).toContain("die");
    expect(events.indexOf("start")).toBeLessThan(events.indexOf("die"));
    await ok("rm", "short");
  });

  test("create, start attached, kill, prune", async () => {
    await ok("create", "--name", "made", ...none, busybox, "sh", "-c", "echo attached; exit 6");
    expect(await docker(["start", "-a", "made"])).toMatchObject({ status: 6, stdout: "attached\n" });
    await ok("run", "-d", "--name", "victim", ...none, busybox, "sleep", "1000");
    await ok("kill", "victim");
    expect(await ok("inspect", "--format", "{{.State.ExitCode}}", "victim")).toBe("137");
    expect(await ok("container", "prune", "-f")).toContain("Deleted Containers:");
    expect(await ok("ps", "-aq")).toBe("");
  });

  test("images: list, inspect, history, tag, save, load, import, rmi", async () => {
    expect(await ok("images", "--format", "{{.Repository}}:{{.Tag}}")).toBe(busybox);
    expect(await ok("image", "inspect", "--format", "{{.Os}} {{index .RepoTags 0}}", busybox)).toBe(`linux ${busybox}`);
    expect(await ok("history", "--format", "{{.CreatedBy}}", busybox)).toBe("layer 0");
    await ok("tag", busybox, "copy:1");
    expect(await ok("images", "--format", "{{.Repository}}:{{.Tag}}", "copy:1")).toContain("copy:1");
    const file = join(engine.dir, "saved.tar");
    await ok("save", "-o", file, "copy:1");
    expect(await ok("rmi", "copy:1")).toContain("Untagged: docker.io/library/copy:1");
    expect(await ok("load", "-i", file)).toContain("Loaded image: docker.io/library/copy:1");
    await ok("import", file, "imported:1");
    expect(await ok("rmi", "copy:1", "imported:1")).toContain("Deleted: sha256:");
    expect(await docker(["rmi", "no-such"])).toMatchObject({ status: 1, stderr: expect.stringContaining("no-such") });
  });

  test("commit makes an image; update changes limits; disk use is told", async () => {
    await ok("run", "--name", "base", ...none, busybox, "sh", "-c", "echo x > /made");
    expect(await ok("commit", "-m", "why", "-c", "CMD cat /made", "base", "committed:1")).toStartWith("sha256:");
    await ok("rm", "base");
    expect(await ok("run", "--rm", ...none, "committed:1")).toBe("x");
    await ok("rmi", "committed:1");
    await ok("create", "--name", "limited", ...none, busybox, "true");
    await ok("update", "--cpus", "0.5", "limited");
    expect(await ok("inspect", "--format", "{{.HostConfig.CpuQuota}}", "limited")).toBe("50000");
    await ok("rm", "limited");
    expect(await ok("system", "df", "--format", "{{.Type}} {{.TotalCount}}")).toContain("Images 1");
  });

  test("volumes and networks", async () => {
    expect(await ok("volume", "create", "--label", "a=b", "v")).toBe("v");
    expect(await ok("volume", "ls", "-q", "--filter", "label=a=b")).toBe("v");
    expect(await ok("volume", "inspect", "--format", "{{.Driver}}", "v")).toBe("local");
    await ok("volume", "rm", "v");
    await ok("network", "create", "--subnet", "10.123.45.0/24", "n");
    expect(await ok("network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", "n")).toBe("10.123.45.0/24");
    expect((await ok("network", "ls", "--format", "{{.Name}}")).split("\n").toSorted()).toEqual(["bridge", "n"]);
    expect(await ok("run", "--rm", "--network", "n", "--ip", "10.123.45.77", busybox, "sh", "-c", "ip -4 addr show eth0 | grep -o 10.123.45.77")).toBe("10.123.45.77");
    await ok("network", "rm", "n");
    expect(await ok("network", "inspect", "--format", "{{.Name}}", "bridge")).toBe("bridge");
  });

  test("a folder that is bound is made, as docker does", async () => {
    const dir = join(engine.dir, "made-by-docker");
    await ok("run", "--rm", ...none, "-v", `${dir}:/d`, busybox, "sh", "-c", "echo x > /d/file");
    expect(readFileSync(join(dir, "file"), "utf8")).toBe("x\n");
  });

  test("what does not exist is said in a sentence", async () => {
    expect(await docker(["inspect", "nope"])).toMatchObject({ status: 1, stderr: expect.stringContaining("nope") });
    expect((await docker(["run", "--rm", "--pull", "never", "nope/nope:1"])).stderr).toContain("nope/nope:1");
    expect((await docker(["swarm", "init"])).stderr).toContain("swarm");
  });
}); });

async function runDocker(engine: TestEngine, service: Service, args: readonly string[], stdin: string | undefined): Promise<Result> {
  const home = join(engine.dir, "docker-home");
  if (!existsSync(home)) { mkdirSync(home); writeFileSync(join(home, "config.json"), "{}"); }
  const child = Bun.spawn(["docker", ...args], { stdin: "pipe", stdout: "pipe", stderr: "pipe", cwd: engine.dir, timeout: 30_000, env: { PATH: process.env["PATH"] ?? "", HOME: home, DOCKER_CONFIG: home, DOCKER_HOST: service.url } });
  if (stdin !== undefined) void child.stdin.write(stdin);
  void child.stdin.end();
  const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  return { status, stdout, stderr };
}
