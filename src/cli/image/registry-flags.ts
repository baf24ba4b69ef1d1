/** Flags that commands which speak to registries share, and what they mean for the engine. */
import type { RegistryAuth } from "../../contract/types/image-reports.ts";
import type { CommandContext, Flags } from "../kit/types.ts";
import { usageError } from "../kit/usage-error.ts";

export const registryFlags = {
  authfile: { kind: "string", name: "authfile", doc: "File with registry credentials; REGISTRY_AUTH_FILE names another default", completion: "file" },
  certDir: { kind: "string", name: "cert-dir", doc: "Directory with TLS certificates and keys", where: "local", completion: "directory" },
  creds: { kind: "string", name: "creds", placeholder: "Credentials", doc: "USERNAME:PASSWORD for the registry" },
  tlsVerify: { kind: "bool", name: "tls-verify", default: true, doc: "Demand HTTPS and valid certificates of registries" },
  retry: { kind: "uint", name: "retry", default: 3, doc: "How often to try again after a failure", configured: ({ engine }) => engine.retries },
  retryDelay: { kind: "string", name: "retry-delay", doc: "Pause between such tries", configured: ({ engine }) => engine.retryDelay },
} as const satisfies Flags;

export interface RegistryValues {
  readonly authfile?: string | undefined; readonly certDir?: string | undefined; readonly creds?: string | undefined; readonly tlsVerify?: boolean | undefined;
  readonly retry?: number | undefined; readonly retryDelay?: string | undefined;
}
export interface RegistryInput { readonly authFile?: string; readonly certDir?: string; readonly credentials?: RegistryAuth; readonly tlsVerify?: boolean; readonly retry?: number; readonly retryDelay?: string }

/** Only what was typed: defaults are the configuration's. Asks for a password when `--creds` has none. @throws not-found for a missing --authfile */
export async function registryInput(context: CommandContext, { authfile, certDir, creds, tlsVerify, retry, retryDelay }: RegistryValues): Promise<RegistryInput> {
  if (authfile !== undefined && authfile !== "") (await import("../../config/auth-file.ts")).checkAuthFile(authfile);
  const credentials = creds === undefined || creds === "" ? undefined : await readCredentials(context, creds);
  return {
    ...(authfile === undefined || authfile === "" ? {} : { authFile: authfile }), ...(certDir === undefined || certDir === "" ? {} : { certDir }),
    ...(credentials === undefined ? {} : { credentials }), ...(context.changed("tls-verify") && tlsVerify !== undefined ? { tlsVerify } : {}),
    ...(context.changed("retry") && retry !== undefined ? { retry } : {}), ...(retryDelay === undefined || retryDelay === "" ? {} : { retryDelay }),
  };
}

async function readCredentials(context: CommandContext, creds: string): Promise<RegistryAuth> {
  const colon = creds.indexOf(":");
  const username = colon < 0 ? creds : creds.slice(0, colon);
  if (username === "") throw usageError("username cannot be empty");
  if (colon >= 0) return { username, password: creds.slice(colon + 1) };
  const { readHidden } = await import("../ask.ts");
  await context.err.write("Password: ");
  const password = await readHidden(context.stdin);
  await context.err.write("\n");
  return { username, password };
}

export interface PlatformValues { readonly arch?: string | undefined; readonly os?: string | undefined; readonly variant?: string | undefined; readonly platform?: string | undefined }

/** `--platform os[/arch[/variant]]`, or the three flags. @throws usage when both */
export function platformInput({ arch, os, variant, platform }: PlatformValues): { readonly arch?: string; readonly os?: string; readonly variant?: string } {
  if (platform === undefined || platform === "") return { ...(arch === undefined ? {} : { arch }), ...(os === undefined ? {} : { os }), ...(variant === undefined ? {} : { variant }) };
  if ((arch ?? "") !== "" || (os ?? "") !== "") throw usageError("--platform option can not be specified with --arch or --os");
  const [wantedOs = "", wantedArch, wantedVariant] = platform.split("/");
  if (wantedOs === "") throw usageError(`parsing platform ${JSON.stringify(platform)}: no operating system`);
  return { os: wantedOs, ...(wantedArch === undefined ? {} : { arch: wantedArch }), ...(wantedVariant === undefined ? {} : { variant: wantedVariant }) };
}
