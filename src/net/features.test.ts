import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkRequirements, requirementsOf } from "./features.ts";
import { createByPlugin, pluginNames } from "./plugin.ts";
import type { Network } from "./types.ts";

let folder = "";
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "features-")); });
afterAll(() => { rmSync(folder, { recursive: true }); });

function script(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}
const network = (more: Partial<Network> = {}): Network =>
  ({ name: "n", id: "1".repeat(64), driver: "bridge", created: "2026-01-01T00:00:00Z", ipv6_enabled: false, internal: false, dns_enabled: false, ...more });

describe("what a network needs", () => {
  test("nothing beyond 1.4 for a plain one", () => {
    expect(requirementsOf(network({ options: { mtu: "1400", isolate: "true", metric: "7", no_default_route: "false" } }), { name: "n", staticIps: ["10.1.0.2"] })).toEqual([]);
    expect(requirementsOf(network({ driver: "macvlan", options: { mode: "bridge" } }))).toEqual([]);
  });
  const cases: [Partial<Network>, string][] = [
    [{ driver: "ipvlan" }, "1.5.0"], [{ driver: "mine" }, "1.6.0"], [{ driver: "macvlan", ipam_options: { driver: "dhcp" } }, "1.6.0"], [{ ipam_options: { driver: "dhcp" } }, "1.14.0"],
    [{ options: { vlan: "5" } }, "1.14.0"], [{ options: { mode: "unmanaged" } }, "1.14.0"], [{ options: { isolate: "strict" } }, "1.7.0"], [{ options: { no_default_route: "true" } }, "1.7.0"],
    [{ routes: [{ destination: "10.0.0.0/8", gateway: "10.1.0.1" }] }, "1.7.0"], [{ routes: [{ destination: "10.0.0.0/8", route_type: "blackhole" }] }, "2.0.0"],
  ];
  for (const [definition, since] of cases) test(`${JSON.stringify(definition)} needs ${since}`, () => { expect(requirementsOf(network(definition)).map((one) => one.since)).toEqual([since]); });

  test("a container's place may need more than its network", () => {
    expect(requirementsOf(network(), { name: "n", options: { host_interface_name: "x" } })).toMatchObject([{ since: "1.14.0" }]);
    expect(requirementsOf(network({ subnets: [{ subnet: "10.1.0.0/24" }] }), { name: "n", staticIps: ["10.1.0.2", "10.1.0.3"] })).toMatchObject([{ since: "2.0.0" }]);
  });

  test("an old netavark is named, and not asked when nothing is needed", () => {
    const old = script("netavark-old", `echo '{"version": "1.4.0"}'`);
    const fresh = script("netavark-new", `echo '{"version": "1.14.0-dev"}'`);
    const needs = requirementsOf(network({ options: { vlan: "5" } }));
    expect(() => { checkRequirements(old, "n", needs); }).toThrow(`network n uses the option vlan, which needs netavark 1.14.0 or newer; ${old} is version 1.4.0`);
    checkRequirements(fresh, "n", needs);
    checkRequirements("/nonexistent", "n", []);
  });
});

describe("plugins", () => {
  test("create is theirs, but name, id and driver are not", async () => {
    script("plugins/good", `sed 's/"options":{"a":"b"}/"options":{"a":"c"},"subnets":[{"subnet":"10.7.0.0\\/24"}]/'`);
    script("plugins/thief", `sed 's/"name":"n"/"name":"m"/'`);
    script("plugins/broken", `echo '{"error":"my own words"}'; exit 3`);
    script("plugins/chatty", `echo hello`);
    const dirs = [join(folder, "nosuch"), join(folder, "plugins")];
    expect(pluginNames(dirs).toSorted()).toEqual(["broken", "chatty", "good", "thief"]);
    const ask = async (driver: string): Promise<Network> => createByPlugin(network({ driver, options: { a: "b" } }), dirs);
    expect(await ask("good")).toMatchObject({ driver: "good", options: { a: "c" }, subnets: [{ subnet: "10.7.0.0/24" }] });
    expect(ask("thief")).rejects.toThrow("invalid plugin result: changed network name");
    expect(ask("broken")).rejects.toThrow(`plugin ${folder}/plugins/broken failed: netavark: my own words`);
    expect(ask("chatty")).rejects.toThrow("failed to decode result");
    expect(ask("what")).rejects.toThrow('failed to find driver or plugin "what"');
    expect(ask("../plugins/good")).rejects.toThrow("failed to find driver or plugin");
  });
});
