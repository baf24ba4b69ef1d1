/**
 * System call filters: profiles in the format that Docker and Podman share (conditions on architecture, capabilities and kernel)
 * made into the plain list of the OCI specification.
 */
import { existsSync, statSync } from "node:fs";
import { release } from "node:os";
import { EngineError, messageOf } from "../../base/errors.ts";
import { readStart } from "../errors.ts";
import { errnoNames } from "../../sys/errno.ts";

/** Real profiles have 20 to 60 KiB. */
const maxProfileBytes = 4 * 1024 * 1024;
/** The first is the administrator's, the second the distribution's. */
export const seccompPaths: readonly string[] = ["/etc/containers/seccomp.json", "/usr/share/containers/seccomp.json"];

export interface SeccompProfile {
  readonly defaultAction?: string;
  readonly defaultErrnoRet?: number;
  readonly defaultErrno?: string;
  readonly architectures?: readonly string[];
  readonly archMap?: readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] | null }[];
  readonly flags?: readonly string[];
  readonly listenerPath?: string;
  readonly listenerMetadata?: string;
  readonly syscalls?: readonly SeccompRule[];
}
export interface SeccompRule {
  readonly name?: string;
  readonly names?: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly errno?: string;
  readonly args?: readonly { readonly index: number; readonly value: number; readonly valueTwo?: number; readonly op: string }[] | null;
  readonly includes?: SeccompCondition;
  readonly excludes?: SeccompCondition;
}
export interface SeccompCondition { readonly arches?: readonly string[]; readonly caps?: readonly string[]; readonly minKernel?: string }

/** OCI `linux.seccomp`. */
export interface Seccomp {
  defaultAction: string;
  defaultErrnoRet?: number;
  architectures?: string[];
  flags?: string[];
  listenerPath?: string;
  listenerMetadata?: string;
  syscalls: { names: string[]; action: string; errnoRet?: number; args?: { index: number; value: number; valueTwo?: number; op: string }[] }[];
}

/** Go's names of machines. */
const goNames: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64", i686: "386", armv7l: "arm", s390x: "s390x", ppc64le: "ppc64le", riscv64: "riscv64" };
const seccompNames: Readonly<Record<string, string>> = { amd64: "SCMP_ARCH_X86_64", arm64: "SCMP_ARCH_AARCH64", s390x: "SCMP_ARCH_S390X" };

export interface SeccompTarget { readonly machine: string; readonly bounding: readonly string[] }

/** undefined for a profile that says nothing: no filter. @throws EngineError invalid-argument */
export function convertProfile(profile: SeccompProfile, { machine, bounding }: SeccompTarget): Seccomp | undefined {
  const { defaultAction = "", syscalls = [], architectures = [], archMap = [] } = profile;
  if (defaultAction === "" && syscalls.length === 0) return undefined;
  if (architectures.length > 0 && archMap.length > 0) throw invalid("'architectures' and 'archMap' were specified in the seccomp profile, use either 'architectures' or 'archMap'");
  const arch = goNames[machine] ?? machine;
  const own = archMap.find((entry) => entry.architecture === seccompNames[arch]);
  const names = own === undefined ? [...architectures] : [own.architecture, ...own.subArchitectures ?? []];
  const errno = errnoOf(profile.defaultErrno, profile.defaultErrnoRet);
  return {
    defaultAction,
    ...(errno === undefined ? {} : { defaultErrnoRet: errno }),
    ...(names.length === 0 ? {} : { architectures: names }),
    ...(profile.flags === undefined ? {} : { flags: [...profile.flags] }),
    ...(profile.listenerPath === undefined ? {} : { listenerPath: profile.listenerPath }),
    ...(profile.listenerMetadata === undefined ? {} : { listenerMetadata: profile.listenerMetadata }),
    syscalls: syscalls.filter((rule) => applies(rule, arch, bounding)).map(convertRule),
  };
}

function applies({ includes = {}, excludes = {} }: SeccompRule, arch: string, bounding: readonly string[]): boolean {
  if (excludes.arches?.includes(arch) === true || excludes.caps?.some((name) => bounding.includes(name)) === true) return false;
  if (excludes.minKernel !== undefined && isKernelAtLeast(excludes.minKernel)) return false;
  if (includes.arches !== undefined && includes.arches.length > 0 && !includes.arches.includes(arch)) return false;
  if (includes.minKernel !== undefined && !isKernelAtLeast(includes.minKernel)) return false;
  return includes.caps?.every((name) => bounding.includes(name)) ?? true;
}

function convertRule(rule: SeccompRule): Seccomp["syscalls"][number] {
  const { name = "", names = [], args } = rule;
  if (name !== "" && names.length > 0) throw invalid("'name' and 'names' were specified in the seccomp profile, use either 'name' or 'names'");
  const errno = errnoOf(rule.errno, rule.errnoRet);
  return {
    names: name === "" ? [...names] : [name], action: rule.action,
    ...(errno === undefined ? {} : { errnoRet: errno }),
    ...(args === undefined || args === null || args.length === 0 ? {}
      : { args: args.map(({ index, value, valueTwo, op }) => ({ index, value, ...(valueTwo === undefined || valueTwo === 0 ? {} : { valueTwo }), op })) }),
  };
}

function errnoOf(name: string | undefined, fallback: number | undefined): number | undefined {
  if (name === undefined || name === "") return fallback;
  if (/^\d+$/.test(name)) return Number(name);
  // Profiles name both; they agree.
  if (fallback !== undefined && errnoNames[fallback] === name) return fallback;
  const code = Object.entries(errnoNames).find(([, known]) => known === name)?.[0];
  if (code === undefined) throw invalid(`unknown errno ${name}`);
  return Number(code);
}

function isKernelAtLeast(wanted: string): boolean {
  const numbers = (version: string): number[] => version.split(".").map((part) => Number.parseInt(part, 10));
  const [major = 0, minor = 0] = numbers(release());
  const [wantedMajor = 0, wantedMinor = 0] = numbers(wanted);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

const invalid = (message: string): EngineError => new EngineError("invalid-argument", message);

/**
 * The profile of a path, or the default one: the first file of `seccompPaths`, else the built-in table.
 * @throws EngineError "opening seccomp profile failed: …", "loading seccomp profile (…) failed: …"
 */
export async function loadProfile(path: string | undefined): Promise<SeccompProfile> {
  const file = path ?? seccompPaths.find((candidate) => existsSync(candidate));
  if (file === undefined) return (await import("./seccomp-default.ts")).defaultProfile();
  return parseProfile(readProfile(file), file);
}

function readProfile(file: string): string {
  try {
    if (!statSync(file).isFile()) throw new EngineError("invalid-argument", "not a regular file");
    return readStart(file, maxProfileBytes);
  } catch (error) {
    throw new EngineError("not-found", `opening seccomp profile failed: open ${file}: ${messageOf(error).replace(/^.*?: /, "")}`, { cause: error });
  }
}

/** @throws EngineError invalid-argument */
export function parseProfile(text: string, name: string): SeccompProfile {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("not an object");
    return value as SeccompProfile;
  } catch (error) {
    throw new EngineError("invalid-argument", `loading seccomp profile (${name}) failed: decoding seccomp profile failed: ${messageOf(error)}`, { cause: error });
  }
}
