import { describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addHostEntries, entriesOfStatus, hostInternalIp, hostsContent, removeHostEntries } from "./hosts.ts";
import { changeNameservers, hasIpv6, resolvConfContent, type ResolvRequest } from "./resolv-conf.ts";
import { parseOwnAddresses, pastaArguments } from "./pasta.ts";
import { finalPorts } from "./ports.ts";
import { defaultDefinition } from "./files.ts";

const status = { podman: { interfaces: { eth0: { mac_address: "92:d0:c6:0a:29:33", subnets: [{ ipnet: "10.88.0.5/16", gateway: "10.88.0.1" }] } } } };

function withFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "names-"));
  try { work(folder); } finally { rmSync(folder, { recursive: true }); }
}

describe("hosts", () => {
  test("order and precedence: asked, base, then what is unnamed", () => {
    const text = hostsContent({
      extraHosts: ["db;db2:10.0.0.9", "gw:host-gateway", "web:1.2.3.4", "six:::1"], base: "# comment\n127.0.0.1 localhost # me\n192.0.2.1\n192.0.2.2 h1 h2\n",
      hostInternalIp: "10.88.0.1", containerEntries: entriesOfStatus(status, ["abc123", "web"]),
    });
    expect(text).toBe("10.0.0.9\tdb db2\n10.88.0.1\tgw\n1.2.3.4\tweb\n::1\tsix\n127.0.0.1\tlocalhost\n192.0.2.2\th1 h2\n10.88.0.1\thost.containers.internal host.docker.internal\n10.88.0.5\tabc123\n");
  });
  test("wrong --add-host", () => {
    const content = (entry: string): (() => string) => () => hostsContent({ extraHosts: [entry], base: "", containerEntries: [] });
    expect(content("abc")).toThrow('unable to parse host entry "abc": incorrect format');
    expect(content(":1.2.3.4")).toThrow('hostname in host entry ":1.2.3.4" is empty');
    expect(content("a:")).toThrow('IP address in host entry "a:" is empty');
    expect(content("a:host-gateway")).toThrow('unable to replace "host-gateway" of host entry "a:host-gateway": host containers internal IP address is empty');
  });
  test("host.containers.internal", () => {
    const networks = [defaultDefinition({ directory: "", defaultNetwork: "podman", defaultSubnet: "10.88.0.0/16" })];
    expect(hostInternalIp({ setting: undefined, rootless: false, status, networks })).toBe("10.88.0.1");
    expect(hostInternalIp({ setting: "none", rootless: false, status, networks })).toBeUndefined();
    expect(hostInternalIp({ setting: "192.0.2.9", rootless: false, status, networks })).toBe("192.0.2.9");
    expect(hostInternalIp({ setting: "", rootless: true, status, networks, preferred: "169.254.1.2" })).toBe("169.254.1.2");
  });
  test("connect and disconnect change a file in place, unless the user rewrote it", () => {
    withFolder((folder) => {
      const file = join(folder, "hosts");
      writeFileSync(file, "10.88.0.5\tweb\n");
      const [old, added] = [[{ ip: "10.88.0.5", names: ["web"] }], [{ ip: "10.89.0.2", names: ["web"] }]];
      addHostEntries(file, old, added);
      expect(readFileSync(file, "utf8")).toBe("10.88.0.5\tweb\n10.89.0.2\tweb\n");
      removeHostEntries(file, old);
      expect(readFileSync(file, "utf8")).toBe("10.89.0.2\tweb\n");
      addHostEntries(file, old, old);
      expect(readFileSync(file, "utf8")).toBe("10.89.0.2\tweb\n");
    });
  });
});

describe("resolv.conf", () => {
  const content = (host: string, request: Partial<ResolvRequest> = {}): string => {
    let text = "";
    withFolder((folder) => {
      const hostFile = join(folder, "resolv.conf");
      writeFileSync(hostFile, host);
      text = resolvConfContent({ nameservers: [], searches: [], options: [], status: {}, hasNetns: true, ipv6: false, hostFile, ...request });
    });
    return text;
  };
  const host = "# c\nsearch a.example b.example\nnameserver 192.0.2.53\nnameserver 127.0.0.9\nnameserver fd00::1\noptions ndots:2\n";
  test("the host's, without what a container cannot reach", () => {
    expect(content(host)).toBe("search a.example b.example\nnameserver 192.0.2.53\noptions ndots:2\n");
    expect(content(host, { ipv6: true })).toContain("nameserver fd00::1\n");
    expect(content("nameserver 127.0.0.9\n")).toBe("nameserver 8.8.8.8\nnameserver 8.8.4.4\n");
    expect(content(host, { hasNetns: false })).toContain("nameserver 127.0.0.9\n");
  });
  test("what was asked trumps; networks with name service trump that", () => {
    expect(content(host, { nameservers: ["1.1.1.1"], searches: ["x"], options: ["edns0"] })).toBe("search x\nnameserver 1.1.1.1\noptions edns0\n");
    expect(content(host, { searches: ["."] })).toBe("nameserver 192.0.2.53\noptions ndots:2\n");
    const named = { named: { dns_server_ips: ["10.89.0.1"], dns_search_domains: ["dns.podman"] } };
    expect(content(host, { status: named, nameservers: ["1.1.1.1"] })).toBe("search dns.podman a.example b.example\nnameserver 10.89.0.1\noptions ndots:2\n");
    expect(content(host, { forwarders: ["169.254.1.1"] })).toContain("nameserver 169.254.1.1\nnameserver 192.0.2.53\n");
  });
  test("servers of a running container", () => {
    withFolder((folder) => {
      const file = join(folder, "resolv.conf");
      writeFileSync(file, "search x\nnameserver 192.0.2.53\n");
      changeNameservers(file, { add: ["10.89.0.1"] });
      expect(readFileSync(file, "utf8")).toBe("search x\nnameserver 10.89.0.1\nnameserver 192.0.2.53\n");
      changeNameservers(file, { remove: ["10.89.0.1"] });
      expect(readFileSync(file, "utf8")).toBe("search x\nnameserver 192.0.2.53\n");
    });
    expect(hasIpv6(status)).toBe(false);
  });
});

describe("ports", () => {
  const port = (hostPort: number, containerPort: number, range = 1, protocol = "tcp"): { hostPort: number; containerPort: number; range: number; protocol: string } => ({ hostPort, containerPort, range, protocol });
  test("neighbours join, protocols split", () => {
    expect(finalPorts([port(8081, 81), port(8080, 80), port(9000, 1, 3, "tcp,UDP")])).toEqual([
      { hostIp: "", containerPort: 80, hostPort: 8080, range: 2, protocol: "tcp" }, { hostIp: "", containerPort: 1, hostPort: 9000, range: 3, protocol: "tcp" },
      { hostIp: "", containerPort: 1, hostPort: 9000, range: 3, protocol: "udp" },
    ]);
  });
  test("open host ports are chosen; exposed ones come last and once", () => {
    const chosen = finalPorts([port(0, 80)], [{ port: 80, protocol: "tcp" }, { port: 81, protocol: "tcp" }]);
    expect(chosen.map(({ containerPort }) => containerPort)).toEqual([80, 81]);
    expect(new Set(chosen.map(({ hostPort }) => hostPort)).size).toBe(2);
    expect(chosen.every(({ hostPort }) => hostPort > 1023)).toBe(true);
  });
  test("wrong ones are refused", () => {
    expect(() => finalPorts([port(8080, 80, 5), port(8082, 90)])).toThrow("conflicting port mappings for host port 8082 (protocol tcp)");
    expect(() => finalPorts([port(8080, 80, 1, "icmp")])).toThrow('unrecognized protocol "icmp" in port mapping');
    expect(() => finalPorts([port(65535, 80, 2)])).toThrow("host port range exceeds maximum allowable port number");
    expect(() => finalPorts([{ ...port(1, 1), hostIp: "x" }])).toThrow('invalid IP address "x" in port mapping');
    expect(() => finalPorts([port(1, 0)])).toThrow("container port number must be non-0");
  });
  test("the host's default addresses are for ports that name none", () => {
    const ports = finalPorts([port(8080, 80), { ...port(8081, 81), hostIp: "192.0.2.1" }], [{ port: 90, protocol: "udp" }], ["127.0.0.1", "::1"]);
    expect(ports.map(({ hostIp, containerPort }) => `${hostIp} ${containerPort}`)).toEqual(["127.0.0.1 80", "::1 80", "192.0.2.1 81", "127.0.0.1 90", "::1 90"]);
  });
});

describe("pasta", () => {
  const base = { program: "pasta", netnsPath: "/run/netns/x", ports: [], options: [] };
  test("nothing is forwarded unless asked", () => {
    expect(pastaArguments(base)).toEqual(["--config-net", "--dns-forward", "169.254.1.1", "-t", "none", "-u", "none", "-T", "none", "-U", "none", "--no-map-gw", "--quiet", "--netns", "/run/netns/x"]);
  });
  test("addresses from /proc", () => {
    const text = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n        |-- 127.0.0.1\n           /32 host LOCAL\n           |-- 192.0.2.10\n              /32 host LOCAL\n           |-- 192.0.2.255\n              /32 link BROADCAST\nLocal:\n           |-- 192.0.2.10\n              /32 host LOCAL\n"
      + "fd000002000000000000000000000010 02 40 00 80     eth0\nfe80000000000000000000fffe000001 02 40 20 80 eth0\n00000000000000000000000000000001 01 80 10 80       lo\n";
    expect(parseOwnAddresses(text)).toEqual(["192.0.2.10", "fd00:2::10"]);
  });
  test("ports and options", () => {
    const args = pastaArguments({ ...base, ports: [{ hostIp: "127.0.0.1", hostPort: 8080, containerPort: 80, range: 2, protocol: "tcp,udp" }], options: ["--map-gw", "-T", "auto", "--dns-forward", "10.0.0.3"] });
    expect(args).toEqual(["--config-net", "-T", "auto", "--dns-forward", "10.0.0.3", "-t", "127.0.0.1/8080-8081:80-81", "-u", "127.0.0.1/8080-8081:80-81", "-U", "none", "--quiet", "--netns", "/run/netns/x"]);
    expect(() => pastaArguments({ ...base, ports: [{ containerPort: 80, protocol: "sctp" }] })).toThrow("can't forward protocol: sctp");
  });
});
