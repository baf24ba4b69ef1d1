/** The docker command, unmodified: files, statistics and what becomes of a container. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine, type Result } from "../harness/engine.ts";
import { startService, type Service } from "../harness/service.ts";
import { tar } from "../harness/tar.ts";

withEngine("docker's files and numbers", { needs: ["root", "isolated", "crun", "conmon", "docker"] }, (engine) => { describe("client", () => {
  let service: Service;
  beforeAll(async () => {
    await engine.useImage();
    service = await startService(engine);
    await ok("run", "-d", "--name", "box", "--network", "none", "-m", "64m", "-v", "vol:/vol", "--tmpfs", "/scratch", busybox, "sh", "-c", "mkdir -p /out/sub; echo a > /out/a; echo b > /out/sub/b; ln -s /out /link; touch /ready; while :; do :; done");
    await ok("exec", "box", "sh", "-c", "until [ -e /ready ]; do :; done");
    mkdirSync(join(engine.dir, "in/sub"), { recursive: true });
    writeFileSync(join(engine.dir, "in/sub/file"), "content");
    symlinkSync("in", join(engine.dir, "in-link"));
  }, 60_000);
  afterAll(async () => { await service.stop(); });

  const docker = async (args: readonly string[], stdin: string | Uint8Array = ""): Promise<Result> => {
    const child = Bun.spawn(["docker", "--host", service.url, ...args], { stdin: Buffer.from(stdin), stdout: "pipe", stderr: "pipe", cwd: engine.dir, env: { PATH: process.env["PATH"] ?? "", HOME: engine.dir, DOCKER_CONFIG: join(engine.dir, "docker-config") }, timeout: 30_000 });
    const [stdout, stderr, status] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
    return { status, stdout, stderr };
  };
  const ok = async (...args: readonly string[]): Promise<string> => {
    const result = await docker(args);
    if (result.status !== 0) throw new Error(`docker ${args.join(" ")}: status ${result.status}\n${result.stderr}${result.stdout}`);
    return result.stdout.replace(/\n$/, "");
  };
  const at = (path: string): string => `${engine.dir}/${path}`;

  test("cp into a container, over its mounts, by the ending of paths", async () => {
    for (const [from, to, path] of [
      ["in/sub/file", "box:/tmp", "/tmp/file"], ["in/sub/file", "box:/tmp/named", "/tmp/named"], ["in/sub/file", "box:/vol/", "/vol/file"], ["in/sub/file", "box:/scratch/f", "/scratch/f"],
      ["in", "box:/new", "/new/sub/file"], ["in/.", "box:/tmp", "/tmp/sub/file"], ["in", "box:/link", "/out/in/sub/file"],
    ] as const) {
      await ok("cp", "-q", at(from), to);
      expect(await ok("exec", "box", "cat", path)).toBe("content");
    }
    expect((await docker(["cp", at("in"), "box:/etc/passwd"])).stderr).toContain("cannot copy directory");
    expect((await docker(["cp", at("in/sub/file"), "box:/no/such/"])).status).toBe(1);
    await docker(["cp", "-", "box:/scratch"], tar([{ name: "packed", content: "p", uid: 42, gid: 43 }]));
    expect(await ok("exec", "box", "stat", "-c", "%u:%g", "/scratch/packed")).toBe("42:43");
  });

  test("cp out of one that runs and one that does not", async () => {
    await ok("cp", "-q", "box:/out", at("fresh"));
    await ok("cp", "-q", "-L", "box:/link", at("followed"));
    await ok("cp", "-q", "box:/out/.", at("in"));
    await ok("cp", "-q", "box:/out/sub/b", at("one"));
    expect([readFileSync(at("fresh/sub/b"), "utf8"), readdirSync(at("followed")).includes("a"), readFileSync(at("in/a"), "utf8"), readFileSync(at("one"), "utf8")]).toEqual(["b\n", true, "a\n", "b\n"]);
    await ok("create", "--name", "cold", busybox, "true");
    await ok("cp", "-q", at("one"), "cold:/etc/one");
    await ok("cp", "-q", "cold:/etc/one", at("two"));
    expect(readFileSync(at("two"), "utf8")).toBe("b\n");
    expect((await docker(["cp", "cold:/none", at("x")])).stderr).toContain("Could not find the file /none in container cold");
  });

  test("stats: once, with a busy processor, and as a stream", async () => {
    const row = JSON.parse(await ok("stats", "--no-stream", "--format", "json", "box")) as Record<string, string>;
    expect(row).toMatchObject({ Name: "box", PIDs: expect.stringMatching(/^[1-9]/), MemUsage: expect.stringMatching(/ \/ 64MiB$/) });
    expect(Number.parseFloat(row["CPUPerc"] ?? "")).toBeGreaterThan(1);
    const child = Bun.spawn(["docker", "--host", service.url, "stats", "--format", "{{.Name}} {{.CPUPerc}}", "box"], { stdout: "pipe", stderr: "pipe", env: { PATH: process.env["PATH"] ?? "", HOME: engine.dir } });
    let text = "";
    for await (const chunk of child.stdout) { text += Buffer.from(chunk).toString(); if (/box [1-9][\d.]*%/.test(text)) break; }
    child.kill("SIGINT");
    await child.exited;
    expect(text).toMatch(/box [1-9][\d.]*%/);
  });

  test("top, diff, export, wait, and an end by force", async () => {
    expect(await ok("top", "box", "-o", "pid,comm")).toMatch(/^PID +COMMAND\n\d+ +sh/);
    expect((await ok("diff", "box")).split("\n")).toContain("A /out/sub/b");
    await ok("export", "-o", at("box.tar"), "box");
    expect(Bun.spawnSync(["tar", "-xOf", at("box.tar"), "out/sub/b"]).stdout.toString()).toBe("b\n");
    const waiting = ok("wait", "box");
    await ok("kill", "-s", "TERM", "box");
    await ok("rm", "-f", "box");
    expect(Number(await waiting)).toBeGreaterThan(128);
  });
}); });
