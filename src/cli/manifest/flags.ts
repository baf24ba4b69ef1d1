/** Flags and answers that the manifest commands share. */
import type { Flags } from "../kit/types.ts";
import type { CommandContext } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";

/** `--insecure` is Docker's word for the opposite of `--tls-verify`. */
export const tlsFlags = {
  insecure: { kind: "bool", name: "insecure", default: false, doc: "Accept HTTP and certificates that are not valid", hidden: true },
  tlsVerify: { kind: "bool", name: "tls-verify", default: true, doc: "Demand HTTPS and valid certificates of registries" },
} as const satisfies Flags;

/** Only what was typed. @throws usage for both */
export function tlsInput(context: CommandContext, { insecure, tlsVerify }: { readonly insecure: boolean; readonly tlsVerify: boolean }): { readonly tlsVerify?: boolean } {
  if (context.changed("insecure") && context.changed("tls-verify")) throw usageError("--insecure may not be used with --tls-verify");
  if (context.changed("insecure")) return { tlsVerify: !insecure };
  return context.changed("tls-verify") ? { tlsVerify } : {};
}

/** `key=value` texts. @throws usage naming the text */
export function annotationInput(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map((text) => {
    const equals = text.indexOf("=");
    if (equals < 0) throw usageError(`expected --annotation ${JSON.stringify(text)} to be in key=value format`);
    return [text.slice(0, equals), text.slice(equals + 1)];
  }));
}

/** What may be said of an entry, by `add` and `annotate`. */
export const entryFlags = {
  annotation: { kind: "strings", name: "annotation", placeholder: "annotation", default: [], doc: "Set an annotation (name=value) of the image or artifact" },
  arch: { kind: "string", name: "arch", placeholder: "architecture", doc: "Override the architecture of the image or artifact" },
  features: { kind: "csv", name: "features", placeholder: "features", default: [], doc: "Override the features of the image or artifact" },
  os: { kind: "string", name: "os", placeholder: "OS", doc: "Override the operating system of the image or artifact" },
  osVersion: { kind: "string", name: "os-version", placeholder: "version", doc: "Override the operating system's version of the image or artifact" },
  variant: { kind: "string", name: "variant", placeholder: "Variant", doc: "Override the variant of the image or artifact" },
} as const satisfies Flags;

interface EntryValues {
  readonly arch?: string | undefined; readonly features: readonly string[]; readonly os?: string | undefined; readonly osVersion?: string | undefined; readonly variant?: string | undefined;
}
export function entryInput({ arch, features, os, osVersion, variant }: EntryValues): Readonly<Record<string, string | readonly string[]>> {
  return {
    ...(arch === undefined ? {} : { arch }), ...(features.length === 0 ? {} : { features }), ...(os === undefined ? {} : { os }), ...(osVersion === undefined ? {} : { osVersion }),
    ...(variant === undefined ? {} : { variant }),
  };
}
