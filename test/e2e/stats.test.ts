/** What containers use, as the command, both APIs and their streams tell it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { busybox, withEngine } from "../harness/engine.ts";
import { runRemote, startService, type Service } from "../harness/service.ts";

const none = ["--network", "none"] as const;

withEngine("stats", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => {
    await engine.useImage();
    await engine.ok("run", "-d", "--name", "busy", "-m", "64m", ...none, busybox, "sh", "-c", "while :; do :; done");
    await engine.ok("run", "-d", "--name", "bare", "--cgroups", "disabled", ...none, busybox, "sleep", "1000");
    await engine.ok("create", "--name", "idle", ...none, busybox, "true");
  }, 60_000);

  test("one report: what runs, what is named, all, those without a group", async () => {
    const [row, ...others] = JSON.parse(await engine.ok("stats", "--no-stream", "--format", "json")) as Record<string, string>[];
    expect(others).toEqual([]);
    expect(row).toMatchObject({ name: "busy", net_io: "0B / 0B", id: expect.stringMatching(/^[0-9a-f]{12}$/), cpu_percent: expect.stringMatching(/^\d+\.\d\d%$/), cpu_time: expect.stringMatching(/^[\dms.µh]+$/), pids: expect.stringMatching(/^[1-9]/) });
    expect(row?.["mem_usage"]).toMatch(/^[\d.]+[kM]B \/ 67\.11MB$/);
    expect(await engine.ok("stats", "--no-stream", "--all", "--format", "{{.Name}} {{.PIDs}}")).toMatch(/^busy [1-9]\d*\nidle 0$/);
    expect(await engine.ok("stats", "--no-stream", "--format", "table {{.ID}} {{.Up}} {{.MemUsageBytes}} {{.BlockIO}}", "idle")).toMatch(/^ID +UP +MEM USAGE \/ LIMIT +BLOCK IO\n[0-9a-f]{12} +0s +0B \/ 0B +0B \/ 0B$/);
    expect((await engine.ok("stats", "--no-stream")).split("\n")[0]).toMatch(/^ID +NAME +CPU % +MEM USAGE \/ LIMIT +MEM % +NET IO +BLOCK IO +PIDS +CPU TIME +AVG CPU %$/);
  });

  test("a busy container uses a processor, and the second report tells the time between", async () => {
    const child = engine.spawn(["stats", "--interval", "1", "--format", "{{.CPUNano}} {{.CPU}}", "busy"]);
    const lines: string[] = [];
    for await (const chunk of child.stdout) {
      lines.push(...Buffer.from(chunk).toString().trim().split("\n"));
      if (lines.length >= 2) break;
    }
    child.kill("SIGINT");
    await child.exited;
    const [first, second] = lines.map((line) => line.split(" ").map(Number));
    expect(second?.[0]).toBeGreaterThan(first?.[0] ?? 0);
    expect(second?.[1]).toBeGreaterThan(1);
  });

  test("refusals", async () => {
    expect(await engine.fails(125, "stats", "--no-stream", "absent")).toContain("Error: unable to get list of containers: unable to look up container absent: no container with name or ID \"absent\" found: no such container\n");
    expect(await engine.fails(125, "stats", "--no-stream", "--interval", "0")).toContain("invalid interval, must be a positive number greater zero");
    expect(await engine.fails(125, "stats", "--all", "busy")).toContain("Error: --all, --latest and containers cannot be used together\n");
    expect(await engine.fails(125, "stats", "--no-stream", "bare")).toContain("as it did not create a cgroup");
  });

  describe("through the service", () => {
    let service: Service;
    beforeAll(async () => { service = await startService(engine); });
    afterAll(async () => { await service.stop(); });
    const get = async (path: string): Promise<Response> => fetch(`http://d${path}`, { unix: service.path });

    test("the remote client and libpod's reports", async () => {
      expect((await runRemote(engine, ["--url", service.url, "stats", "--no-stream", "--format", "{{.Name}}", "busy", "idle"])).stdout).toBe("busy\nidle\n");
      const report = await (await get("/v5.0.0/libpod/containers/stats?stream=false&containers=busy")).json() as { Error: null; Stats: Record<string, unknown>[] };
      expect(Object.keys(report.Stats[0] ?? {})).toEqual(["AvgCPU", "ContainerID", "Name", "PerCPU", "CPU", "CPUNano", "CPUSystemNano", "SystemNano", "MemUsage", "MemLimit", "MemPerc", "Network", "BlockInput", "BlockOutput", "PIDs", "UpTime", "Duration"]);
      expect(report).toMatchObject({ Error: null, Stats: [{ Name: "busy", MemLimit: 67108864, Network: null }] });
      expect((await get("/v5.0.0/libpod/containers/stats?stream=false&containers=absent")).status).toBe(404);
    });

    test("Docker's: one shot, two looks, a stream", async () => {
      const oneShot = await (await get("/v1.44/containers/busy/stats?stream=false&one-shot=true")).json() as Record<string, Record<string, unknown>>;
      expect(oneShot).toMatchObject({ name: "/busy", id: expect.stringMatching(/^[0-9a-f]{64}$/), preread: "0001-01-01T00:00:00Z", num_procs: 0, storage_stats: {}, memory_stats: { limit: 67108864 }, cpu_stats: { online_cpus: expect.any(Number) } });
      expect(oneShot["precpu_stats"]).toMatchObject({ cpu_usage: { total_usage: 0 } });
      interface Cpu { cpu_usage: { total_usage: number }; system_cpu_usage: number }
      const pair = await (await get("/v1.44/containers/busy/stats?stream=false")).json() as { cpu_stats: Cpu; precpu_stats: Cpu };
      expect(pair.precpu_stats.cpu_usage.total_usage).toBeGreaterThan(0);
      expect(pair.cpu_stats.cpu_usage.total_usage).toBeGreaterThan(pair.precpu_stats.cpu_usage.total_usage);
      expect(pair.cpu_stats.system_cpu_usage).toBeGreaterThan(pair.precpu_stats.system_cpu_usage);
      const stream = await get("/v1.44/containers/busy/stats");
      const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
      const [first, second] = [await reader.read(), await reader.read()].map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()) as { read: string; preread: string });
      expect(second?.preread).toBe(first?.read ?? "");
      await reader.cancel();
      expect((await get("/v1.44/containers/absent/stats")).status).toBe(404);
      expect((await get("/v1.44/containers/busy/stats?stream=true&one-shot=true")).status).toBe(400);
      expect(await (await get("/v1.44/containers/idle/stats?stream=false")).json()).toMatchObject({ read: "0001-01-01T00:00:00Z", cpu_stats: { cpu_usage: { total_usage: 0 } } });
    });
  });

  test("a container that nobody can lock or stop delays nothing", async () => {
    await engine.ok("pause", "busy");
    expect(await engine.ok("stats", "--no-stream", "--format", "{{.Name}}", "busy")).toBe("busy");
    await engine.ok("unpause", "busy");
  });
});

withEngine("stats of a user", { needs: ["user", "crun", "conmon"], user: true }, (engine) => {
  test("where the user's containers have groups there are numbers, else a sentence", async () => {
    await engine.useImage();
    await engine.ok("run", "-d", "--name", "mine", ...none, busybox, "sleep", "1000");
    const { status, stdout, stderr } = await engine.run(["stats", "--no-stream", "--format", "{{.Name}}", "mine"]);
    if (status === 0) expect(stdout).toBe("mine\n");
    else expect(stderr).toContain("stats is not supported in rootless mode without cgroups v2");
  });
});
