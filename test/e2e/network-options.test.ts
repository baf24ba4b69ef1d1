/** What `network create` and `--network` ask for, seen from inside a container. */
import { beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine, type TestEngine } from "../harness/engine.ts";
import { findProgram, missingNeed } from "../harness/needs.ts";

const needs = ["root", "isolated", "crun", "conmon", "netavark", "aardvark-dns", "busybox"] as const;
const host = (...argv: string[]): string => {
  const { stdout, stderr, exitCode } = Bun.spawnSync(argv);
  if (exitCode !== 0) throw new Error(`${argv.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
};

/** Small kernels are built without some kinds of device. Skipped tests are called so. */
function kernelHas(...type: string[]): boolean {
  if (process.getuid?.() !== 0) return false;
  const inNamespace = ["unshare", "--net", "sh", "-c", 'ip link add low0 type veth peer name low1 && ip link add name probe0 "$@"', "sh", ...type];
  return Bun.spawnSync(inNamespace, { stderr: "ignore" }).exitCode === 0;
}
/** busybox wants a raw socket for it. */
const pings = async (engine: TestEngine, network: string, address: string): Promise<boolean> =>
  (await engine.run(["run", "--rm", "--cap-add", "NET_RAW", "--network", network, busybox, "ping", "-c", "1", "-W", "1", address])).status === 0;

withEngine("network options", { needs }, (engine) => {
  beforeAll(async () => { await engine.useImage(); });
  const inside = async (network: string, ...command: string[]): Promise<string> => engine.ok("run", "--rm", "--network", network, busybox, ...command);

  test("several subnets of both families, ranges, gateways and static addresses", async () => {
    await engine.ok("network", "create", "--subnet", "10.71.0.0/24", "--gateway", "10.71.0.9", "--ip-range", "10.71.0.200-10.71.0.201",
      "--subnet", "10.72.0.0/24", "--ip-range", "10.72.1.0/24", "many").then(() => { throw new Error("a range outside of its subnet was taken"); }, () => undefined);
    await engine.ok("network", "create", "--subnet", "10.71.0.0/24", "--gateway", "10.71.0.9", "--ip-range", "10.71.0.200-10.71.0.201", "--subnet", "fd00:71::/64", "--subnet", "10.72.0.0/24", "many");
    const addresses = await inside("many", "ip", "-o", "addr", "show", "eth0");
    for (const address of ["10.71.0.200/24", "fd00:71::2/64", "10.72.0.2/24"]) expect(addresses).toContain(address);
    expect(await inside("many", "ip", "route")).toContain("default via 10.71.0.9 dev eth0");
    expect(await inside("many", "ip", "-6", "route")).toContain("default via fd00:71::1 dev eth0");
    const fixed = await inside("many:ip=10.72.0.77,ip=10.71.0.50,ip6=fd00:71::99,mac=02:00:00:00:07:71,interface_name=lan0", "ip", "-o", "addr", "show", "lan0");
    for (const address of ["10.71.0.50/24", "fd00:71::99/64", "10.72.0.77/24"]) expect(fixed).toContain(address);
    expect(await inside("many:mac=02:00:00:00:07:71,interface_name=lan0", "cat", "/sys/class/net/lan0/address")).toBe("02:00:00:00:07:71");
    await engine.ok("network", "rm", "many");
  }, 60_000);

  test("mtu, metric and internal", async () => {
    await engine.ok("network", "create", "-o", "mtu=1342", "-o", "metric=77", "sized");
    expect(await inside("sized", "cat", "/sys/class/net/eth0/mtu")).toBe("1342");
    expect(await inside("sized", "ip", "route")).toContain("metric 77");
    await engine.ok("network", "create", "--internal", "inner");
    expect(await inside("inner", "ip", "route")).not.toContain("default");
    await engine.ok("network", "rm", "sized", "inner");
  }, 60_000);

  test("isolated networks do not reach each other, others do", async () => {
    await engine.ok("network", "create", "--subnet", "10.73.0.0/24", "-o", "isolate=true", "island");
    await engine.ok("network", "create", "--subnet", "10.74.0.0/24", "-o", "isolate=1", "atoll");
    await engine.ok("network", "create", "--subnet", "10.75.0.0/24", "-o", "isolate=false", "plain");
    await engine.ok("run", "-d", "--name", "lonely", "--network", "island:ip=10.73.0.5", busybox, "sleep", "100");
    expect(await pings(engine, "island", "10.73.0.5")).toBe(true);
    expect(await pings(engine, "atoll", "10.73.0.5")).toBe(false);
    expect(await pings(engine, "plain", "10.73.0.5")).toBe(true);
    await engine.ok("rm", "-f", "-t", "0", "lonely");
    await engine.ok("network", "rm", "island", "atoll", "plain");
  }, 60_000);

  test("macvlan over a device of the host, and a bridge that gives no addresses", async () => {
    host("ip", "link", "add", "lan9", "type", "veth", "peer", "name", "lan9peer");
    host("ip", "link", "set", "lan9", "up");
    host("ip", "link", "set", "lan9peer", "up");
    host("ip", "address", "add", "10.76.0.1/24", "dev", "lan9peer");
    await engine.ok("network", "create", "-d", "macvlan", "-o", "parent=lan9", "-o", "mode=bridge", "--subnet", "10.76.0.0/24", "mac");
    expect(await pings(engine, "mac:ip=10.76.0.8,mac=02:00:00:00:07:76", "10.76.0.1")).toBe(true);
    await engine.ok("network", "create", "--ipam-driver", "none", "bare");
    expect(await inside("bare", "ip", "-4", "-o", "addr", "show", "eth0")).toBe("");
    await engine.ok("network", "rm", "mac", "bare");
    host("ip", "link", "del", "lan9");
  }, 60_000);

  test("what an old netavark would pass over is refused", async () => {
    if (missingNeed(["netavark>=1.14"]) === undefined) return;
    for (const [option, since] of [["-o=vlan=5", "1.14.0"], ["-o=vrf=blue", "1.8.0"], ["--route=10.0.0.0/8,10.1.1.1", "1.7.0"]] as const) {
      expect(await engine.fails(125, "network", "create", option, "young")).toContain(`which needs netavark ${since} or newer`);
    }
    // A definition from elsewhere is no way around.
    const path = join(engine.dir, "networks/young.json");
    writeFileSync(path, JSON.stringify({ name: "young", id: "7".repeat(64), driver: "bridge", network_interface: "young0", subnets: [{ subnet: "10.77.0.0/24" }], dns_enabled: false, options: { vlan: "5" }, ipam_options: { driver: "host-local" } }));
    expect(await engine.fails(126, "run", "--rm", "--network", "young", busybox, "true")).toContain("network young uses the option vlan");
    await engine.ok("network", "rm", "young");
  }, 60_000);
});

withEngine("network options of newer netavarks", { needs: [...needs, "netavark>=1.14"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); });
  const inside = async (network: string, ...command: string[]): Promise<string> => engine.ok("run", "--rm", "--network", network, busybox, ...command);

  test.skipIf(!kernelHas("link", "low0", "type", "ipvlan"))("ipvlan in layer 2 and 3", async () => {
    host("ip", "link", "add", "ipv9", "type", "veth", "peer", "name", "ipv9peer");
    host("ip", "link", "set", "ipv9", "up");
    for (const mode of ["l2", "l3", "l3s"]) {
      await engine.ok("network", "create", "-d", "ipvlan", "-o", `mode=${mode}`, "-o", "parent=ipv9", "--subnet", "10.81.0.0/24", "ipv");
      expect(await inside("ipv", "ip", "-4", "-o", "addr", "show", "eth0")).toContain("10.81.0.2/24");
      await engine.ok("network", "rm", "ipv");
    }
    host("ip", "link", "del", "ipv9");
  }, 60_000);

  test("static routes, and no default one", async () => {
    await engine.ok("network", "create", "--subnet", "10.82.0.0/24", "-o", "no_default_route=1", "--route", "10.200.0.0/16,10.82.0.3,42", "--route", "10.201.0.0/16,10.82.0.4", "routed");
    const routes = await inside("routed", "ip", "route");
    expect(routes).not.toContain("default");
    expect(routes).toContain("10.200.0.0/16 via 10.82.0.3 dev eth0");
    expect(routes).toContain("metric 42");
    expect(routes).toContain("10.201.0.0/16 via 10.82.0.4 dev eth0");
    await engine.ok("network", "rm", "routed");
    if (missingNeed(["netavark>=2.0"]) !== undefined) expect(await engine.fails(125, "network", "create", "--route", "10.9.0.0/16,blackhole", "hole")).toContain("uses a blackhole route, which needs netavark 2.0.0 or newer");
  }, 60_000);

  test("a name for the interface on the host", async () => {
    await engine.ok("run", "-d", "--name", "named", "--network", "podman:host_interface_name=seven0", busybox, "sleep", "100");
    expect(host("ip", "-o", "link", "show", "seven0")).toContain("master podman0");
    await engine.ok("rm", "-f", "-t", "0", "named");
  }, 60_000);

  test.skipIf(!kernelHas("type", "bridge", "vlan_filtering", "1"))("a VLAN", async () => {
    await engine.ok("network", "create", "-o", "vlan=7", "--interface-name", "vbr9", "--subnet", "10.83.0.0/24", "vlan7");
    await engine.ok("run", "-d", "--name", "tagged", "--network", "vlan7:host_interface_name=tag0", busybox, "sleep", "100");
    expect(host("bridge", "vlan", "show", "dev", "tag0")).toContain("7 PVID");
    await engine.ok("rm", "-f", "-t", "0", "tagged");
    await engine.ok("network", "rm", "vlan7");
  }, 60_000);

  test.skipIf(!kernelHas("type", "vrf", "table", "99"))("a VRF", async () => {
    host("ip", "link", "add", "red9", "type", "vrf", "table", "99");
    await engine.ok("network", "create", "-o", "vrf=red9", "--interface-name", "rbr9", "--subnet", "10.84.0.0/24", "red");
    await engine.ok("run", "-d", "--name", "tinted", "--network", "red", busybox, "sleep", "100");
    expect(host("ip", "-o", "link", "show", "rbr9")).toContain("master red9");
    await engine.ok("rm", "-f", "-t", "0", "tinted");
    await engine.ok("network", "rm", "red");
    host("ip", "link", "del", "red9");
  }, 60_000);

  test("an unmanaged bridge is used as it is, and stays", async () => {
    await engine.ok("network", "create", "-o", "mode=unmanaged", "--interface-name", "own9", "--subnet", "10.85.0.0/24", "--gateway", "10.85.0.1", "own");
    expect(await engine.fails(126, "run", "--rm", "--network", "own", busybox, "true")).toContain("the bridge must already exist on the host");
    host("ip", "link", "add", "own9", "type", "bridge");
    host("ip", "link", "set", "own9", "up");
    host("ip", "address", "add", "10.85.0.1/24", "dev", "own9");
    const before = host("nft", "list", "ruleset");
    expect(await pings(engine, "own", "10.85.0.1")).toBe(true);
    expect(host("ip", "-o", "link", "show", "own9")).toContain("own9");
    expect(host("nft", "list", "ruleset")).toBe(before);
    await engine.ok("network", "rm", "own");
    host("ip", "link", "del", "own9");
  }, 60_000);

  test("strict isolation keeps out networks that are not isolated too", async () => {
    await engine.ok("network", "create", "--subnet", "10.86.0.0/24", "-o", "isolate=strict", "fort");
    await engine.ok("network", "create", "--subnet", "10.87.0.0/24", "-o", "isolate=true", "moat");
    await engine.ok("run", "-d", "--name", "keep", "--network", "fort:ip=10.86.0.5", busybox, "sleep", "100");
    expect(await pings(engine, "moat", "10.86.0.5")).toBe(false);
    expect(await pings(engine, "fort", "10.86.0.5")).toBe(true);
    await engine.ok("rm", "-f", "-t", "0", "keep");
    await engine.ok("network", "rm", "fort", "moat");
  }, 60_000);

  test("a driver of a plugin", async () => {
    const folder = join(engine.dir, "plugins");
    const log = join(engine.dir, "plugin.log");
    mkdirSync(folder);
    const plugin = join(folder, "loopy");
    const status = `{"interfaces":{"eth0":{"mac_address":"02:00:00:00:08:08","subnets":[{"ipnet":"10.88.77.5/24"}]}}}`;
    writeFileSync(plugin, `#!/bin/sh\necho "$1" >> ${log}\ncase "$1" in\ncreate) cat ;;\nsetup) cat > /dev/null; nsenter --net="$2" ip link add eth0 type bridge; nsenter --net="$2" ip address add 10.88.77.5/24 dev eth0; echo '${status}' ;;\nteardown) cat > /dev/null; nsenter --net="$2" ip link del eth0 ;;\nesac\n`);
    chmodSync(plugin, 0o755);
    const conf = join(engine.dir, "containers.conf");
    writeFileSync(conf, `${readFileSync(conf, "utf8")}[network]\nnetavark_plugin_dirs = ["${folder}"]\n`);
    await engine.ok("network", "create", "-d", "loopy", "mine");
    expect(await engine.ok("info", "--format", "{{.Plugins.Network}}")).toContain("loopy");
    expect(await inside("mine", "ip", "-4", "-o", "addr", "show", "eth0")).toContain("10.88.77.5/24");
    await engine.ok("run", "-d", "--name", "plugged", "--network", "mine", busybox, "sleep", "100");
    expect(await engine.ok("inspect", "--format", "{{.NetworkSettings.Networks.mine.IPAddress}}", "plugged")).toBe("10.88.77.5");
    await engine.ok("rm", "-f", "-t", "0", "plugged");
    await engine.ok("network", "rm", "mine");
    expect(readFileSync(log, "utf8").trim().split("\n").slice(0, 2)).toEqual(["create", "setup"]);
    expect(readFileSync(log, "utf8").match(/teardown/g)?.length).toBe(2);
  }, 60_000);
});

withEngine("networks with DHCP", { needs: [...needs, "netavark>=1.14"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); });

  /** Another host at the other end of a wire, with a DHCP server, and netavark's proxy where it is looked for. */
  async function withServer(work: () => Promise<void>): Promise<void> {
    host("ip", "netns", "add", "dhcp9");
    host("ip", "link", "add", "wire9", "type", "veth", "peer", "name", "far9", "netns", "dhcp9");
    host("ip", "link", "set", "wire9", "up");
    for (const args of [["address", "add", "10.91.0.1/24", "dev", "far9"], ["link", "set", "far9", "up"]]) host("ip", "-n", "dhcp9", ...args);
    const conf = join(engine.dir, "udhcpd.conf");
    writeFileSync(join(engine.dir, "leases"), "");
    writeFileSync(conf, `start 10.91.0.50\nend 10.91.0.60\ninterface far9\nlease_file ${engine.dir}/leases\npidfile ${engine.dir}/udhcpd.pid\noption subnet 255.255.255.0\noption router 10.91.0.1\noption lease 600\n`);
    mkdirSync("/run/podman", { recursive: true });
    const children = [["nsenter", "--net=/run/netns/dhcp9", "busybox", "udhcpd", "-f", conf], [findProgram("netavark") ?? "netavark", "dhcp-proxy", "--dir", "/run/podman", "--uds", "/run/podman"]]
      .map((argv) => Bun.spawn(argv, { stdio: ["ignore", "ignore", "ignore"] }));
    try { await work(); } finally {
      for (const child of children) { child.kill("SIGKILL"); await child.exited; }
      host("ip", "link", "del", "wire9");
      host("ip", "netns", "del", "dhcp9");
    }
  }

  test("macvlan gets its address from the server", async () => {
    await withServer(async () => {
      await engine.ok("network", "create", "-d", "macvlan", "-o", "parent=wire9", "leased");
      expect(await engine.ok("network", "inspect", "--format", "{{.IPAMOptions}}", "leased")).toBe("map[driver:dhcp]");
      await engine.ok("run", "-d", "--name", "tenant", "--cap-add", "NET_RAW", "--network", "leased", busybox, "sleep", "100");
      const address = await engine.ok("inspect", "--format", "{{.NetworkSettings.Networks.leased.IPAddress}}", "tenant");
      expect(address).toMatch(/^10\.91\.0\.(5\d|60)$/);
      expect(await engine.ok("exec", "tenant", "ip", "-4", "-o", "addr", "show", "eth0")).toContain(address);
      expect(await engine.ok("exec", "tenant", "ping", "-c", "1", "-W", "2", "10.91.0.1")).toContain("1 packets received");
      await engine.ok("rm", "-f", "-t", "0", "tenant");
      await engine.ok("network", "rm", "leased");
    });
  }, 60_000);
});
