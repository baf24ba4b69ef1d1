/** Networks end to end: names, addresses, published ports, changes to a running container; as root and as a user. */
import { beforeAll, expect, test } from "bun:test";
import { connect, createServer } from "node:net";
import { busybox, withEngine, type TestEngine } from "../harness/engine.ts";

const needs = ["isolated", "crun", "conmon", "netavark", "aardvark-dns", "busybox"] as const;
const fetchText = async (port: number): Promise<string> => fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text(), () => "refused");
const serve = ["httpd", "-f", "-h", "/var/www"] as const;

function commonTests(engine: TestEngine): void {
  test("containers find each other by name on a network, and a published port answers", async () => {
    expect(await engine.ok("network", "create", "shop")).toBe("shop");
    await engine.ok("run", "-d", "--name", "web", "--network", "shop", "--network-alias", "www", "-p", "18081:80", busybox, ...serve);
    for (const name of ["web", "www"]) expect(await engine.ok("run", "--rm", "--network", "shop", busybox, "wget", "-q", "-O", "-", `http://${name}/`)).toBe("hello from busybox");
    expect(await fetchText(18081)).toBe("hello from busybox\n");
    expect(await engine.fails(126, "run", "--rm", "-p", "18081:80", "--network", "shop", busybox, "true")).toContain("address already in use");
    expect(await engine.fails(2, "network", "rm", "shop")).toContain('"shop" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used');
    const inspected = JSON.parse(await engine.ok("network", "inspect", "shop")) as { containers: Record<string, { name: string }> }[];
    expect(Object.values(inspected[0]?.containers ?? {}).map(({ name }) => name)).toEqual(["web"]);
    expect(await engine.ok("network", "rm", "-f", "-t", "0", "shop")).toBe("shop");
    expect(await fetchText(18081)).toBe("refused");
    await engine.fails(1, "network", "exists", "shop");
  }, 60_000);

  test("a container can be connected and disconnected while it runs", async () => {
    await engine.ok("network", "create", "first");
    await engine.ok("network", "create", "second");
    await engine.ok("run", "-d", "--name", "box", "--network", "first", busybox, "sleep", "100");
    const interfaces = async (): Promise<string[]> => (await engine.ok("exec", "box", "ls", "/sys/class/net")).split("\n").toSorted();
    expect(await interfaces()).toEqual(["eth0", "lo"]);
    await engine.ok("network", "connect", "--alias", "other", "second", "box");
    expect(await interfaces()).toEqual(["eth0", "eth1", "lo"]);
    expect((await engine.ok("exec", "box", "cat", "/etc/hosts")).match(/[\t ]box$/gm)).toHaveLength(2);
    expect(await engine.fails(125, "network", "connect", "second", "box")).toContain("network is already connected");
    await engine.ok("network", "disconnect", "first", "box");
    expect(await interfaces()).toEqual(["eth1", "lo"]);
    await engine.ok("rm", "-f", "-t", "0", "box");
    expect((await engine.ok("network", "prune", "-f")).split("\n").toSorted()).toEqual(["first", "second"]);
  }, 60_000);

  test("many starts at once get different addresses", async () => {
    await engine.ok("network", "create", "crowd");
    const addresses = await Promise.all(Array.from({ length: 8 }, async () => engine.ok("run", "--rm", "--network", "crowd", busybox, "hostname", "-i")));
    expect(addresses.every((address) => address.startsWith("10."))).toBe(true);
    await engine.ok("network", "rm", "crowd");
  }, 60_000);
}

withEngine("networks as root", { needs: ["root", ...needs] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); }, 60_000);
  commonTests(engine);

  test("static address and MAC, on the default network too", async () => {
    const out = await engine.ok("run", "--rm", "--network", "bridge:ip=10.88.9.9,mac=92:d0:c6:0a:29:33", busybox, "ip", "-o", "addr", "show", "eth0");
    expect(out).toContain("10.88.9.9/16");
    expect(await engine.fails(126, "run", "--rm", "--ip", "10.99.0.1", busybox, "true")).toContain("requested static ip 10.99.0.1 not in any subnet on network podman");
  }, 60_000);

  test("a port that a server has is named, and nothing is left", async () => {
    const server = createServer().listen(18082, "127.0.0.1");
    await new Promise((resolve) => { server.once("listening", resolve); });
    const message = await engine.fails(126, "run", "--rm", "-p", "127.0.0.1:18082:80", busybox, "true");
    server.close();
    expect(message).toContain("cannot listen on the TCP port: listen tcp4 127.0.0.1:18082: bind: address already in use");
  }, 60_000);

  test("a container with a user namespace of its own has a network", async () => {
    expect(await engine.ok("run", "--rm", "--uidmap", "0:200000:1000", "--gidmap", "0:200000:1000", busybox, "ls", "/sys/class/net")).toBe("eth0\nlo");
  }, 60_000);

  test("reload makes flushed rules again", async () => {
    await engine.ok("run", "-d", "--name", "web", "-p", "18083:80", busybox, ...serve);
    Bun.spawnSync(["nft", "flush", "ruleset"]);
    await engine.ok("network", "reload", "web");
    expect(await fetchText(18083)).toBe("hello from busybox\n");
    await engine.ok("rm", "-f", "-t", "0", "web");
  }, 60_000);
});

withEngine("networks as a user", { user: true, needs: [...needs, "newuidmap", "pasta"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); }, 60_000);
  commonTests(engine);

  test("a forwarded connection may end one direction first", async () => {
    await engine.ok("network", "create", "half");
    await engine.ok("run", "-d", "--name", "half", "--network", "half", "-p", "18085:9", busybox, "nc", "-l", "-p", "9", "-e", "wc", "-c");
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port: 18085, allowHalfOpen: true });
      let text = "";
      socket.on("data", (data) => { text += data.toString(); });
      socket.on("end", () => { resolve(text); });
      socket.on("error", reject);
      socket.end(Buffer.alloc(100_000));
    });
    expect(answer.trim()).toBe("100000");
    await engine.ok("rm", "-f", "-t", "0", "half");
    await engine.ok("network", "rm", "half");
  }, 60_000);
});
