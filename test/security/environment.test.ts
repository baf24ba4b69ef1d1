/**
 * Variables: an image's malformed ones take nothing of the host along (CVE-2026-57231's class), and values of secrets are where they were
 * asked for and nowhere else (CVE-2020-14370, CVE-2021-3602).
 */
import { beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { busyboxLayer, buildImage, writeOciArchive } from "../harness/image.ts";
import { program, withEngine } from "../harness/engine.ts";
import { startService } from "../harness/service.ts";

const none = ["--network", "none"] as const;
const image = "localhost/variables:latest";
const host = { LEAK_ONE: "leaked-1", LEAK_TWO: "leaked-2", AWS_SECRET: "leaked-3" };

withEngine("variables", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => {
    const Env = ["PATH=/bin", "LEAK_ONE", "LEAK_*", "AWS*", "*", "*=x", "=nothing", "", "GOOD=a=b*", "EMPTY="];
    writeOciArchive(buildImage({ layers: [busyboxLayer()], config: { Cmd: ["env"], Env } }), join(engine.dir, "image.tar"), image);
    await engine.ok("load", "-q", "-i", join(engine.dir, "image.tar"));
    writeFileSync(join(engine.dir, "value"), "hush-hush");
  }, 60_000);
  const run = async (args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await engine.run(args, { env: host });
    if (status !== 0) throw new Error(`podman ${args.join(" ")}: status ${status}\n${stderr}`);
    return stdout;
  };

  test("an image's Env without a value, or with a pattern, is no question to the host", async () => {
    const lines = (await run(["run", "--rm", ...none, image])).trim().split("\n");
    expect(lines.filter((line) => line.includes("leaked"))).toEqual([]);
    expect(lines).toContain("GOOD=a=b*");
    await run(["create", "--name", "kept", ...none, image]);
    for (const args of [["inspect", "kept"], ["commit", "-q", "kept", "localhost/committed"], ["inspect", "localhost/committed"]]) expect(await run(args)).not.toContain("leaked");
    await run(["start", "--attach", "kept"]);
    expect(await run(["inspect", "kept"])).not.toContain("leaked");
    await run(["rm", "kept"]);
    await run(["rmi", "localhost/committed"]);
  });

  test("what the caller asks for is given: by name, by pattern", async () => {
    expect(await run(["run", "--rm", ...none, "-e", "LEAK_ONE", image])).toContain("LEAK_ONE=leaked-1");
    const some = await run(["run", "--rm", ...none, "-e", "LEAK_*", image]);
    expect([some.includes("leaked-1"), some.includes("leaked-2"), some.includes("leaked-3")]).toEqual([true, true, false]);
  });

  test("a service gives nothing of its own environment to its clients", async () => {
    const socket = join(engine.dir, "env.sock");
    const service = await startService({ ...engine, env: { ...engine.env, ...host }, dir: engine.dir, argv: (...args) => engine.argv(...args) }, ["--time", "0"], "env.sock");
    try {
      const post = async (path: string, body: object): Promise<string> => {
        const answer = await fetch(`http://d${path}`, { method: "POST", unix: socket, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
        return (await answer.json() as { Id?: string }).Id ?? "";
      };
      const made = [
        await post("/v1.44/containers/create", { Image: image, Env: ["LEAK_ONE", "LEAK_*", "*"], HostConfig: { NetworkMode: "none" } }),
        await post("/v5.0.0/libpod/containers/create", { image, env: { "LEAK_*": "" }, netns: { nsmode: "none" } }),
      ];
      for (const id of made) {
        expect(id).toMatch(/^[0-9a-f]{64}$/);
        expect(await engine.ok("start", "--attach", id)).not.toContain("leaked");
        await engine.ok("rm", id);
      }
      const remote = Bun.spawnSync([program, "--url", service.url, "run", "--rm", ...none, image], { env: { PATH: process.env["PATH"] ?? "" } });
      expect(remote.stdout.toString()).not.toContain("leaked");
    } finally { await service.stop(); }
  });

  test("a secret is in the process and nowhere else", async () => {
    await engine.ok("secret", "create", "quiet", join(engine.dir, "value"));
    await engine.ok("run", "-d", "--name", "holder", ...none, "--secret", "quiet,type=env,target=TOKEN", "--secret", "quiet", image, "sh", "-c", "echo $TOKEN | wc -c; sleep 1000");
    expect(await engine.ok("exec", "holder", "sh", "-c", "echo $TOKEN; cat /run/secrets/quiet")).toBe("hush-hush\nhush-hush");
    await engine.ok("commit", "-q", "holder", "localhost/committed");
    await engine.ok("save", "-q", "-o", join(engine.dir, "saved.tar"), "localhost/committed");
    const told = [await engine.ok("inspect", "holder"), await engine.ok("inspect", "localhost/committed"), await engine.ok("history", "--no-trunc", "localhost/committed"), await engine.ok("logs", "holder"), await engine.ok("ps", "-a", "--no-trunc"), await engine.ok("events", "--stream=false"), await engine.ok("secret", "inspect", "quiet")];
    for (const text of told) expect(text).not.toContain("hush-hush");
    expect(await engine.ok("run", "--rm", ...none, "localhost/committed", "sh", "-c", "env; cat /run/secrets/quiet 2>/dev/null; true")).not.toContain("hush-hush");
    await engine.ok("rm", "-f", "-t", "0", "holder");
    await engine.ok("rmi", "localhost/committed");
    await engine.ok("secret", "rm", "quiet");
  });
});
