/**
 * ContainerCreate ↔ Podman's SpecGenerator JSON (`POST /libpod/containers/create`). What has no place there does not travel:
 * inherited file descriptors and names of subordinate ids, which are the client's machine's business. Pure.
 */
import { EngineError } from "../../base/errors.ts";
import type { ContainerCreate } from "../types/container-create.ts";
import { part } from "./spec-generator/absent.ts";
import { namespacesFromWire, namespacesToWire, networkFromWire, networkToWire, securityFromWire, securityToWire } from "./spec-generator/isolation.ts";
import { processFromWire, processToWire } from "./spec-generator/process.ts";
import { resourcesFromWire, resourcesToWire } from "./spec-generator/resources.ts";
import { storageFromWire, storageToWire } from "./spec-generator/storage.ts";
import type { SpecGenerator } from "./spec-generator/types.ts";

/** @throws invalid-argument when the body is no object */
export function createFromWire(wire: SpecGenerator): ContainerCreate {
  if (typeof wire !== "object" || Array.isArray(wire)) throw new EngineError("invalid-argument", "decode(): the body is not a container's specification");
  return {
    ...processFromWire(wire),
    ...part<Pick<ContainerCreate, "security" | "namespaces" | "network" | "storage" | "resources">>({
      security: securityFromWire(wire), namespaces: namespacesFromWire(wire), network: networkFromWire(wire), storage: storageFromWire(wire), resources: resourcesFromWire(wire),
    }),
  };
}

export function createToWire(create: ContainerCreate): SpecGenerator {
  return {
    ...processToWire(create), ...securityToWire(create.security), ...namespacesToWire(create.namespaces), ...networkToWire(create.network),
    ...storageToWire(create.storage), ...resourcesToWire(create.resources),
  };
}
