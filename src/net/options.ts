/** Driver options of `network create -o`, checked and brought to netavark's spelling. */
import { EngineError } from "../base/errors.ts";
import { parseIp } from "../formats/ip.ts";

type Options = Readonly<Record<string, string>>;
const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);

export interface BridgeOptions {
  readonly options: Record<string, string>;
  /** From Docker's option name. */
  readonly bridgeName: string | undefined;
  /** VLANs and bridges of others: the bridge and the subnet may be in use already. */
  readonly mayShare: boolean;
}

/** @throws invalid-argument */
export function checkBridgeOptions(given: Options): BridgeOptions {
  const options: Record<string, string> = {};
  let bridgeName: string | undefined;
  for (const [key, value] of Object.entries(given)) {
    if (key === "com.docker.network.bridge.name") bridgeName = value;
    else {
      const name = key === "com.docker.network.driver.mtu" ? "mtu" : key;
      options[name] = bridgeOption(name, value);
    }
  }
  return { options, bridgeName, mayShare: "vlan" in options || options["mode"] === "unmanaged" };
}

function bridgeOption(name: string, value: string): string {
  switch (name) {
    case "mtu": return checkMtu(value);
    case "vlan": return checkVlan(value);
    case "isolate": return checkIsolate(value);
    case "metric": return checkMetric(value);
    case "no_default_route": return String(parseBool(value));
    case "vrf":
      if (value === "") throw invalid("invalid vrf name");
      return value;
    case "mode":
      if (value !== "managed" && value !== "unmanaged") throw invalid(`unknown bridge mode "${value}"`);
      return value;
    case "outbound_addr4": case "outbound_addr6":
      if (parseIp(value)?.family !== Number(name.at(-1))) throw invalid(`invalid ${name} "${value}": not an IPv${name.at(-1)} address`);
      return value;
    default: throw invalid(`unsupported bridge network option ${name}`);
  }
}

const macvlanModes = ["bridge", "private", "vepa", "passthru"];
const ipvlanModes = ["l2", "l3", "l3s"];

/** @throws invalid-argument */
export function checkVlanOptions(driver: "macvlan" | "ipvlan", given: Options): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, vlanOption(driver, name, value)]));
}

function vlanOption(driver: "macvlan" | "ipvlan", name: string, value: string): string {
  switch (name) {
    case "mode":
      if (!(driver === "macvlan" ? macvlanModes : ipvlanModes).includes(value)) throw invalid(`unknown ${driver} mode "${value}"`);
      return value;
    case "metric": return checkMetric(value);
    case "mtu": return checkMtu(value);
    case "no_default_route": return String(parseBool(value));
    case "bclim":
      if (driver === "macvlan") {
        if (!/^[+-]?[0-9]+$/.test(value)) throw invalid(`failed to parse "bclim" option: strconv.ParseInt: parsing "${value}": invalid syntax`);
        return value;
      }
      break;
  }
  throw invalid(`unsupported ${driver} network option ${name}`);
}

function goInteger(value: string, call: string): number {
  if (!/^[+-]?[0-9]+$/.test(value)) throw invalid(`strconv.${call}: parsing "${value}": invalid syntax`);
  return Number(value);
}

function checkMtu(value: string): string {
  if (value !== "" && goInteger(value, "Atoi") < 0) throw invalid(`mtu ${value} is less than zero`);
  return value;
}
function checkVlan(value: string): string {
  const id = value === "" ? 0 : goInteger(value, "Atoi");
  if (id < 0 || id > 4094) throw invalid(`vlan ID ${id} must be between 0 and 4094`);
  return value;
}
function checkMetric(value: string): string {
  if (!/^[0-9]+$/.test(value)) throw invalid(`strconv.ParseUint: parsing "${value}": invalid syntax`);
  if (Number(value) > 0xffffffff) throw invalid(`strconv.ParseUint: parsing "${value}": value out of range`);
  return value;
}
function checkIsolate(value: string): string {
  if (value === "") return "false";
  if (value === "strict") return value;
  try { return String(parseBool(value)); } catch (error) { throw invalid(`failed to parse isolate option: ${error instanceof Error ? error.message : ""}`); }
}
/** Go's spellings; netavark knows only `true` and `false`. */
function parseBool(value: string): boolean {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(value)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(value)) return false;
  throw invalid(`strconv.ParseBool: parsing "${value}": invalid syntax`);
}
