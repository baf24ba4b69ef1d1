/** Capability sets: names, merging of --cap-add and --cap-drop, and who gets which set. */
import { EngineError } from "../../base/errors.ts";
import type { SpecProcess } from "./types.ts";
import { capabilityNames } from "./capability-names.ts";

/** Adds `CAP_` and capital letters. @throws EngineError invalid-argument: "CAP_X": unknown capability */
export function normalizeCapabilities(names: readonly string[]): string[] {
  return names.map((name) => {
    const upper = name.toUpperCase();
    if (upper === "ALL") return upper;
    const full = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
    if (!capabilityNames.includes(full)) throw new EngineError("invalid-argument", `"${full}": unknown capability`);
    return full;
  }).toSorted();
}

/**
 * `base` with `adds` and without `drops`. ALL in `drops` leaves just `adds`; ALL in `adds` starts from `bounding`.
 * @throws EngineError invalid-argument with Podman's sentences
 */
export function mergeCapabilities(base: readonly string[], adds: readonly string[], drops: readonly string[], bounding: readonly string[]): string[] {
  const dropped = normalizeCapabilities(drops);
  const added = normalizeCapabilities(adds);
  if (dropped.includes("ALL")) {
    if (added.includes("ALL")) throw new EngineError("invalid-argument", "adding all caps and removing all caps not allowed");
    return added;
  }
  const both = added.find((name) => name !== "ALL" && dropped.includes(name));
  if (both !== undefined) throw new EngineError("invalid-argument", `capability "${both}" cannot be dropped and added`);
  const start = added.includes("ALL") ? bounding : normalizeCapabilities(base);
  const kept = start.filter((name) => !dropped.includes(name));
  return [...new Set([...kept, ...added.filter((name) => name !== "ALL")])].toSorted();
}

export interface CapabilityRequest {
  readonly privileged: boolean;
  /** `user[:group]` as configured; with keep-id an empty one is not root. */
  readonly user: string;
  readonly keepId: boolean;
  readonly defaults: readonly string[];
  readonly adds: readonly string[];
  readonly drops: readonly string[];
  /** What this process may give. */
  readonly bounding: readonly string[];
  /** Label `io.containers.capabilities` of the image: the only ones it needs. */
  readonly required?: string;
}

/** Sets of the container's first process. A user other than root has only what --cap-add names, as ambient capabilities. */
export function capabilitySets(request: CapabilityRequest): NonNullable<SpecProcess["capabilities"]> {
  const { bounding: possible } = request;
  const bounding = request.privileged ? [...possible] : restrict(mergeCapabilities(request.defaults, request.adds, request.drops, possible).filter((name) => possible.includes(name)), request.required);
  const name = request.user.split(":")[0] ?? "";
  const isRoot = name === "" ? !request.keepId : name === "root" || name === "0";
  if (isRoot) return { bounding, effective: bounding, permitted: bounding, inheritable: [], ambient: [] };
  const own = mergeCapabilities([], request.adds, [], possible).filter((added) => possible.includes(added));
  return { bounding, effective: own, permitted: own, inheritable: own, ambient: own };
}

function restrict(allowed: string[], required: string | undefined): string[] {
  if (required === undefined) return allowed;
  if (required === "") return [];
  const wanted = normalizeCapabilities(required.split(","));
  return wanted.every((name) => allowed.includes(name)) ? wanted : allowed;
}

/** Names of the bits of a mask from /proc/self/status. */
export function capabilitiesOfMask(mask: string): string[] {
  const bits = BigInt(`0x${mask}`);
  return capabilityNames.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n).toSorted();
}
