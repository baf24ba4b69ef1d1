/** The network. */
import { parseIp } from "../../formats/ip.ts";
import { parseNetworks, type ParsedAttach } from "../../formats/create/namespace.ts";
import { parseExpose, parsePublish } from "../../formats/create/port.ts";
import type { NetworkCreate } from "../../contract/types/container-create.ts";
import { dropUndefined, usage, type CreateFlags, type FlagContext } from "./index.ts";

export function networkPart(context: FlagContext, flags: CreateFlags): NetworkCreate | undefined {
  check(context, flags);
  const parsed = parseNetworks(flags.network ?? []);
  const mode = parsed.mode?.mode;
  if ((context.changed("dns") || context.changed("dns-option") || context.changed("dns-search")) && (mode === "none" || mode === "container")) {
    throw usage(`conflicting options: dns and the network mode: ${mode}`);
  }
  const networks = withAddress(flags, parsed.networks, mode);
  const part = dropUndefined<NetworkCreate>({
    mode: parsed.mode, networks: networks.length === 0 ? undefined : networks,
    networkOptions: Object.keys(parsed.options).length === 0 ? undefined : parsed.options,
    ports: flags.publish?.map(parsePublish), expose: flags.expose?.flatMap(parseExpose), publishAll: flags.publishAll || undefined,
    dnsServers: flags.dns?.includes("none") === true ? undefined : flags.dns, noResolvConf: flags.dns?.includes("none") === true || undefined, dnsSearch: flags.dnsSearch, dnsOptions: flags.dnsOption,
    noHosts: flags.noHosts || undefined, noHostname: flags.noHostname || undefined, baseHostsFile: flags.hostsFile, addHosts: flags.addHost,
  });
  return Object.keys(part).length === 0 ? undefined : part;
}

function check(context: FlagContext, flags: CreateFlags): void {
  if (flags.noHosts && context.changed("add-host")) throw usage("--no-hosts and --add-host cannot be set together");
  if (flags.noHosts && context.changed("hosts-file")) throw usage("--no-hosts and --hosts-file cannot be set together");
  for (const server of flags.dns ?? []) if (parseIp(server) === undefined && server !== "none") throw usage(`${server} is not an ip address`);
  if ((flags.dns ?? []).includes("none") && (flags.dns ?? []).length > 1) throw usage("none is not allowed to be specified with other DNS ip addresses");
  for (const host of flags.addHost ?? []) checkHost(host);
  for (const address of [flags.ip, flags.ip6]) if (address !== undefined && parseIp(address) === undefined) throw usage(`"${address}" is not an ip address`);
  if (flags.macAddress !== undefined && !/^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(flags.macAddress)) throw usage(`address ${flags.macAddress}: invalid MAC address`);
  if (flags.ip !== undefined && parseIp(flags.ip)?.family !== 4) throw usage(`"${flags.ip}" is not an ipv4 address`);
  if (flags.ip6 !== undefined && parseIp(flags.ip6)?.family !== 6) throw usage(`"${flags.ip6}" is not an ipv6 address`);
}

/** `name:ip` or `name:host-gateway`; several names with semicolons between. */
function checkHost(text: string): void {
  const colon = text.indexOf(":");
  if (colon < 1) throw usage(`bad format for add-host: ${JSON.stringify(text)}`);
  const address = text.slice(colon + 1);
  if (address !== "host-gateway" && parseIp(address.replace(/^\[(.*)\]$/, "$1")) === undefined) throw usage(`invalid IP address in add-host: ${JSON.stringify(address)}`);
}

/** --ip, --ip6, --mac-address and --network-alias belong to one network: the default one when none is named. */
function withAddress(flags: CreateFlags, networks: readonly ParsedAttach[], mode: string | undefined): readonly ParsedAttach[] {
  const ips = [flags.ip, flags.ip6].filter((ip) => ip !== undefined);
  const aliases = flags.networkAlias ?? [];
  if (ips.length === 0 && flags.macAddress === undefined && aliases.length === 0) return networks;
  const single = flags.ip !== undefined ? "ip" : flags.ip6 !== undefined ? "ip6" : flags.macAddress !== undefined ? "mac-address" : undefined;
  if (mode !== undefined && mode !== "bridge") throw usage(`--${single ?? "network-alias"} can only be set when the network mode is bridge: invalid argument`);
  if (networks.length > 1 && single !== undefined) throw usage(`--${single} can only be set for a single network: invalid argument`);
  const targets = networks.length === 0 ? [{ name: "" }] : networks;
  return targets.map((network: ParsedAttach) => ({
    ...network,
    ...(ips.length > 0 && { staticIps: [...network.staticIps ?? [], ...ips] }),
    ...(flags.macAddress !== undefined && { staticMac: flags.macAddress }),
    ...(aliases.length > 0 && { aliases: [...network.aliases ?? [], ...aliases] }),
  }));
}
