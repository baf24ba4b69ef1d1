import { expect, test } from "bun:test";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { withEngine } from "../harness/engine.ts";

withEngine("pods", { needs: ["root", "crun"] }, (engine) => {
  const format = async (ref: string, template: string): Promise<string> => engine.ok("pod", "inspect", ref, "--format", template);

  test("the containers of a pod share its network, host name and IPC, and its cgroup holds theirs", async () => {
    const image = await engine.useImage();
    await engine.ok("pod", "create", "--name", "web", "--label", "app=web");
    await engine.ok("run", "-d", "--pod", "web", "--stop-signal", "KILL", "--name", "web-a", image, "sleep", "100");
    const look = ["sh", "-c", "for name in net uts ipc; do readlink /proc/self/ns/$name; done"];
    expect(await engine.ok("run", "--rm", "--pod", "web", image, ...look)).toBe(await engine.ok("exec", "web-a", ...look));
    expect(await engine.ok("exec", "web-a", "hostname")).toBe("web");
    expect(await engine.ok("exec", "web-a", "cat", "/proc/1/cgroup")).toContain(await format("web", "{{.Id}}"));
    expect(await engine.ok("pod", "ps", "--format", "{{.Name}} {{.Status}} {{.NumberOfContainers}} {{.Labels}}")).toBe("web Running 2 app=web");
    expect(await engine.ok("ps", "--filter", "name=web-a", "--format", "{{.PodName}}")).toBe("web");
    await engine.ok("pod", "rm", "-f", "web");
  });

  test("each container is in the hosts file that they share while it runs; a pod may have the host's network", async () => {
    const image = await engine.useImage();
    await engine.ok("pod", "create", "--name", "named");
    const first = await engine.ok("run", "--rm", "--pod", "named", "--name", "named-a", image, "cat", "/etc/hosts");
    expect(first).toMatch(/^127\.0\.0\.1\tnamed-a$/m);
    const second = await engine.ok("run", "--rm", "--pod", "named", "--name", "named-b", image, "cat", "/etc/hosts");
    expect(second).toBe(first.replace("named-a", "named-b"));
    await engine.ok("pod", "create", "--name", "hostly", "--network", "host");
    expect(await format("hostly", "{{.SharedNamespaces}} {{.InfraConfig.HostNetwork}}")).toBe("[ipc uts] true");
    expect(await engine.ok("run", "--rm", "--pod", "hostly", image, "readlink", "/proc/self/ns/net")).toBe(readlinkSync("/proc/self/ns/net"));
    await engine.ok("pod", "rm", "--force", "--time", "0", "named", "hostly");
  });

  test("what one pod writes into its infra container is in no other pod's", async () => {
    const image = await engine.useImage();
    await engine.ok("run", "--rm", "--pod", "new:writer", image, "true");
    const infra = await format("writer", "{{.InfraContainerID}}");
    await Bun.write(`${engine.dir}/mark`, "written");
    await engine.ok("cp", `${engine.dir}/mark`, `${infra}:/mark`);
    await engine.ok("run", "--rm", "--pod", "new:other", image, "true");
    expect(await engine.fails(125, "cp", `${await format("other", "{{.InfraContainerID}}")}:/mark`, `${engine.dir}/copy`)).toContain("/mark");
    await engine.ok("pod", "rm", "--force", "--time", "0", "writer", "other");
  });

  test("verbs work on all containers, and the state tells what they do together", async () => {
    const image = await engine.useImage();
    await engine.ok("run", "-d", "--pod", "new:verbs", "--name", "verbs-a", image, "sleep", "100");
    const id = await format("verbs", "{{.Id}}");
    expect(await engine.ok("pod", "pause", "verbs")).toBe(id);
    expect(await format("verbs", "{{.State}}")).toBe("Paused");
    expect(await engine.ok("pod", "unpause", "verbs")).toBe(id);
    expect(await engine.ok("pod", "stop", "--time", "0", "verbs")).toBe("verbs");
    expect(await format("verbs", "{{.State}}")).toBe("Exited");
    expect(await engine.ok("pod", "start", "verbs")).toBe("verbs");
    expect(await engine.ok("pod", "top", "verbs", "args")).toMatch(/^COMMAND\n\/catatonit -P *\nsleep 100 *$/);
    await engine.ok("kill", "verbs-a");
    expect(await format("verbs", "{{.State}}")).toBe("Degraded");
    for (const signal of ["0", "x"]) expect(await engine.fails(125, "pod", "kill", "-s", signal, "absent")).toBe(`Error: invalid signal: ${signal}\n`);
    expect(await engine.ok("pod", "kill", "verbs")).toBe(id);
    expect(await engine.ok("pod", "prune", "--force")).toBe(id);
    await engine.fails(1, "pod", "exists", "verbs");
  });

  test("a pod in which something runs is removed by force only, its infra container with it only", async () => {
    const image = await engine.useImage();
    await engine.ok("run", "-d", "--pod", "new:kept", "--name", "kept-a", image, "sleep", "100");
    const infra = await format("kept", "{{.InfraContainerID}}");
    expect(await engine.fails(125, "pod", "rm", "kept")).toContain("running or paused containers cannot be removed without force: container state improper");
    expect(await engine.fails(125, "rm", "-f", infra)).toContain(`container ${infra} is the infra container of pod ${await format("kept", "{{.Id}}")} and cannot be removed without removing the pod`);
    expect(await engine.fails(125, "pod", "create", "kept")).toContain('adding pod to state: name "kept" is in use: pod already exists');
    await engine.ok("pod", "rm", "--force", "--time", "0", "kept");
    expect(await engine.ok("ps", "--all", "--quiet", "--filter", "name=kept")).toBe("");
    expect(await engine.fails(1, "pod", "rm", "kept")).toBe("Error: no pod with name or ID kept found: no such pod\n");
  });

  test("what belongs to the pod is refused for a container; a failed container leaves no new pod", async () => {
    const image = await engine.useImage();
    await engine.ok("pod", "create", "--name", "strict");
    expect(await engine.fails(125, "run", "--rm", "--pod", "strict", "-p", "80:80", image)).toContain("published or exposed ports must be defined when the pod is created");
    expect(await engine.fails(125, "run", "--rm", "--pod", "strict", "--hostname", "other", image)).toContain("cannot set hostname when joining the pod UTS namespace");
    expect(await engine.fails(125, "run", "--rm", "--pod", "missing", image)).toContain("no pod with name or ID missing found: no such pod");
    await engine.fails(125, "run", "--pod", "new:undone", "--workdir", "relative", "--rootfs", "/nonexistent");
    await engine.fails(1, "pod", "exists", "undone");
    await engine.ok("pod", "rm", "strict");
  });

  test("--exit-policy stop ends the infra container after the last one", async () => {
    const image = await engine.useImage();
    await engine.ok("pod", "create", "--name", "ends", "--exit-policy", "stop");
    const infra = await format("ends", "{{.InfraContainerID}}");
    await engine.ok("run", "--pod", "ends", image, "true");
    await engine.ok("wait", infra);
    expect(await format("ends", "{{.State}}")).toBe("Exited");
    await engine.ok("pod", "rm", "ends");
  });

  test("logs: lines of all containers under their ID, name or colour, or of one alone", async () => {
    const image = await engine.useImage();
    await engine.ok("run", "--pod", "new:said", "--name", "said-a", image, "echo", "one");
    await engine.ok("run", "--pod", "said", "--name", "said-b", image, "sh", "-c", "echo two; echo three >&2");
    const ids = (await engine.ok("pod", "inspect", "said", "--format", "{{range .Containers}}{{.Id}} {{end}}")).split(" ").map((id) => id.slice(0, 12));
    expect(await engine.run(["pod", "logs", "said"])).toEqual({ status: 0, stdout: `${ids[1]} one\n${ids[2]} two\n`, stderr: `${ids[2]} three\n` });
    expect(await engine.ok("pod", "logs", "--latest", "--names")).toBe("said-a one\nsaid-b two");
    expect(await engine.ok("pod", "logs", "--color", "said")).toBe(`\u001b[31m${ids[1]} one\u001b[0m\n\u001b[33m${ids[2]} two\u001b[0m`);
    expect(await engine.ok("pod", "logs", "--container", "said-b", "--names", "--tail", "2", "said")).toBe("two");
    expect(await engine.ok("logs", "--names", "--color", "said-a")).toBe("\u001b[37mone\u001b[0m");
    expect(await engine.fails(125, "pod", "logs", "-c", "other", "said")).toBe("Error: container other is not in pod said: no such container\n");
    expect(await engine.fails(125, "pod", "logs", "absent")).toBe("Error: no pod with name or ID absent found: no such pod\n");
    await engine.ok("pod", "rm", "-f", "-t", "0", "said");
  });

  test("stats: a row for each container, nothing counted for those that do not run", async () => {
    const image = await engine.useImage();
    expect((await engine.ok("pod", "stats", "--no-stream")).split("\n")).toEqual([
      expect.stringMatching(/^POD +CID +NAME +CPU % +MEM USAGE\/ LIMIT +MEM % +NET IO +BLOCK IO +PIDS$/), expect.stringMatching(/^(?:-- +){8}--$/),
    ]);
    expect(await engine.ok("pod", "stats", "--no-stream", "--format", "json")).toBe("[]");
    await engine.ok("run", "-d", "--pod", "new:counted", "--name", "counted-a", image, "sleep", "100");
    await engine.ok("create", "--pod", "counted", "--name", "counted-b", image);
    const id = (await format("counted", "{{.Id}}")).slice(0, 12);
    const rows = JSON.parse(await engine.ok("pod", "stats", "--no-stream", "--format", "json", "counted")) as Record<string, string>[];
    expect(rows.map(({ Name }) => Name)).toEqual([`${id}-infra`, "counted-a", "counted-b"]);
    expect(rows[1]).toMatchObject({ Pod: id, PIDS: "1", CPU: expect.stringMatching(/^\d+\.\d\d%$/), MemUsageBytes: expect.stringMatching(/^[\d.]+[KMGT]?i?B \/ [\d.]+[KMGT]iB$/) });
    expect(rows[2]).toMatchObject({ CPU: "0.00%", MemUsage: "-- / --", MemUsageBytes: "-- / --", Mem: "0.00%", NetIO: "-- / --", BlockIO: "-- / --", PIDS: "--" });
    expect(await engine.ok("pod", "stats", "--no-stream", "--format", "{{.Name}} {{.PIDS}}", "-l")).toBe(`NAME PIDS\n${id}-infra 1\ncounted-a 1\ncounted-b --`);
    expect(await engine.fails(125, "pod", "stats", "--no-stream", "--format", "{{.ID}}")).toContain("can't evaluate field ID in type *types.PodStatsReport");
    expect(await engine.fails(125, "pod", "stats", "--no-stream", "absent")).toBe("Error: unable to get list of pods: no pod with name or ID absent found: no such pod\n");
    expect(await engine.fails(125, "pod", "stats", "-a", "counted")).toContain("--all, --latest and arguments cannot be used together");
    const child = engine.spawn(["pod", "stats", "--format", "{{.Name}}", "counted"]);
    let seen = "";
    for await (const chunk of child.stdout) { seen += Buffer.from(chunk).toString(); if (seen.split("NAME").length > 2) break; }
    child.kill("SIGINT");
    await child.exited;
    await engine.ok("pod", "rm", "-f", "-t", "0", "counted");
  });

  test("a clone has the containers, mounts and limits of its original, shares among its own, and takes its place with --destroy", async () => {
    const image = await engine.useImage();
    await engine.ok("pod", "create", "--name", "first", "-v", "podclone:/given", "--security-opt", "seccomp=unconfined", "--memory", "64m");
    expect(JSON.parse(await engine.ok("pod", "inspect", "first"))).toMatchObject([{ mounts: [{ Type: "volume", Name: "podclone", Destination: "/given" }], security_opt: ["seccomp=unconfined"] }]);
    await engine.ok("create", "--pod", "first", "--name", "first-a", "-e", "WORD=kept", image, "sleep", "100");
    await engine.ok("create", "--pod", "first", "--name", "first-b", "--requires", "first-a", image, "sleep", "100");
    const id = await engine.ok("pod", "clone", "-v", "podclone2:/more", "--memory", "96m", "--start", "first");
    expect(await format(id, "{{.Name}} {{.State}} {{.MemoryLimit}} {{range .Containers}}{{.Name}} {{end}}{{range .Mounts}}{{.Name}} {{end}}")).toMatch(/^first-clone Running 100663296 \w+-infra-clone first-a-clone first-b-clone (?:podclone podclone2|podclone2 podclone) ?$/);
    const look = ["sh", "-c", "readlink /proc/self/ns/net; hostname; echo $WORD; ls -d /given"];
    const [network, ...rest] = (await engine.ok("exec", "first-a-clone", ...look)).split("\n");
    expect(await engine.ok("exec", "first-b-clone", "readlink", "/proc/self/ns/net")).toBe(network ?? "");
    expect(rest).toEqual(["first-clone", "kept", "/given"]);
    expect(await engine.fails(125, "pod", "clone", "first", "first-clone")).toContain('name "first-clone" is in use: pod already exists');
    await engine.ok("pod", "clone", "--destroy", "first", "second");
    expect(await engine.ok("pod", "ps", "--sort", "name", "--format", "{{.Name}} {{.Status}} {{.NumberOfContainers}}")).toBe("first-clone Running 3\nsecond Created 3");
    expect(await engine.fails(125, "pod", "clone", "first")).toBe("Error: no pod with name or ID first found: no such pod\n");
    await engine.ok("pod", "rm", "-f", "-t", "0", "first-clone", "second");
    await engine.ok("volume", "rm", "podclone", "podclone2");
  });

  test("rm --all --force takes pods along", async () => {
    await engine.ok("run", "-d", "--pod", "new:gone", await engine.useImage(), "sleep", "100");
    await engine.ok("rm", "--all", "--force", "--time", "0");
    expect(await engine.ok("pod", "ps", "--quiet")).toBe("");
  });

  test("limits are the pod's cgroup's, which goes with it", async () => {
    await engine.ok("pod", "create", "--name", "limited", "--memory", "64m");
    const path = await format("limited", "{{.CgroupPath}}");
    const directory = existsSync("/sys/fs/cgroup/cgroup.controllers") ? join("/sys/fs/cgroup", path) : join("/sys/fs/cgroup/memory", path);
    const file = join(directory, existsSync("/sys/fs/cgroup/cgroup.controllers") ? "memory.max" : "memory.limit_in_bytes");
    await engine.ok("run", "-d", "--pod", "limited", await engine.useImage(), "sleep", "100");
    expect(readFileSync(file, "utf8").trim()).toBe(String(64 * 1024 * 1024));
    await engine.ok("pod", "stop", "--time", "0", "limited");
    expect(existsSync(directory)).toBe(false);
    await engine.ok("pod", "start", "limited");
    expect(readFileSync(file, "utf8").trim()).toBe(String(64 * 1024 * 1024));
    await engine.ok("pod", "rm", "--force", "--time", "0", "limited");
    expect(existsSync(directory)).toBe(false);
  });

  test("init containers run before the others, those of once go", async () => {
    const image = await engine.useImage();
    await engine.ok("pod", "create", "--name", "phased");
    await engine.ok("create", "--pod", "phased", "--init-ctr", "once", "--name", "phased-once", "-v", "phased:/d", image, "touch", "/d/once");
    await engine.ok("create", "--pod", "phased", "--init-ctr", "always", "--name", "phased-always", "-v", "phased:/d", image, "sh", "-c", "echo run >> /d/always");
    await engine.ok("create", "--pod", "phased", "--stop-signal", "KILL", "--name", "phased-main", "-v", "phased:/d", image, "sh", "-c", "ls /d; sleep 100");
    await engine.ok("pod", "start", "phased");
    await engine.fails(1, "container", "exists", "phased-once");
    await engine.ok("pod", "restart", "phased");
    expect(await engine.ok("exec", "phased-main", "cat", "/d/always")).toBe("run\nrun");
    expect(await engine.ok("logs", "phased-main")).toContain("always\nonce");
    await engine.ok("pod", "rm", "--force", "--time", "0", "phased");
  });

  test("without an infra container nothing is shared", async () => {
    const image = await engine.useImage();
    await engine.ok("pod", "create", "--infra=false", "--name", "bare");
    expect(await format("bare", "{{.CreateInfra}} {{.NumContainers}} {{.State}}")).toBe("false 0 Created");
    expect(await engine.ok("run", "--rm", "--pod", "bare", image, "hostname")).not.toBe("bare");
    await engine.ok("pod", "rm", "bare");
  });
});
