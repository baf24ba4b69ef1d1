import { expect, test } from "bun:test";
import { networkFromDocker, networkToDocker } from "./networks.ts";

test("docker's body becomes a network, with isolation and names of a bridge", () => {
  expect(networkFromDocker({ Name: "n", Driver: "bridge", Labels: { a: "b" }, Options: { "com.docker.network.driver.mtu": "9000", "com.docker.network.bridge.name": "br7", odd: "1" }, IPAM: { Config: [{ Subnet: "10.9.0.0/24", Gateway: "10.9.0.1", IPRange: "10.9.0.128/25" }] } })).toEqual({
    warning: '"odd: 1" is not a recognized option',
    network: {
      name: "n", driver: "bridge", internal: false, ipv6_enabled: false, dns_enabled: true, labels: { a: "b" }, options: { isolate: "true", mtu: "9000" }, network_interface: "br7",
      subnets: [{ subnet: "10.9.0.0/24", gateway: "10.9.0.1", lease_range: { start_ip: "10.9.0.129", end_ip: "10.9.0.255" } }],
    },
  });
});

test("the default network is docker's bridge; isolation is not told", () => {
  const network = networkToDocker({
    name: "podman", id: "1", driver: "bridge", created: "2026-01-01T00:00:00Z", ipv6_enabled: false, internal: false, dns_enabled: false, options: { isolate: "true", mtu: "9000" }, ipam_options: { driver: "host-local" },
    subnets: [{ subnet: "10.88.0.0/16", gateway: "10.88.0.1" }], containers: { c: { name: "web", interfaces: { eth0: { mac_address: "02:00:00:00:00:01", subnets: [{ ipnet: "10.88.0.2/16" }] } } } },
  }, "podman");
  expect(network).toMatchObject({
    Name: "bridge", Options: { mtu: "9000" }, IPAM: { Driver: "default", Config: [{ Subnet: "10.88.0.0/16", Gateway: "10.88.0.1" }] },
    Containers: { c: { Name: "web", MacAddress: "02:00:00:00:00:01", IPv4Address: "10.88.0.2/16", IPv6Address: "" } },
  });
});
