import { formatReference, isTag, parseNormalized, trimReference } from "../formats/reference.ts";
import { RegistryClient } from "../transports/docker/client.ts";
import type { RegistryPull } from "./pull-registry.ts";

/** Every tag of a repository as full references, in the registry's order. */
export async function allTags({ access, context, copy }: RegistryPull, name: string): Promise<readonly string[]> {
  const reference = trimReference(parseNormalized(name));
  const client = new RegistryClient({ registry: reference.domain, path: reference.path, access, actions: "pull", env: context.env });
  // A registry's tag becomes part of names and URLs.
  return (await client.tags(copy.signal)).filter(isTag).map((tag) => formatReference({ ...reference, tag }));
}
