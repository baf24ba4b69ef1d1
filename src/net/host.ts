/** What the host's network namespace already uses, from /proc: no program, no netlink. */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { formatIp, ipFromBytes, makeCidr, parseCidr, type Cidr } from "../formats/ip.ts";

const readProc = (name: string): string => { try { return readFileSync(`/proc/self/net/${name}`, "utf8"); } catch { return ""; } };

/** Names of all interfaces, up or down. */
export function interfaceNames(): string[] {
  return readProc("dev").split("\n").slice(2).map((line) => line.split(":")[0]?.trim() ?? "").filter((name) => name !== "");
}

/** Subnets of the addresses on interfaces. */
export function interfaceSubnets(): Cidr[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).map(({ cidr }) => cidr === null ? undefined : parseCidr(cidr)).filter((cidr) => cidr !== undefined);
}

/** Destinations of IPv4 routes, default routes excluded. */
export function routedSubnets(): Cidr[] {
  return readProc("route").split("\n").slice(1).flatMap((line) => {
    const fields = line.split(/\s+/);
    const destination = ipFromBytes(hexBytes(fields[1]));
    const prefix = [...hexBytes(fields[7])].reduce((bits, byte) => bits + byte.toString(2).replaceAll("0", "").length, 0);
    return destination === undefined || prefix === 0 ? [] : [makeCidr(destination, prefix)];
  });
}
/** The kernel prints the number in memory order: the lowest byte comes last. */
const hexBytes = (text: string | undefined): Uint8Array => text === undefined || text.length !== 8 ? new Uint8Array() : new Uint8Array(Buffer.from(text, "hex").toReversed());

/** First global address of the host, IPv4 preferred, as `host.containers.internal` where no bridge gateway is known. */
export function localAddress(excluded: readonly string[] = []): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).filter(({ internal, address }) => !internal && !address.startsWith("fe80:") && !address.startsWith("169.254.") && !excluded.includes(address));
  const chosen = all.find(({ family }) => family === "IPv4") ?? all.at(-1);
  const ip = chosen === undefined ? undefined : parseCidr(chosen.cidr ?? "")?.address;
  return ip === undefined ? undefined : formatIp(ip);
}
