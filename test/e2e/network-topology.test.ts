/**
 * Two hosts: the engine's (the test's own network namespace) and another one behind a wire, with addresses of both families. What
 * containers publish is reached from there, names are found, and what somebody breaks comes back.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine, type TestEngine } from "../harness/engine.ts";
import { missingNeed } from "../harness/needs.ts";
import { startService } from "../harness/service.ts";

const needs = ["root", "isolated", "crun", "conmon", "netavark", "aardvark-dns", "busybox"] as const;
const hostAddress = { v4: "198.51.100.1", v6: "2001:db8:51::1" };
const peerAddress = { v4: "198.51.100.2", v6: "2001:db8:51::2" };
const resolverFolder = "/run/containers/networks/aardvark-dns";
const serve = ["httpd", "-f", "-h", "/var/www"] as const;

function host(...argv: string[]): string {
  const { stdout, stderr, exitCode } = Bun.spawnSync(argv);
  if (exitCode !== 0) throw new Error(`${argv.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
}
/** A script on the other host: what it prints, undefined when it fails or takes long. */
function onPeer(script: string): string | undefined {
  const { stdout, exitCode } = Bun.spawnSync(["nsenter", "--net=/run/netns/peer", process.execPath, "-e", script], { stderr: "ignore", timeout: 5_000 });
  return exitCode === 0 ? stdout.toString() : undefined;
}
const fetchFromPeer = (url: string): string | undefined => onPeer(`process.stdout.write(await (await fetch("${url}", { signal: AbortSignal.timeout(2_000) })).text())`);
/** What a server says before it hangs up. */
const readFromPeer = (port: number): string | undefined => onPeer(`require("node:net").connect(${port}, "${hostAddress.v4}").on("data", (data) => process.stdout.write(data)).on("error", () => process.exit(1))`);
const echoFromPeer = (port: number): string | undefined => onPeer(`const s = require("node:dgram").createSocket("udp4"); s.on("message", (text) => { process.stdout.write(text); process.exit(0); }); s.send("ping", ${port}, "${hostAddress.v4}")`);

function makePeer(): void {
  host("ip", "netns", "add", "peer");
  host("ip", "link", "add", "wire0", "type", "veth", "peer", "name", "wire1", "netns", "peer");
  for (const [address, prefix] of [[hostAddress.v4, 24], [hostAddress.v6, 64]] as const) host("ip", "address", "add", `${address}/${prefix}`, "dev", "wire0", ...(prefix === 64 ? ["nodad"] : []));
  for (const [address, prefix] of [[peerAddress.v4, 24], [peerAddress.v6, 64]] as const) host("ip", "-n", "peer", "address", "add", `${address}/${prefix}`, "dev", "wire1", ...(prefix === 64 ? ["nodad"] : []));
  host("ip", "link", "set", "wire0", "up");
  for (const device of ["wire1", "lo"]) host("ip", "-n", "peer", "link", "set", device, "up");
  host("ip", "-n", "peer", "route", "add", "default", "via", hostAddress.v4);
}
function removePeer(): void {
  host("ip", "link", "del", "wire0");
  host("ip", "netns", "del", "peer");
}

/** Asks until it is so: what heals runs behind the command that saw the need. */
async function eventually(look: () => Promise<boolean>): Promise<boolean> {
  for (const limit = Date.now() + 25_000; Date.now() < limit; await Bun.sleep(100)) if (await look()) return true;
  return false;
}
const resolverPid = (): number => Number(readFileSync(join(resolverFolder, "aardvark.pid"), "utf8"));
/** What heals goes on with other containers after the first one is well. */
async function healed(): Promise<void> {
  const isHealing = (): boolean => readdirSync("/proc").some((pid) => { try { return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("heal-networks"); } catch { return false; } });
  expect(await eventually(async () => !isHealing())).toBe(true);
}
/** Commands look at networks every ten seconds; a test does not wait. */
const lookAgain = (engine: TestEngine): void => { rmSync(join(engine.dir, "tmp/network-health"), { force: true }); };

withEngine("two hosts", { needs }, (engine) => {
  const resolves = async (name: string, from = "client"): Promise<boolean> => (await engine.run(["exec", from, "nslookup", name])).status === 0;
  const reaches = async (url: string, from = "client"): Promise<boolean> => (await engine.run(["exec", from, "timeout", "3", "wget", "-q", "-O", "/dev/null", url])).status === 0;

  beforeAll(async () => {
    await engine.useImage();
    makePeer();
    await engine.ok("network", "create", "--ipv6", "--subnet", "10.61.0.0/24", "--subnet", "fd00:61::/64", "front");
    await engine.ok("network", "create", "--subnet", "10.62.0.0/24", "back");
    await engine.ok("network", "create", "--internal", "--subnet", "10.63.0.0/24", "vault");
    await engine.ok("run", "-d", "--name", "web", "--network", "front:ip=10.61.0.10,ip6=fd00:61::10", "--network", "back", "--network-alias", "www", "-p", "18090:80", "-p", "18091:80/tcp", "-p", "18092:9/udp", busybox, ...serve);
    await engine.ok("run", "-d", "--name", "client", "--network", "front", busybox, "sleep", "1000");
  }, 60_000);
  afterAll(async () => { if (existsSync("/run/netns/peer")) removePeer(); });

  test("published ports answer on every address of the host, from outside and from the host itself", async () => {
    for (const url of [`http://${hostAddress.v4}:18090/`, `http://[${hostAddress.v6}]:18090/`, `http://${hostAddress.v4}:18091/`]) expect(fetchFromPeer(url)).toBe("hello from busybox\n");
    for (const url of [`http://127.0.0.1:18090/`, `http://${hostAddress.v4}:18090/`, "http://10.61.0.10/"]) expect(await fetch(url).then((answer) => answer.text())).toBe("hello from busybox\n");
    expect((await engine.ok("port", "web")).split("\n").toSorted()).toEqual(["80/tcp -> 0.0.0.0:18090", "80/tcp -> 0.0.0.0:18091", "9/udp -> 0.0.0.0:18092"]);
  });

  test("a server sees the other host's own address, and UDP arrives", async () => {
    await engine.ok("run", "-d", "--name", "seer", "--network", "front", "-p", "18093:7/udp", "-p", "18094:7", busybox, "nc", "-ll", "-p", "7", "-e", "cat", "/proc/net/tcp", "/proc/net/tcp6");
    // 198.51.100.2 in the kernel's order, as IPv4 or mapped into IPv6.
    expect(await eventually(async () => readFromPeer(18094)?.includes("026433C6") === true)).toBe(true);
    // busybox has no server for UDP; one of ours in the container's network does as well.
    const echo = Bun.spawn(["nsenter", `--net=${await engine.ok("inspect", "--format", "{{.NetworkSettings.SandboxKey}}", "seer")}`, process.execPath, "-e",
      'const s = require("node:dgram").createSocket("udp4"); s.on("message", (text, from) => s.send(text + " " + from.address, from.port, from.address)); s.bind(7)'], { stdio: ["ignore", "ignore", "ignore"] });
    expect(await eventually(async () => echoFromPeer(18093) === `ping ${peerAddress.v4}`)).toBe(true);
    echo.kill();
    await echo.exited;
    await engine.ok("rm", "-f", "-t", "0", "seer");
  }, 30_000);

  test("names, aliases and short ids, of both networks; the other network's containers are not known", async () => {
    await engine.ok("run", "-d", "--name", "db", "--network", "back", busybox, ...serve);
    const webId = (await engine.ok("inspect", "--format", "{{.Id}}", "web")).slice(0, 12);
    for (const name of ["web", "www", webId, "web.dns.podman"]) expect([name, await resolves(name)]).toEqual([name, true]);
    // The resolver reads its files when it is told to, a moment later.
    if (missingNeed(["aardvark-dns>=1.14"]) === undefined) expect(await eventually(async () => resolves("db", "web"))).toBe(true);
    expect(await resolves("db")).toBe(false);
    expect(await reaches("http://www/")).toBe(true);
    await engine.ok("network", "connect", "--alias", "store", "front", "db");
    expect(await eventually(async () => resolves("store"))).toBe(true);
    await engine.ok("network", "disconnect", "front", "db");
    expect(await eventually(async () => !await resolves("store"))).toBe(true);
    await engine.ok("rm", "-f", "-t", "0", "db");
  }, 60_000);

  test("one alias of several containers gives all addresses", async () => {
    for (const name of ["one", "two", "three"]) await engine.ok("run", "-d", "--name", name, "--network", "front", "--network-alias", "pool", busybox, "sleep", "100");
    let answer = "";
    const addresses = async (): Promise<number> => {
      const { stdout, stderr } = await engine.run(["exec", "client", "nslookup", "-type=a", "pool"]);
      answer = stdout + stderr;
      return new Set(stdout.match(/10\.61\.0\.(?!1$)\d+$/gm)).size;
    };
    if (!await eventually(async () => await addresses() === 3)) throw new Error(`${answer}\n${readFileSync(join(resolverFolder, "front"), "utf8")}`);
    await engine.ok("rm", "-f", "-t", "0", "one", "two", "three");
  }, 60_000);

  test("an internal network has names, and no way out", async () => {
    await engine.ok("run", "-d", "--name", "safe", "--network", "vault", busybox, ...serve);
    await engine.ok("run", "-d", "--name", "guard", "--network", "vault", busybox, "sleep", "100");
    expect(await eventually(async () => resolves("safe", "guard"))).toBe(true);
    expect(await reaches("http://safe/", "guard")).toBe(true);
    expect(await reaches(`http://${hostAddress.v4}:18090/`, "guard")).toBe(false);
    expect(await resolves("example.com", "guard")).toBe(false);
    expect(fetchFromPeer("http://10.63.0.2/")).toBeUndefined();
    await engine.ok("rm", "-f", "-t", "0", "safe", "guard");
  }, 60_000);

  test("a flushed firewall: reload opens the ports again", async () => {
    host("nft", "flush", "ruleset");
    expect(fetchFromPeer(`http://${hostAddress.v4}:18090/`)).toBeUndefined();
    expect((await engine.ok("network", "reload", "--all")).split("\n")).toHaveLength(2);
    expect(fetchFromPeer(`http://${hostAddress.v4}:18090/`)).toBe("hello from busybox\n");
    // The kernel first asks whether somebody else has the address of the sixth version.
    expect(await eventually(async () => fetchFromPeer(`http://[${hostAddress.v6}]:18090/`) === "hello from busybox\n")).toBe(true);
    expect(await engine.ok("exec", "web", "ip", "-o", "addr", "show", "eth0")).toContain("10.61.0.10/24");
  }, 60_000);

  test("reload repairs all at once: rules, resolver and its files", async () => {
    host("nft", "flush", "ruleset");
    process.kill(resolverPid(), "SIGKILL");
    rmSync(resolverFolder, { recursive: true });
    await engine.ok("network", "reload", "--all");
    expect(await eventually(async () => reaches("http://www/"))).toBe(true);
    expect(fetchFromPeer(`http://${hostAddress.v4}:18090/`)).toBe("hello from busybox\n");
  }, 60_000);

  for (const [what, breakIt] of [
    ["a killed resolver", (): void => { process.kill(resolverPid(), "SIGKILL"); }],
    ["lost names", (): void => { rmSync(join(resolverFolder, "front")); process.kill(resolverPid(), "SIGHUP"); }],
    ["a lost folder", (): void => { rmSync(resolverFolder, { recursive: true }); }],
  ] as const) {
    test(`${what} comes back when somebody looks`, async () => {
      breakIt();
      if (what !== "a lost folder") expect(await eventually(async () => !await resolves("web"))).toBe(true);
      lookAgain(engine);
      await engine.ok("ps");
      expect(await eventually(async () => existsSync(join(resolverFolder, "front")) && await resolves("web"))).toBe(true);
      await healed();
    }, 60_000);
  }

  test("a number in the resolver's file that is another process' now is not signalled", async () => {
    const innocent = Bun.spawn(["sleep", "100"], { stdio: ["ignore", "ignore", "ignore"] });
    process.kill(resolverPid(), "SIGKILL");
    writeFileSync(join(resolverFolder, "aardvark.pid"), String(innocent.pid));
    await engine.ok("run", "--rm", "--network", "front", busybox, "nslookup", "web");
    expect(innocent.exitCode).toBeNull();
    expect(innocent.signalCode).toBeNull();
    innocent.kill();
    await innocent.exited;
  }, 60_000);

  test("a flushed firewall comes back when somebody looks, and a service looks by itself", async () => {
    host("nft", "flush", "ruleset");
    lookAgain(engine);
    await engine.ok("ps");
    expect(await eventually(async () => fetchFromPeer(`http://${hostAddress.v4}:18090/`) !== undefined)).toBe(true);
    await healed();
    const service = await startService(engine);
    host("nft", "flush", "ruleset");
    process.kill(resolverPid(), "SIGKILL");
    expect(await eventually(async () => fetchFromPeer(`http://${hostAddress.v4}:18090/`) !== undefined && await resolves("web"))).toBe(true);
    await service.stop();
  }, 90_000);

  test("all gone: no device, rule, name, lease or process", async () => {
    // netavark 1.4 keeps a network's empty chain of ports when the last container to leave has none.
    for (const name of ["client", "web"]) await engine.ok("rm", "-f", "-t", "0", name);
    await engine.ok("network", "rm", "front", "back", "vault");
    removePeer();
    expect(await eventually(async () => !existsSync(join(resolverFolder, "front")))).toBe(true);
  }, 60_000);
});
