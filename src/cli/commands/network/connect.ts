import { connect as operation } from "../../../contract/network/connect.ts";
import { defineCommand } from "../../kit/types.ts";

export const networkConnect = defineCommand({
  paths: ["network connect"],
  summary: operation.summary,
  usage: "[options] NETWORK CONTAINER",
  args: { min: 2, max: 2, completion: "network" },
  examples: ["podman network connect web secondary"],
  flags: {
    aliases: { name: "alias", kind: "csv", field: operation.input.aliases, completion: "none" },
    ip: { name: "ip", kind: "string", doc: "IPv4 address of the container in this network", placeholder: "ip", completion: "none" },
    ip6: { name: "ip6", kind: "string", doc: "IPv6 address of the container in this network", placeholder: "ip", completion: "none" },
    mac: { name: "mac-address", kind: "string", field: operation.input.staticMac, completion: "none" },
  },
  run: async ({ engine }, [ref = "", container = ""], { aliases, ip, ip6, mac }) => {
    const { parseIp, parseMac } = await import("../../../formats/ip.ts");
    const { usageError } = await import("../../kit/usage-error.ts");
    for (const [flag, value] of [["ip", ip], ["ip6", ip6]] as const) {
      if (value !== undefined && value !== "" && parseIp(value) === undefined) throw usageError(`invalid argument "${value}" for "--${flag}" flag: failed to parse IP: "${value}"`);
    }
    if (mac !== undefined && mac !== "" && parseMac(mac) === undefined) throw usageError(`address ${mac}: invalid MAC address`);
    const staticIps = [ip, ip6].filter((value) => value !== undefined && value !== "") as string[];
    await (await engine()).network.connect({ ref, container, staticIps, ...(aliases !== undefined && { aliases }), ...(mac !== undefined && mac !== "" && { staticMac: parseMac(mac) }) });
  },
});
