/** What a word means that names an image to add: a name with transport, a registry's image, else a local one. */
import { EngineError, messageOf } from "../base/errors.ts";
import type { CallOptions } from "../contract/kit.ts";
import type { EngineContext } from "../engine/context.ts";
import { openSource } from "../image/open-source.ts";
import { lookupImage, type LookupOptions } from "../image/lookup.ts";
import { parseLocation } from "../transports/location.ts";
import { resolve } from "node:path";
import { openStorageSource } from "../transports/storage/source.ts";
import type { ImageLocation, ImageSource, RegistryAccess } from "../transports/types.ts";

/** `text` finds the same image later, from any program. */
export interface OpenedReference { readonly source: ImageSource; readonly text: string }

export interface ReferenceOptions extends CallOptions {
  readonly access: RegistryAccess;
  /** For errors: `image to add to manifest list`. */
  readonly what: string;
  readonly lookup?: LookupOptions;
}

/** The caller disposes the source. @throws not-found with both reasons when neither a registry nor the store has it */
export async function openReference(context: EngineContext, name: string, options: ReferenceOptions): Promise<OpenedReference> {
  const location = parseLocation(name);
  if (location !== undefined) return openLocation(context, location, options);
  let failure: unknown;
  try {
    const remote = parseLocation(`docker://${name}`);
    if (remote !== undefined) return await openLocation(context, remote, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    failure = error;
  }
  try {
    const found = await lookupImage(context, name, options.lookup ?? {});
    return await openLocal(context, found.image.id);
  } catch (error) {
    if (failure === undefined) throw error;
    throw new EngineError("not-found", `locating ${options.what}: ${JSON.stringify(`docker://${name}`)}: ${messageOf(failure)}; ${JSON.stringify(name)}: ${messageOf(error)}`, { reason: "no-such-image", cause: failure });
  }
}

async function openLocation(context: EngineContext, location: ImageLocation, { access, signal }: ReferenceOptions): Promise<OpenedReference> {
  const call = signal === undefined ? {} : { signal };
  if (location.transport === "containers-storage") {
    const { image, name } = await lookupImage(context, location.reference ?? "", { list: "fallback" });
    return openLocal(context, image.id, name.includes("/") && !name.includes("@") ? name : undefined);
  }
  return { source: await openSource(context, location, access, call), text: textOf(location) };
}

/** Paths are made absolute: a push may come from elsewhere. */
function textOf({ transport, display, path, reference }: ImageLocation): string {
  return path === undefined ? display : `${transport}:${resolve(path)}${reference === undefined ? "" : `:${reference}`}`;
}

async function openLocal(context: EngineContext, id: string, name?: string): Promise<OpenedReference> {
  const store = await context.store();
  const text = `containers-storage:[${store.driver}@${store.graphRoot}+${store.runRoot}]${name ?? `@${id}`}`;
  return { source: openStorageSource({ transport: "containers-storage", display: text }, store, store.image(id)), text };
}
