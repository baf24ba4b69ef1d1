import { defineOperation, maybeJson, maybeText, output, text, toggle } from "../kit.ts";
import type { RegistryAuth } from "../types/image-reports.ts";
import type { ManifestListData } from "../types/manifest-list.ts";

/** A local list, else the one that a registry has under this name. */
export const inspect = defineOperation({
  name: "manifest.inspect",
  summary: "Show a manifest list or image index",
  input: {
    name: text("Name or id of the list", { completion: "image" }),
    tlsVerify: toggle("Demand HTTPS and valid certificates of registries"),
    authFile: maybeText("File with registry credentials; REGISTRY_AUTH_FILE names another default", { where: "local", completion: "file" }),
    credentials: maybeJson<RegistryAuth>("Credentials for the registry", { header: "X-Registry-Auth" }),
  },
  output: output<ManifestListData>(),
  kind: "value",
  errors: ["not-found", "invalid-argument", "unauthenticated", "unavailable"],
  libpod: { method: "GET", path: "/manifests/{name}/json" },
});
