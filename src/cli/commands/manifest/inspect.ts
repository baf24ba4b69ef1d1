import { inspect as operation } from "../../../contract/manifest/inspect.ts";
import { registryFlags } from "../../image/registry-flags.ts";
import { defineCommand } from "../../kit/types.ts";

export const manifestInspectCommand = defineCommand({
  paths: ["manifest inspect"],
  summary: operation.summary,
  description: "A list of local storage, else the one that a registry has under this name.",
  usage: "[options] IMAGE",
  args: { min: 1, max: 1, completion: "image" },
  flags: {
    authfile: registryFlags.authfile,
    insecure: { kind: "bool", name: "insecure", default: false, doc: "Accept HTTP and certificates that are not valid", hidden: true },
    tlsVerify: registryFlags.tlsVerify,
    verbose: { kind: "bool", name: "verbose", short: "v", default: false, doc: "Accepted for Docker's sake; does nothing", hidden: true },
  },
  examples: ["podman manifest inspect localhost/list"],
  run: async (context, [name = ""], { authfile, insecure, tlsVerify }) => {
    const { registryInput } = await import("../../image/registry-flags.ts");
    const { renderJson } = await import("../../render.ts");
    const tls = context.changed("insecure") && !context.changed("tls-verify") ? { tlsVerify: !insecure } : {};
    const { manifest } = await context.engine();
    await renderJson(context, await manifest.inspect({ name, ...await registryInput(context, { authfile, tlsVerify }), ...tls }, { signal: context.signal }));
  },
});
