/**
 * The backend with the real netavark. The file runs twice: outside it starts itself in namespaces of its own (network, mounts,
 * processes), so that nothing of a test can stay behind; inside it holds the tests.
 */
import { beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { isEngineError } from "../base/errors.ts";
import { inNetns, mount, mountFlags, removeNetns } from "../sys/index.ts";
import { interfaceNames } from "./host.ts";
import { makeNetns, randomNetnsPath } from "./netns.ts";
import { openNetworks } from "./open.ts";
import { holdPorts } from "./hold-ports.ts";
import { networkConfig } from "./testing/config.ts";
import type { NetworkBackend, NetworkSetup } from "./types.ts";

const isInside = process.env["NET_TEST_INSIDE"] === "1";
const run = (...argv: string[]): string => {
  const { stdout, stderr, exitCode } = Bun.spawnSync(argv);
  if (exitCode !== 0) throw new Error(`${argv.join(" ")}: ${stderr.toString()}`);
  return stdout.toString();
};

if (!isInside) describe("networks, in namespaces of their own", () => {
  test("pass", () => {
    const { exitCode, stderr } = Bun.spawnSync(["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", process.execPath, "test", import.meta.path], {
      env: { ...process.env, NET_TEST_INSIDE: "1" },
    });
    if (exitCode !== 0) throw new Error(stderr.toString());
  }, 60_000);
});

if (isInside) describe("networks", () => {
  let folder = "";
  let backend: NetworkBackend;
  const request = (id: string, netnsPath: string, more: Partial<NetworkSetup> = {}): NetworkSetup =>
    ({ containerId: id.repeat(64).slice(0, 64), containerName: `c-${id}`, netnsPath, networks: [{ name: "podman" }], ports: [], ...more });
  const newNetns = async (): Promise<string> => {
    const path = randomNetnsPath(join(folder, "netns"));
    await makeNetns(path);
    return path;
  };
  const addressOf = (status: Awaited<ReturnType<NetworkBackend["setup"]>>, network = "podman"): string | undefined => status[network]?.interfaces?.["eth0"]?.subnets?.[0]?.ipnet;

  beforeAll(async () => {
    mount({ source: "none", target: "/", flags: mountFlags.rec | mountFlags.private });
    mount({ source: "tmpfs", target: "/run", fstype: "tmpfs" });
    mkdirSync("/run/lock");
    run("ip", "link", "set", "lo", "up");
    folder = mkdtempSync("/run/net-test-");
    backend = await openNetworks(networkConfig(folder), { runDir: join(folder, "rundir"), lockPath: join(folder, "lock") });
  });
  test("the default network is implicit", async () => {
    const networks = await backend.list();
    expect(networks.map(({ name }) => name)).toEqual(["podman"]);
    expect(await backend.inspect("2f259bab")).toMatchObject({ name: "podman", network_interface: "podman0", subnets: [{ subnet: "10.88.0.0/16", gateway: "10.88.0.1" }], dns_enabled: false });
    expect(backend.remove("podman")).rejects.toThrow("default network podman cannot be removed");
  });

  test("create picks a free subnet and name, and stores Podman's file", async () => {
    const network = await backend.create({ dns_enabled: true, labels: { a: "<b>" } });
    expect(network).toMatchObject({ name: "podman1", network_interface: "podman1", subnets: [{ subnet: "10.89.0.0/24", gateway: "10.89.0.1" }] });
    const file = readFileSync(join(folder, "networks", "podman1.json"), "utf8");
    expect(file).toStartWith(`{\n     "name": "podman1",\n     "id": "${network.id}",\n     "driver": "bridge",\n`);
    expect(file).toContain('"a": "\\u003cb\\u003e"');
    expect(await backend.inspect(network.id.slice(0, 12))).toEqual(network);
    expect((await backend.create({ ipv6_enabled: true })).subnets?.map(({ subnet }) => subnet.includes(":"))).toEqual([false, true]);
    await backend.remove("podman2");
    await backend.remove("podman1");
    expect(await backend.list()).toHaveLength(1);
  });

  test("wrong networks are refused with Podman's words", async () => {
    await backend.create({ name: "one", subnets: [{ subnet: "10.50.0.0/24" }] });
    const refused: [Parameters<NetworkBackend["create"]>[0], string][] = [
      [{ name: "one" }, "netavark: network already exists one"],
      [{ name: "bad name" }, "network name bad name invalid: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument"],
      [{ subnets: [{ subnet: "10.50.0.128/25" }] }, "subnet 10.50.0.128/25 is already used on the host or by another config"],
      [{ subnets: [{ subnet: "10.51.0.0/24", gateway: "10.52.0.1" }] }, "gateway 10.52.0.1 not in subnet 10.51.0.0/24"],
      [{ subnets: [{ subnet: "10.51.0.0/33" }] }, "invalid CIDR address: 10.51.0.0/33"],
      [{ subnets: [{ subnet: "10.51.0.0/24" }, { subnet: "10.51.0.0/24" }] }, "duplicate subnets detected: 10.51.0.0/24"],
      [{ subnets: [{ subnet: "10.51.0.0/16" }, { subnet: "10.51.7.0/24" }] }, "overlapping subnets detected: 10.51.0.0/16 and 10.51.7.0/24"],
      [{ routes: [{ destination: "10.7.0.0/16" }] }, "route gateway nil"],
      [{ routes: [{ destination: "10.7.0.1/16", gateway: "10.8.0.1" }] }, "route destination invalid"],
      [{ routes: [{ destination: "10.7.0.0/16", route_type: "nowhere" }] }, 'invalid route type "nowhere"'],
      [{ routes: [{ destination: "10.7.0.0/16", route_type: "prohibit", gateway: "10.8.0.1" }] }, "must not have a gateway for type prohibit"],
      [{ options: { abc: "d" } }, "unsupported bridge network option abc"],
      [{ options: { mtu: "x" } }, 'strconv.Atoi: parsing "x": invalid syntax'],
      [{ options: { vlan: "5000" } }, "vlan ID 5000 must be between 0 and 4094"],
      [{ driver: "macvlan", network_interface: "nosuch0" }, "parent interface nosuch0 does not exist"],
      [{ driver: "ipvlan" }, "ipam driver dhcp is not supported with ipvlan"],
      [{ driver: "what" }, 'failed to find driver or plugin "what"'],
      [{ ipam_options: { driver: "none" }, subnets: [{ subnet: "10.51.0.0/24" }] }, "none ipam driver is set but subnets are given"],
    ];
    for (const [network, message] of refused) expect(backend.create(network)).rejects.toThrow(message);
    expect(backend.inspect("nosuch")).rejects.toThrow("unable to find network with name or ID nosuch: network not found");
    await backend.remove("one");
  });

  test("a broken file is passed over", async () => {
    writeFileSync(join(folder, "networks", "broken.json"), "{");
    expect((await backend.list()).map(({ name }) => name)).toEqual(["podman"]);
    rmSync(join(folder, "networks", "broken.json"));
  });

  test("setup gives addresses and opens ports, teardown leaves nothing", async () => {
    const netns = await newNetns();
    const asked = request("a", netns, { ports: [{ containerPort: 80, hostPort: 8088, range: 2, protocol: "tcp,udp" }] });
    const status = await backend.setup(asked);
    expect(addressOf(status)).toBe("10.88.0.2/16");
    expect(inNetns(netns, interfaceNames).toSorted()).toEqual(["eth0", "lo"]);
    expect(run("iptables-save")).toContain("--dport 8088:8089");
    await backend.teardown(asked);
    await backend.teardown(asked);
    expect(inNetns(netns, interfaceNames)).toEqual(["lo"]);
    expect(interfaceNames()).toEqual(["lo"]);
    expect(run("iptables-save")).not.toContain("dport 80");
    removeNetns(netns);
  });

  test("rules go even when the namespace went first", async () => {
    const netns = await newNetns();
    const asked = request("a", netns, { ports: [{ containerPort: 80, hostPort: 8088 }] });
    await backend.setup(asked);
    removeNetns(netns);
    await backend.teardown(asked);
    expect(run("iptables-save")).not.toContain("dport 8088");
  });

  test("a teardown behind us needs neither us nor the pinned namespace", async () => {
    const [first, second] = [await newNetns(), await newNetns()];
    const asked = request("a", first, { ports: [{ containerPort: 80, hostPort: 8088 }] });
    await backend.setup(asked);
    await backend.teardown(asked, { behind: true });
    removeNetns(first);
    // The next set-up waits for it, so what is there then is only its own.
    const next = request("b", second);
    await backend.setup(next);
    expect(run("iptables-save")).not.toContain("dport 8088");
    await backend.teardown(next);
    removeNetns(second);
    expect(interfaceNames()).toEqual(["lo"]);
  });

  test("32 at once get 32 addresses", async () => {
    const ids = Array.from({ length: 32 }, (_, index) => String.fromCharCode(65 + index));
    const all = await Promise.all(ids.map(async (id) => {
      const netns = await newNetns();
      return { asked: request(id, netns), status: await backend.setup(request(id, netns)) };
    }));
    expect(new Set(all.map(({ status }) => addressOf(status))).size).toBe(32);
    await Promise.all(all.map(async ({ asked }) => backend.teardown(asked)));
    for (const { asked } of all) removeNetns(asked.netnsPath);
  }, 60_000);

  test("static addresses are given once, checked, and freed", async () => {
    const [first, second] = [await newNetns(), await newNetns()];
    const fixed = { networks: [{ name: "podman", staticIps: ["10.88.5.5"], staticMac: "92:d0:c6:0a:29:33", aliases: ["x"] }] };
    const status = await backend.setup(request("b", first, fixed));
    expect(status["podman"]?.interfaces?.["eth0"]).toMatchObject({ mac_address: "92:d0:c6:0a:29:33", subnets: [{ ipnet: "10.88.5.5/16", gateway: "10.88.0.1" }] });
    const conflict = await backend.setup(request("c", second, fixed)).catch((error: unknown) => error);
    expect(isEngineError(conflict, "conflict") && conflict.message).toBe(`IPAM error: requested ip address 10.88.5.5 is already allocated to container ID ${"b".repeat(64)}`);
    const outside = backend.setup(request("c", second, { networks: [{ name: "podman", staticIps: ["10.99.0.1"] }] }));
    expect(outside).rejects.toThrow("requested static ip 10.99.0.1 not in any subnet on network podman");
    await backend.teardown(request("b", first, fixed));
    await backend.setup(request("c", second, fixed));
    await backend.teardown(request("c", second, fixed));
    for (const netns of [first, second]) removeNetns(netns);
  });

  test("a lease range is used up, then refused, and given back after a failed set-up", async () => {
    await backend.create({ name: "small", subnets: [{ subnet: "10.60.0.0/24", lease_range: { start_ip: "10.60.0.9", end_ip: "10.60.0.9" } }] });
    const netns = await newNetns();
    const networks = [{ name: "small" }];
    const broken = backend.setup(request("d", "/run/nosuch", { networks }));
    expect(broken).rejects.toThrow("netavark: ");
    await broken.catch(() => undefined);
    expect(addressOf(await backend.setup(request("e", netns, { networks })), "small")).toBe("10.60.0.9/24");
    const full = await backend.setup(request("f", netns, { networks })).catch((error: unknown) => error);
    expect(isEngineError(full, "resource-exhausted")).toBe(true);
    // The same container again, as after a crash before its teardown: it gets its own address.
    await backend.teardown(request("e", netns, { networks }));
    expect(addressOf(await backend.setup(request("f", netns, { networks })), "small")).toBe("10.60.0.9/24");
    await backend.teardown(request("f", netns, { networks }));
    removeNetns(netns);
    await backend.remove("small");
  });

  test("name service runs on networks that have it", async () => {
    await backend.create({ name: "named", dns_enabled: true, subnets: [{ subnet: "10.61.0.0/24" }] });
    const netns = await newNetns();
    const asked = request("9", netns, { networks: [{ name: "named", aliases: ["db"] }] });
    const status = await backend.setup(asked);
    expect(status["named"]).toMatchObject({ dns_server_ips: ["10.61.0.1"], dns_search_domains: ["dns.podman"] });
    expect(readFileSync(join(folder, "rundir", "aardvark-dns", "named"), "utf8")).toContain("db");
    await backend.teardown(asked);
    removeNetns(netns);
    await backend.remove("named");
  });

  test("a port in use is named before anything is set up", () => {
    const port = { containerPort: 80, hostPort: 8099, hostIp: "127.0.0.1" };
    const held = holdPorts([port]);
    expect(() => holdPorts([{ containerPort: 1, hostPort: 8098, hostIp: "127.0.0.1" }, port])).toThrow("cannot listen on the TCP port: listen tcp4 127.0.0.1:8099: bind: address already in use");
    held.release();
    holdPorts([port, { containerPort: 1, hostPort: 8098, hostIp: "127.0.0.1" }]).release();
    expect(() => holdPorts([{ containerPort: 1, hostPort: 80, hostIp: "192.0.2.77", protocol: "udp" }])).toThrow("cannot listen on the UDP port: listen udp4 192.0.2.77:80: bind: cannot assign requested address");
  });

  test("a port without an address is held for both families", () => {
    const held = holdPorts([{ containerPort: 80, hostPort: 8097 }]);
    expect(held.sockets.map(({ containerPort, protocol }) => [containerPort, protocol])).toEqual([[80, "tcp"], [80, "tcp"]]);
    expect(() => holdPorts([{ containerPort: 80, hostPort: 8097, hostIp: "0.0.0.0" }])).toThrow("listen tcp4 0.0.0.0:8097: bind: address already in use");
    expect(() => holdPorts([{ containerPort: 80, hostPort: 8097, hostIp: "::" }])).toThrow("listen tcp6 [::]:8097: bind: address already in use");
    held.release();
    const single = holdPorts([{ containerPort: 80, hostPort: 8097, hostIp: "::" }]);
    expect(() => holdPorts([{ containerPort: 80, hostPort: 8097 }])).toThrow("listen tcp6 [::]:8097: bind: address already in use");
    // What was held before the failure is free again.
    holdPorts([{ containerPort: 80, hostPort: 8097, hostIp: "0.0.0.0" }]).release();
    single.release();
  });
});
