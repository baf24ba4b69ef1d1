import { defineOperation, filters, integer, maybeJson, maybeText, output, text, toggle } from "../kit.ts";
import type { RegistryAuth, SearchResult } from "../types/image-reports.ts";

/** Asks one registry (`host/term`) or every search registry of registries.conf. */
export const search = defineOperation({
  name: "image.search",
  summary: "Look for images on registries",
  input: {
    term: text("What to look for, with a registry in front or without", { completion: "none" }),
    limit: integer("Most results of each registry; 25 by default"),
    listTags: toggle("Show the tags of the repository that the term names"),
    filters: filters("Show only results that match (stars, is-official, is-automated)"),
    tlsVerify: toggle("Demand HTTPS and valid certificates of registries"),
    authFile: maybeText("File with registry credentials; REGISTRY_AUTH_FILE names another default", { where: "local", completion: "file" }),
    certDir: maybeText("Directory with TLS certificates and keys", { where: "local", completion: "directory" }),
    credentials: maybeJson<RegistryAuth>("Credentials for the registry", { header: "X-Registry-Auth" }),
  },
  output: output<readonly SearchResult[]>(),
  kind: "value",
  errors: ["invalid-argument", "unauthenticated", "unavailable"],
  libpod: { method: "GET", path: "/images/search" },
});
