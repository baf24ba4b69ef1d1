/** The same slice for an unprivileged user. */
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { withEngine } from "../harness/engine.ts";
import { testUser } from "../harness/isolate.ts";

withEngine("rootless", { user: true, needs: ["root", "isolated", "crun", "conmon", "newuidmap", "busybox"] }, (engine) => {
  test("runs as root of its own namespace, with ids of the user", async () => {
    const image = await engine.useImage();
    expect(await engine.ok("run", "--rm", "--network", "none", image, "id", "-u")).toBe("0");
    expect((await engine.ok("run", "--rm", "--network", "none", image, "cat", "/proc/self/uid_map")).split("\n").map((line) => line.trim().split(/\s+/).join(" "))).toEqual(["0 61001 1", "1 3000000 65536"]);
    await engine.fails(7, "run", "--rm", "--network", "none", image, "sh", "-c", "exit 7");
  });

  test("works in a directory that the user may not enter", async () => {
    const closed = mkdtempSync("/var/tmp/ptest-closed-");
    const inside = await engine.run(["ps", "--quiet"], { cwd: closed });
    expect([inside.status, inside.stdout, inside.stderr.split("level=")[1]]).toEqual([0, "", `warning msg="cannot chdir to ${closed}: working in \\"/\\", where relative paths start"\n`]);
    const image = await engine.useImage();
    expect(await engine.run(["run", "--rm", "--network", "none", image, "pwd"], { cwd: closed })).toMatchObject({ status: 0, stdout: "/\n" });
    const missing = await engine.run(["load", "--input", "nothing-here.tar"], { cwd: closed });
    expect([missing.status, missing.stderr]).toEqual([125, expect.stringContaining("nothing-here.tar: no such file or directory")]);
    rmSync(closed, { recursive: true });
  });

  test("serves a published port", async () => {
    const image = await engine.useImage();
    await engine.ok("run", "-d", "--name", "web", "-p", "18081:80", image, "httpd", "-f", "-h", "/var/www");
    expect(await (await eventually(async () => fetch("http://127.0.0.1:18081/"))).text()).toBe("hello from busybox\n");
    expect(await engine.ok("rm", "-f", "-t", "0", "web")).toBe("web");
  });

  test("a published port follows its container from network to network, and a reload keeps it", async () => {
    const image = await engine.useImage();
    for (const name of ["follow-a", "follow-b"]) await engine.ok("network", "create", name);
    await engine.ok("run", "-d", "--name", "stays", "--network", "follow-a", image, "sleep", "1000");
    await engine.ok("run", "-d", "--name", "moves", "--network", "follow-a", "-p", "18084:80", image, "httpd", "-f", "-h", "/var/www");
    const get = async (): Promise<string> => (await fetch("http://127.0.0.1:18084/", { keepalive: false })).text();
    expect(await eventually(get)).toBe("hello from busybox\n");
    await engine.ok("network", "disconnect", "follow-a", "moves");
    await get().then((text) => { throw new Error(`answered: ${text}`); }, () => undefined);
    await engine.ok("network", "connect", "follow-b", "moves");
    expect(await get()).toBe("hello from busybox\n");
    // Of all that run, the namespace of the bridges must outlive it.
    await engine.ok("rm", "-f", "-t", "0", "stays");
    expect(await engine.ok("network", "reload", "moves")).toMatch(/^[0-9a-f]{64}$/);
    expect(await get()).toBe("hello from busybox\n");
    await engine.ok("rm", "-f", "-t", "0", "moves");
    await engine.ok("network", "rm", "follow-a", "follow-b");
  });

  test("interfaces are made in the order of the networks", async () => {
    const names = ["order-c", "order-a", "order-b"];
    for (const name of names) await engine.ok("network", "create", name);
    const flags = names.flatMap((name, index) => ["--network", `${name}:interface_name=to${index}`]);
    expect((await engine.ok("run", "--rm", ...flags, await engine.useImage(), "ip", "-o", "link")).match(/(?<=: )to\d/g)).toEqual(["to0", "to1", "to2"]);
    await engine.ok("network", "rm", ...names);
  });

  const maps = async (...flags: string[]): Promise<string[]> =>
    (await engine.ok("run", "--rm", "--network", "none", ...flags, await engine.useImage(), "cat", "/proc/self/uid_map")).split("\n").map((line) => line.trim().split(/\s+/).join(":"));

  test("keep-id: the user keeps its number and its name", async () => {
    const image = await engine.useImage();
    expect(await engine.ok("run", "--rm", "--network", "none", "--userns", "keep-id", image, "sh", "-c", "id -u; id -g; cat /proc/1/uid_map | wc -l")).toBe("61001\n61001\n3");
    expect(await engine.ok("run", "--rm", "--network", "none", "--userns", "keep-id:uid=7,gid=8", image, "id", "-u")).toBe("7");
    expect(await maps("--userns", "keep-id:uid=2,gid=2,size=5")).toEqual(["0:1:2", "2:0:1", "3:3:2"]);
    expect(await engine.fails(125, "run", "--rm", "--userns", "keep-id:foo=1", image, "true")).toContain('unknown option specified: "foo"');
  });

  test("nomap, auto and own maps", async () => {
    const image = await engine.useImage();
    expect(await maps("--userns", "nomap")).toEqual(["0:1:65536"]);
    expect(await maps("--userns", "auto:size=10")).toEqual(["0:1:10"]);
    expect(await maps("--userns", "auto:size=3,uidmapping=1:@61001:1")).toEqual(["0:1:1", "1:0:1", "2:2:1"]);
    // Neither the user nor its group is there: the storage is reached all the same.
    expect(await maps("--uidmap", "0:1:1000")).toEqual(["0:1:1000"]);
    // One range that two of the user's hold.
    expect(await maps("--uidmap", "0:1:1000", "--gidmap", "0:0:1000")).toEqual(["0:1:1000"]);
    expect(await maps("--uidmap", "+5:@61001:1")).toEqual(["0:1:5", "5:0:1", "6:6:65531"]);
    expect(await engine.ok("run", "--rm", "--network", "none", "--userns", "auto:size=100", image, "stat", "-c", "%u:%g", "/bin")).toBe("0:0");
  });

  test("secrets reach a container whose root is nobody outside", async () => {
    await Bun.write(`${engine.dir}/secret.txt`, "told");
    await engine.ok("secret", "create", "hidden", `${engine.dir}/secret.txt`);
    const image = await engine.useImage();
    expect(await engine.ok("run", "--rm", "--network", "none", "--secret", "hidden", "--secret", "hidden,target=deep/er", "--userns", "auto:size=1000", image, "cat", "/run/secrets/hidden", "/run/secrets/deep/er")).toBe("toldtold");
    await engine.ok("secret", "rm", "hidden");
  });

  test("the containers of a pod run as the user that it keeps", async () => {
    const image = await engine.useImage();
    await engine.ok("pod", "create", "--name", "kept", "--userns", "keep-id");
    expect(await engine.ok("run", "--rm", "--pod", "kept", image, "id", "-u")).toBe("61001");
    expect(await engine.ok("run", "--rm", "--pod", "kept", "--user", "0", image, "id", "-u")).toBe("0");
    await engine.ok("pod", "rm", "--force", "--time", "0", "kept");
  });

  test("what a user may not have is said, or given as far as it may", async () => {
    const image = await engine.useImage();
    const { status, stderr } = await engine.run(["run", "--rm", "--network", "none", "--oom-score-adj", "-1000", image, "true"]);
    expect([status, stderr.includes("Requested oom_score_adj=-1000 is lower than the current one, changing to ")]).toEqual([0, true]);
    expect(await engine.fails(125, "create", "--device-cgroup-rule", "b 7:* rmw", image)).toContain("device cgroup rules are not supported in rootless mode or in a user namespace");
    expect(await engine.fails(126, "run", "--rm", "--network", "none", "--hostuser", "nosuchuser", image, "true")).toContain("unknown user nosuchuser");
  });

  test("limits that nobody asked for are those of the start", async () => {
    await engine.ok("create", "--name", "limited", "--network", "none", await engine.useImage(), "true");
    expect(await engine.ok("inspect", "--format", "{{json .HostConfig.Ulimits}}", "limited")).toBe("[]");
    await engine.ok("start", "--attach", "limited");
    expect(await engine.ok("inspect", "--format", "{{range .HostConfig.Ulimits}}{{.Name}} {{end}}", "limited")).toContain("RLIMIT_NPROC");
    await engine.ok("rm", "limited");
  });

  test("a mount that nobody outside could see is refused", async () => {
    await engine.ok("volume", "create", "unseen");
    expect(await engine.fails(125, "volume", "mount", "unseen")).toContain('cannot run command "podman volume mount" in rootless mode, must execute `podman unshare` first');
    await engine.ok("volume", "rm", "unseen");
  });

  test("two at once with auto share no id", async () => {
    const image = await engine.useImage();
    await Promise.all(["a", "b"].map(async (name) => engine.ok("create", "--name", name, "--userns", "auto:size=10", image, "true")));
    const texts = await Promise.all(["a", "b"].map(async (name) => engine.ok("inspect", "--format", "{{.HostConfig.IDMappings.UidMap}}", name)));
    expect(new Set(texts)).toEqual(new Set(["[0:1:10]", "[0:11:10]"]));
    await engine.ok("rm", "a", "b");
  });

  test("migrate ends the namespace, and the next command makes another", async () => {
    // The process that holds it; the namespace's own number may come back.
    const holder = async (): Promise<string> => { await engine.ok("unshare", "true"); return readFileSync(`/run/user/${testUser.uid}/libpod/tmp/pause.pid`, "utf8"); };
    const before = await holder();
    expect(await holder()).toBe(before);
    expect(await engine.ok("system", "migrate")).toBe("");
    expect(await holder()).not.toBe(before);
    expect(await engine.ok("system", "renumber")).toBe("");
  });

  test("unshare --rootless-netns runs beside the bridges and gives the status on", async () => {
    const host = await engine.ok("unshare", "readlink", "/proc/self/ns/net");
    expect(await engine.ok("unshare", "--rootless-netns", "readlink", "/proc/self/ns/net")).not.toBe(host);
    await engine.fails(5, "unshare", "--rootless-netns", "sh", "-c", "exit 5");
  });
});

/** pasta takes connections before the server inside listens, and then closes them. */
async function eventually<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try { return await work(); } catch (error) { if (tries === 100) throw error; }
    await Bun.sleep(20);
  }
}
