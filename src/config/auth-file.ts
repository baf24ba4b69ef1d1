/** auth.json, Docker's config.json and the old .dockercfg: containers-auth.json(5). Where they are, what they say, how they change. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { EngineError, messageOf, within } from "../base/errors.ts";
import { readTextFile } from "./file.ts";
import { configHome, type Environment, type HostFacts } from "./rootless.ts";
import { writeFileAtomically } from "./write.ts";

/** `docker`: other tools' fields must survive, and the Hub's key is an URL. `legacy`: read only. */
export interface AuthFile { readonly path: string; readonly format: "containers" | "docker" | "legacy" }

export interface AuthEntry { readonly auth?: string; readonly identitytoken?: string }
export interface AuthContent { readonly auths: Readonly<Record<string, AuthEntry>>; readonly credHelpers: Readonly<Record<string, string>>; readonly credsStore?: string }

export interface AuthOptions {
  /** `--authfile`. */
  readonly authFile?: string | undefined;
  /** `--compat-auth-file`. */
  readonly compatAuthFile?: string | undefined;
}

/** The file that a login writes; also the first to read. @throws EngineError invalid-argument when both options are given */
export function primaryAuthFile(options: AuthOptions, env: Environment): { readonly file: AuthFile; readonly chosen: boolean } {
  const given = (text: string | undefined): string | undefined => (text === "" ? undefined : text);
  const [authFile, compatFile] = [given(options.authFile), given(options.compatAuthFile)];
  if (authFile !== undefined && compatFile !== undefined) {
    throw new EngineError("invalid-argument", "options for paths to the credential file and to the Docker-compatible credential file can not be set simultaneously");
  }
  if (authFile !== undefined) return { file: { path: authFile, format: "containers" }, chosen: true };
  if (compatFile !== undefined) return { file: { path: compatFile, format: "docker" }, chosen: true };
  const fromEnv = given(env["REGISTRY_AUTH_FILE"]);
  if (fromEnv !== undefined) return { file: { path: fromEnv, format: "containers" }, chosen: true };
  const dockerFolder = given(env["DOCKER_CONFIG"]);
  if (dockerFolder !== undefined) return { file: { path: join(dockerFolder, "config.json"), format: "docker" }, chosen: true };
  return { file: { path: runtimeAuthFile(env), format: "containers" }, chosen: false };
}

function runtimeAuthFile(env: Environment): string {
  const runtime = env["XDG_RUNTIME_DIR"] ?? "";
  if (runtime === "") return `/run/containers/${process.getuid?.() ?? 0}/auth.json`;
  if (existsSync(runtime)) return join(runtime, "containers/auth.json");
  throw new EngineError("not-found", `${JSON.stringify(runtime)} directory set by $XDG_RUNTIME_DIR does not exist. Either create the directory or unset $XDG_RUNTIME_DIR.: stat ${runtime}: no such file or directory`);
}

/** Files to look through, best first. A file that was chosen explicitly is the only one. */
export function authFiles(options: AuthOptions, env: Environment, facts: HostFacts): AuthFile[] {
  const first = primaryAuthFile(options, env);
  if (first.chosen) return [first.file];
  return [
    first.file,
    { path: join(configHome(env, facts), "containers/auth.json"), format: "containers" },
    { path: join(facts.home, ".docker/config.json"), format: "docker" },
    { path: join(facts.home, ".dockercfg"), format: "legacy" },
  ];
}

/** `--authfile` of a reading command must exist. @throws EngineError not-found with Podman's sentence */
export function checkAuthFile(path: string | undefined): void {
  if (path === undefined || path === "" || existsSync(path)) return;
  throw new EngineError("not-found", `credential file is not accessible: faccessat ${path}: no such file or directory`);
}

/** Empty when the file is absent. @throws EngineError invalid-argument for what is not JSON of the right shape */
export function readAuthFile(file: AuthFile): AuthContent {
  const raw = readRaw(file);
  if (file.format === "legacy") return { auths: recordOf(raw, file, "auths") as AuthContent["auths"], credHelpers: {} };
  const store = raw["credsStore"];
  return {
    auths: recordOf(raw["auths"] ?? {}, file, "auths") as AuthContent["auths"],
    credHelpers: recordOf(raw["credHelpers"] ?? {}, file, "credHelpers") as AuthContent["credHelpers"],
    ...(typeof store === "string" && store !== "" ? { credsStore: store } : {}),
  };
}

function readRaw(file: AuthFile): Record<string, unknown> {
  const text = readTextFile(file.path);
  if (text === undefined) return {};
  let value: unknown;
  try { value = JSON.parse(text); } catch (error) {
    throw new EngineError("invalid-argument", `reading JSON file ${JSON.stringify(file.path)}: unmarshaling JSON at ${JSON.stringify(file.path)}: ${text.trim() === "" ? "unexpected end of JSON input" : messageOf(error)}`, { cause: error });
  }
  return recordOf(value, file, "the top level");
}

function recordOf(value: unknown, file: AuthFile, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new EngineError("invalid-argument", `reading JSON file ${JSON.stringify(file.path)}: ${what} must be an object`);
}

/**
 * Rewrites the file with other entries: atomic, mode 0600, folders of mode 0700. Fields that we do not know survive in every
 * format, since Docker keeps much more in its file than credentials.
 */
export function writeAuthEntries(file: AuthFile, change: (content: AuthContent) => Partial<AuthContent>): void {
  if (file.format === "legacy") throw new EngineError("failed-precondition", `writes to ${file.path} using legacy format are not supported`);
  mkdirSync(dirname(file.path), { recursive: true, mode: 0o700 });
  const content = readAuthFile(file);
  const changed = { ...readRaw(file), ...change(content) };
  if (Object.keys(changed.credHelpers ?? {}).length === 0) delete changed.credHelpers;
  try {
    writeFileAtomically(file.path, JSON.stringify({ auths: changed.auths ?? {}, ...changed }, undefined, "\t"), 0o600);
  } catch (error) { throw within(`writing to file ${JSON.stringify(file.path)}`, error); }
}
