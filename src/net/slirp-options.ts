/** Options of `--network slirp4netns:…` (podman-run(1)) and what they are on slirp4netns(1)'s command line. */
import { isIPv4, isIPv6 } from "node:net";
import { EngineError } from "../base/errors.ts";
import { interfaceNames } from "./host.ts";

export interface SlirpOptions {
  readonly cidr?: string;
  readonly portHandler: "rootlesskit" | "slirp4netns";
  readonly hostLoopback: boolean;
  readonly ipv6: boolean;
  readonly outbound?: string;
  readonly outbound6?: string;
  readonly mtu: number;
}

const defaults: SlirpOptions = { portHandler: "rootlesskit", hostLoopback: false, ipv6: true, mtu: 65520 };
const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);

/** Later ones win. @throws invalid-argument with Podman's sentences */
export function parseSlirpOptions(options: readonly string[]): SlirpOptions {
  const parsed = options.reduce<SlirpOptions>((all, option) => ({ ...all, ...parseOption(option) }), defaults);
  if (parsed.outbound6 !== undefined && !parsed.ipv6) throw invalid("enable_ipv6=true is required for outbound_addr6");
  return parsed;
}

function parseOption(option: string): Partial<SlirpOptions> {
  const equals = option.indexOf("=");
  if (equals === -1) throw invalid(`unknown option for slirp4netns: ${JSON.stringify(option)}`);
  const [name, value] = [option.slice(0, equals), option.slice(equals + 1)];
  switch (name) {
    case "cidr": return { cidr: cidrOf(value) };
    case "port_handler":
      if (value !== "slirp4netns" && value !== "rootlesskit") throw invalid(`unknown port_handler for slirp4netns: ${JSON.stringify(value)}`);
      return { portHandler: value };
    case "allow_host_loopback": return { hostLoopback: booleanOf(name, value) };
    case "enable_ipv6": return { ipv6: booleanOf(name, value) };
    case "outbound_addr":
      if (!isIPv4(value) && !interfaceNames().includes(value)) throw invalid(`invalid outbound_addr ${JSON.stringify(value)}`);
      return { outbound: value };
    case "outbound_addr6":
      if (!isIPv6(value) && !interfaceNames().includes(value)) throw invalid(`invalid outbound_addr6: ${JSON.stringify(value)}`);
      return { outbound6: value };
    case "mtu":
      if (!/^\d+$/.test(value) || Number(value) < 68) throw invalid(`invalid mtu ${JSON.stringify(value)}`);
      return { mtu: Number(value) };
    default: throw invalid(`unknown option for slirp4netns: ${JSON.stringify(option)}`);
  }
}

function cidrOf(value: string): string {
  const [address = "", bits = ""] = value.split("/");
  if (!isIPv4(address) || !/^\d+$/.test(bits) || Number(bits) > 32) throw invalid(`invalid cidr ${JSON.stringify(value)}`);
  return value;
}

function booleanOf(name: string, value: string): boolean {
  if (value !== "true" && value !== "false") throw invalid(`invalid value of ${name} for slirp4netns: ${JSON.stringify(value)}`);
  return value === "true";
}

/** `help` is the program's own text: old versions lack options. @throws failed-precondition for one that was asked for and is not there */
export function slirpArguments(options: SlirpOptions, help: string): readonly string[] {
  const has = (flag: string): boolean => help.includes(flag);
  const need = (flag: string, option: string): void => {
    if (!has(flag)) throw new EngineError("failed-precondition", `${option} not supported`, { hint: "install a newer slirp4netns" });
  };
  if (options.cidr !== undefined) need("--cidr", "cidr");
  if (options.ipv6) need("--enable-ipv6", "enable_ipv6");
  if (options.outbound !== undefined) need("--outbound-addr", "outbound_addr");
  if (options.outbound6 !== undefined) need("--outbound-addr", "outbound_addr6");
  return [
    ...(!options.hostLoopback && has("--disable-host-loopback") ? ["--disable-host-loopback"] : []), ...(has("--mtu") ? [`--mtu=${options.mtu}`] : []),
    ...["--enable-sandbox", "--enable-seccomp"].filter(has),
    ...(options.cidr === undefined ? [] : [`--cidr=${options.cidr}`]), ...(options.ipv6 ? ["--enable-ipv6"] : []),
    ...(options.outbound === undefined ? [] : [`--outbound-addr=${options.outbound}`]), ...(options.outbound6 === undefined ? [] : [`--outbound-addr6=${options.outbound6}`]),
  ];
}
