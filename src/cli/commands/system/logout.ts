import { EngineError } from "../../../base/errors.ts";
import { defineCommand } from "../../kit/types.ts";

export const logout = defineCommand({
  paths: ["logout"],
  summary: "Forget credentials of a registry",
  description: "Takes user and password out of the file or helper that keeps them.",
  usage: "[options] [REGISTRY]",
  args: { min: 0, max: 1 },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Forget those of every registry" },
    authFile: { kind: "string", name: "authfile", doc: "File with registry credentials; REGISTRY_AUTH_FILE names another default", completion: "file" },
    compatAuthFile: { kind: "string", name: "compat-auth-file", doc: "Docker config file to use in place of it", completion: "file" },
  },
  examples: ["podman logout quay.io", "podman logout --authfile dir/auth.json quay.io", "podman logout --all"],
  run: async (context, [registry], { all, authFile, compatAuthFile }) => {
    const { logout: leave, logoutEverywhere } = await import("../../../system/logout.ts");
    if (all) {
      if (registry !== undefined) throw new EngineError("invalid-argument", "--all takes no arguments");
      await logoutEverywhere({ authFile, compatAuthFile }, context.env);
      await context.out.write("Removed login credentials for all registries\n");
      return;
    }
    const { key, outcome } = await leave({ registry, authFile, compatAuthFile, signal: context.signal }, context.env);
    await context.out.write(outcome === "removed"
      ? `Removed login credentials for ${key}\n`
      : `Not logged into ${key} with current tool. Existing credentials were established via docker login. Please use docker logout instead.\n`);
  },
});
