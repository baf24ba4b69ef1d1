/** `podman image trust`: policy.json shown and edited. */
import { existsSync, readFileSync } from "node:fs";
import { EngineError, within } from "../../base/errors.ts";
import { policyPath } from "../../config/policy.ts";
import { loadSignaturePlaces, lookasideOfScope, registriesFolder, type SignaturePlaces } from "../../config/registries-d.ts";
import { readHostFacts } from "../../config/rootless.ts";
import { writeFileAtomically } from "../../config/write.ts";
import type { CommandContext } from "../kit/types.ts";
import { renderJson, renderList } from "../render.ts";

type Json = Readonly<Record<string, unknown>>;
interface PolicyFile { readonly default?: readonly Json[]; readonly transports?: Readonly<Record<string, Readonly<Record<string, readonly Json[]>>>> }
interface ShowFlags { readonly json: boolean; readonly noheading: boolean; readonly raw: boolean; readonly policyPath?: string | undefined; readonly registryPath?: string | undefined }
/** One requirement, with Podman's names in JSON. */
interface TrustLine { readonly transport: string; readonly name: string; readonly repo_name: string; readonly sigstore?: string; readonly type: string; readonly gpg_id?: string }

const shownTypes: Readonly<Record<string, string>> = { insecureAcceptAnything: "accept", signedBy: "signed", sigstoreSigned: "sigstoreSigned", reject: "reject" };

export async function showTrust(context: CommandContext, flags: ShowFlags): Promise<void> {
  const facts = readHostFacts(context.env);
  const path = policyPath(flags.policyPath, context.env, facts);
  const text = read(path);
  if (flags.raw) { await context.out.write(`${text}\n`); return; }
  const places = await loadSignaturePlaces(flags.registryPath ?? registriesFolder(facts));
  const lines = await describe(context, parse(text, path), places);
  if (flags.json) { await renderJson(context, lines, 2); return; }
  await renderList(context, lines, {
    name: "show", noHeading: flags.noheading,
    columns: [
      { header: "TRANSPORT", cell: (line) => line.transport }, { header: "NAME", cell: (line) => line.repo_name }, { header: "TYPE", cell: (line) => line.type },
      { header: "ID", cell: (line) => line.gpg_id ?? "" }, { header: "STORE", cell: (line) => line.sigstore ?? "" },
    ],
  });
}

async function describe(context: CommandContext, policy: PolicyFile, places: SignaturePlaces): Promise<readonly TrustLine[]> {
  const lines: TrustLine[] = [];
  const add = async (transport: string, name: string, repo: string, requirements: readonly Json[]): Promise<void> => {
    const sigstore = lookasideOfScope(places, repo === "default" ? "" : repo);
    for (const requirement of requirements) {
      const owners = await ownersOf(context, requirement);
      lines.push({ transport, name, repo_name: repo, ...(sigstore === undefined ? {} : { sigstore }), type: shownTypes[String(requirement["type"])] ?? "", ...(owners === "" ? {} : { gpg_id: owners }) });
    }
  };
  await add("all", "* (default)", "default", policy.default ?? []);
  for (const [transport, scopes] of sorted(policy.transports ?? {})) {
    for (const [scope, requirements] of sorted(scopes)) await add(transport === "docker" ? "repository" : transport, scope, scope, requirements);
  }
  return lines;
}

function sorted<T>(table: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  return Object.entries(table).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Addresses of the owners of GnuPG keys; other keys have none. */
async function ownersOf(context: CommandContext, { type, keyPath, keyPaths, keyData }: Json): Promise<string> {
  if (type === "sigstoreSigned") return "N/A";
  if (type !== "signedBy") return "";
  const { keyOwners } = await import("../../transports/signature/gpg.ts");
  const paths = [keyPath, ...(Array.isArray(keyPaths) ? keyPaths : [])].filter((path): path is string => typeof path === "string");
  const found: string[] = [];
  for (const path of paths) {
    if (existsSync(path)) found.push(...await keyOwners(readFileSync(path), context.env));
    else await context.err.write(`Error: Getting key identity: ${path} does not exist\n`);
  }
  if (typeof keyData === "string") found.push(...await keyOwners(Buffer.from(keyData, "base64"), context.env));
  return found.join(", ");
}

interface SetFlags { readonly policyPath?: string | undefined; readonly pubKeysFile?: readonly string[] | undefined; readonly type: string }

export async function setTrust(context: CommandContext, scope: string, { policyPath: given, pubKeysFile = [], type }: SetFlags): Promise<void> {
  if (!/^[a-zA-Z0-9\-_.]+(?::[0-9]+)?(?:\/[a-zA-Z0-9\-_./:@]*)?$/.test(scope)) throw new EngineError("invalid-argument", `invalid image uri: ${scope}`);
  const path = policyPath(given, context.env, readHostFacts(context.env));
  const requirements = requirementsOf(type, pubKeysFile);
  const policy = existsSync(path) ? parse(read(path), path) : {};
  if (scope !== "default" && (policy.default ?? []).length === 0) throw new EngineError("failed-precondition", "default trust policy must be set", { hint: "podman image trust set --type=accept default" });
  const changed = scope === "default" ? { ...policy, default: requirements } : { ...policy, transports: withScope(policy.transports ?? {}, scope, requirements) };
  const ordered = { default: changed.default, ...(changed.transports === undefined ? {} : { transports: Object.fromEntries(sorted(changed.transports).map(([name, scopes]) => [name, Object.fromEntries(sorted(scopes))])) }) };
  writeFileAtomically(path, JSON.stringify(ordered, null, 4), 0o644);
}

function requirementsOf(type: string, files: readonly string[]): readonly Json[] {
  switch (type) {
    case "accept": case "insecureAcceptAnything": case "reject":
      if (files.length > 0) throw new EngineError("invalid-argument", `${files.length} public keys unexpectedly provided for trust type ${type}`);
      return [{ type: type === "accept" ? "insecureAcceptAnything" : type }];
    case "signedBy": case "sigstoreSigned":
      if (files.length === 0) throw new EngineError("invalid-argument", `at least one public key must be defined for type '${type}'`);
      return files.map((keyPath) => ({ type, ...(type === "signedBy" ? { keyType: "GPGKeys" } : {}), keyPath }));
    default: throw new EngineError("invalid-argument", `invalid choice: ${type} (choose from 'accept', 'reject', 'signedBy', 'sigstoreSigned')`);
  }
}

/** In the transport that has the scope already, else in `docker`. */
function withScope(transports: NonNullable<PolicyFile["transports"]>, scope: string, requirements: readonly Json[]): NonNullable<PolicyFile["transports"]> {
  const transport = sorted(transports).find(([, scopes]) => scopes[scope] !== undefined)?.[0] ?? "docker";
  return { ...transports, [transport]: { ...transports[transport], [scope]: requirements } };
}

function read(path: string): string {
  try { return readFileSync(path, "utf8"); } catch (error) { throw within(`open ${path}`, error); }
}

function parse(text: string, path: string): PolicyFile {
  let value: unknown;
  try { value = JSON.parse(text); } catch { /* told below */ }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new EngineError("invalid-argument", `could not parse trust policies from ${path}`);
  return value;
}
