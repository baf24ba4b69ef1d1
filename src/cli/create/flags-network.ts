/** Flags of `run` and `create` about the network. */
import type { Flags } from "../kit/types.ts";

export const networkFlags = {
  addHost: { kind: "csv", name: "add-host", doc: "Add a line to /etc/hosts (host:ip)" },
  dns: { kind: "csv", name: "dns", doc: "DNS server" },
  dnsOption: { kind: "csv", name: "dns-option", aliases: ["dns-opt"], doc: "Option for resolv.conf" },
  dnsSearch: { kind: "csv", name: "dns-search", doc: "DNS search domain" },
  expose: { kind: "csv", name: "expose", doc: "Port or range that the container listens on" },
  hostsFile: { kind: "string", name: "hosts-file", doc: "File that /etc/hosts starts from, or image or none", completion: "file" },
  ip: { kind: "string", name: "ip", doc: "IPv4 address" },
  ip6: { kind: "string", name: "ip6", doc: "IPv6 address" },
  macAddress: { kind: "string", name: "mac-address", doc: "MAC address" },
  network: { kind: "strings", name: "network", aliases: ["net"], doc: "Network to join, or a mode: host, none, bridge, container:NAME, ns:PATH, pasta, slirp4netns", completion: "network" },
  networkAlias: { kind: "csv", name: "network-alias", doc: "Further name on the networks" },
  noHostname: { kind: "bool", name: "no-hostname", default: false, doc: "Keep the image's /etc/hostname" },
  noHosts: { kind: "bool", name: "no-hosts", default: false, doc: "Keep the image's /etc/hosts" },
  publish: { kind: "csv", name: "publish", short: "p", doc: "Forward a port or range of the host ([[IP:][HOST]:]CONTAINER[/PROTOCOL])" },
  publishAll: { kind: "bool", name: "publish-all", short: "P", default: false, doc: "Forward every exposed port from a random port of the host" },
} as const satisfies Flags;
