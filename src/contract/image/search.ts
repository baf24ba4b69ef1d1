import { defineOperation, filters, integer, output, text, toggle } from "../kit.ts";
import type { SearchResult } from "../types/image-reports.ts";
import { registryFields } from "./registry-fields.ts";

/** Asks one registry (`host/term`) or every search registry of registries.conf. */
export const search = defineOperation({
  name: "image.search",
  summary: "Look for images on registries",
  input: {
    term: text("What to look for, with a registry in front or without", { completion: "none" }),
    limit: integer("Most results of each registry; 25 by default"),
    listTags: toggle("Show the tags of the repository that the term names"),
    filters: filters("Show only results that match (stars, is-official, is-automated)"),
    ...registryFields,
  },
  output: output<readonly SearchResult[]>(),
  kind: "value",
  errors: ["invalid-argument", "unauthenticated", "unavailable"],
  libpod: { method: "GET", path: "/images/search" },
});
