import { EngineError, messageOf } from "../base/errors.ts";
import type { CallOptions, InputOf, ProgressEvent } from "../contract/kit.ts";
import type { pull as operation } from "../contract/image/pull.ts";
import type { PullItem, PullPolicy } from "../contract/types/image-reports.ts";
import type { EngineContext } from "../engine/context.ts";
import { normalizePlatform, hostPlatform } from "../formats/manifest.ts";
import { dropTagIfDigested, formatReference, isFullId, parseReference } from "../formats/reference.ts";
import { parseLocation } from "../transports/location.ts";
import type { Platform } from "../contract/types/oci.ts";
import { accessOf, copyOptionsOf, decrypting } from "./access.ts";
import { findImage, unknownImage } from "./lookup.ts";
import { pullFromRegistry, type RegistryPull } from "./pull-registry.ts";
import { progressItems, streamItems } from "./report-stream.ts";

export type PullInput = InputOf<typeof operation.input>;
export interface PulledImage { readonly id: string; readonly name: string }

/** Pulls, reporting lines and bars; the last item lists the ids. @throws see the operation */
export async function* pull(context: EngineContext, input: PullInput, call: CallOptions = {}): AsyncIterable<PullItem> {
  yield* streamItems<PullItem>(async (report, signal) => {
    const onProgress = input.quiet === true ? undefined : progressItems(report);
    const images = await pullImages(context, input, { signal, ...(onProgress === undefined ? {} : { onProgress }) });
    const ids = images.map(({ id }) => id);
    report({ images: ids, id: ids.at(-1) ?? "" });
  }, call.signal);
}

/** The same for callers inside the engine: `run`, `create`, `build`, volumes of images. */
export async function pullImages(context: EngineContext, input: PullInput, call: CallOptions = {}): Promise<readonly PulledImage[]> {
  try {
    const images = await pullAny(context, input, call);
    for (const { id } of images) await context.emit({ type: "image", status: "pull", id, name: input.ref });
    return images;
  } catch (error) {
    await context.emit({ type: "image", status: "pull-error", name: input.ref, error: messageOf(error) });
    throw error;
  }
}

async function pullAny(context: EngineContext, input: PullInput, call: CallOptions): Promise<readonly PulledImage[]> {
  const policy = readPolicy(input.policy);
  const location = parseLocation(input.ref);
  const copy = { ...copyOptionsOf(context, input, call), ...wantedPlatform(input), ...await decrypting(context, input.decryptionKeys) };
  if (location !== undefined && location.transport !== "docker") {
    if (input.allTags === true) throw new EngineError("invalid-argument", `pulling all tags is not supported for ${location.transport} transport`);
    return (await import("./pull-location.ts")).pullFromLocation(context, location, copy, input.signaturePolicy);
  }
  if (location === undefined && (input.ref.startsWith("sha256:") || isFullId(input.ref))) return [await pullById(context, input.ref, policy)];
  const name = location?.reference ?? normalized(input.ref);
  const request: RegistryPull = {
    context, access: accessOf(context, input), policy, say: sayOf(call), signaturePolicy: input.signaturePolicy,
    copy, customPlatform: wantedPlatform(input).platform !== undefined,
  };
  if (input.allTags !== true) return [await pullFromRegistry(request, name)];
  const images: PulledImage[] = [];
  for (const tagged of await (await import("./pull-tags.ts")).allTags(request, name)) images.push(await pullFromRegistry(request, tagged));
  return images;
}

/** With tag and digest the digest counts. @throws invalid-argument `parsing reference "…": …` */
function normalized(ref: string): string {
  try { return formatReference(dropTagIfDigested(parseReference(ref))); } catch (error) {
    throw new EngineError("invalid-argument", `parsing reference ${JSON.stringify(ref)}: ${messageOf(error)}`);
  }
}

async function pullById(context: EngineContext, ref: string, policy: PullPolicy): Promise<PulledImage> {
  if (policy === "always") throw new EngineError("invalid-argument", `pull policy is always but image has been referred to by ID (${ref})`);
  const found = await findImage(context, ref);
  if (found === undefined) throw unknownImage(ref);
  return { id: found.image.id, name: found.name };
}

function wantedPlatform({ os, arch, variant }: PullInput): { readonly platform?: Platform } {
  if ((os ?? "") === "" && (arch ?? "") === "" && (variant ?? "") === "") return {};
  const host = hostPlatform();
  return { platform: normalizePlatform(os === undefined || os === "" ? host.os : os, arch === undefined || arch === "" ? host.architecture : arch, variant) };
}

const policies: readonly string[] = ["always", "missing", "never", "newer"];
function readPolicy(text: string | undefined): PullPolicy {
  if (text === undefined || text === "") return "always";
  if (!policies.includes(text)) throw new EngineError("invalid-argument", `unsupported pull policy ${JSON.stringify(text)}`);
  return text as PullPolicy;
}

function sayOf(call: CallOptions): (message: string) => void {
  return (message) => { const event: ProgressEvent = { key: message, message }; call.onProgress?.(event); };
}

