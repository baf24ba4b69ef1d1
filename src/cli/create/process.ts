/** The process, its names and its life. */
import { within } from "../../base/errors.ts";
import { resolve } from "node:path";
import { parseEnvironment, parseLabels, parseLines, parsePairs } from "../../formats/create/pairs.ts";
import { parseEntrypoint, parseRestart, parseSecret } from "../../formats/create/process.ts";
import { parseDecimalSize } from "../../formats/create/size.ts";
import type { ContainerCreate, SecretUse } from "../../contract/types/container-create.ts";
import { dropUndefined, readEnvFile, readFlagFile, usage, type CreateFlags, type FlagContext } from "./index.ts";

type Part = Partial<ContainerCreate>;

export function processPart(context: FlagContext, flags: CreateFlags): Part {
  return { ...identity(flags), ...environment(context, flags), ...life(context, flags), ...users(context, flags), ...secrets(flags) };
}

function identity(flags: CreateFlags): Part {
  const labels = [...(flags.labelFile ?? []).flatMap((path) => parseLines(readLabels(path))), ...(flags.label ?? [])];
  const annotations = flags.annotation ?? [];
  return dropUndefined<Part>({
    name: flags.name, hostname: flags.hostname, workdir: flags.workdir, ...podOf(flags),
    dependencies: flags.requires,
    entrypoint: flags.entrypoint === undefined ? undefined : parseEntrypoint(flags.entrypoint),
    labels: labels.length === 0 ? undefined : parseLabels(labels),
    annotations: annotations.length === 0 && flags.cidfile === undefined ? undefined : {
      ...parsePairs(annotations, () => "annotations must be formatted KEY=VALUE"),
      // Where `rm` finds the file to remove.
      ...(flags.cidfile === undefined ? {} : { "io.podman.annotations.cid-file": resolve(flags.cidfile) }),
    },
  });
}

function readLabels(path: string): string {
  try { return readFlagFile(path); } catch (error) { throw within("unable to process labels", error); }
}

function podOf(flags: CreateFlags): Part {
  if (flags.podIdFile === undefined) return flags.pod === undefined ? {} : { pod: flags.pod };
  if (flags.pod !== undefined) throw usage("cannot specify both --pod and --pod-id-file");
  try { return { pod: readFlagFile(flags.podIdFile).split("\n")[0]?.trim() ?? "" }; } catch (error) { throw within("reading pod ID file", error); }
}

function environment(context: FlagContext, flags: CreateFlags): Part {
  const lines = (flags.envFile ?? []).flatMap((path) => parseLines(readEnvFile(path)));
  const env = { ...parseEnvironment(lines, context.env), ...parseEnvironment(flags.env ?? [], context.env) };
  const merge = flags.envMerge ?? [];
  return dropUndefined<Part>({
    env: Object.keys(env).length === 0 ? undefined : env,
    envMerge: merge.length === 0 ? undefined : parsePairs(merge, (value) => `missing \`=\` for --env-merge substitution ${value}`),
    unsetEnv: flags.unsetenv, unsetEnvAll: flags.unsetenvAll || undefined, envHost: flags.envHost || undefined,
    httpProxy: context.changed("http-proxy") ? flags.httpProxy : undefined,
    timezone: flags.tz, umask: flags.umask, personality: flags.personality, chrootDirs: flags.chrootdirs,
  });
}

function life(context: FlagContext, flags: CreateFlags): Part {
  if (flags.rm && flags.restart !== undefined && !["", "no", "never", "on-failure"].includes(flags.restart.split(":")[0] ?? "")) {
    throw usage("the --rm option conflicts with --restart, when the restartPolicy is not \"\" and \"no\"");
  }
  return dropUndefined<Part>({
    pidFile: flags.pidfile && resolve(flags.pidfile), conmonPidFile: flags.conmonPidfile && resolve(flags.conmonPidfile),
    terminal: flags.tty || undefined, stdin: flags.interactive || undefined, remove: flags.rm || undefined,
    stopSignal: flags.stopSignal, stopTimeoutSeconds: context.changed("stop-timeout") ? flags.stopTimeout : undefined,
    timeoutSeconds: flags.timeout || undefined,
    restart: flags.restart === undefined ? undefined : parseRestart(flags.restart),
    init: flags.init || undefined, initPath: flags.initPath,
    systemd: context.changed("systemd") ? systemdMode(flags.systemd) : undefined,
    sdnotify: context.changed("sdnotify") ? sdnotifyMode(flags.sdnotify) : undefined,
    log: logOf(flags),
  });
}

function systemdMode(text: string): "true" | "false" | "always" {
  if (text === "always") return "always";
  if (["true", "1", "t", "T", "TRUE", "True"].includes(text)) return "true";
  if (["false", "0", "f", "F", "FALSE", "False"].includes(text)) return "false";
  throw usage('invalid config provided: --systemd values must be one of "true, false, always": invalid configuration');
}
function sdnotifyMode(text: string): "container" | "conmon" | "healthy" | "ignore" {
  if (text === "container" || text === "conmon" || text === "healthy" || text === "ignore") return text;
  throw usage(`invalid config provided: invalid argument: invalid sdnotify value "${text}": must be conmon, container, healthy or ignore`);
}

function logOf(flags: CreateFlags): ContainerCreate["log"] {
  const options = parsePairs(flags.logOpt ?? [], (value) => `invalid log option "${value}"`);
  const known = ["path", "max-size", "tag", "label"];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw usage(`invalid log option "${unknown}=${options[unknown]}"`);
  if (flags.logDriver === undefined && Object.keys(options).length === 0) return undefined;
  return dropUndefined<NonNullable<ContainerCreate["log"]>>({
    driver: flags.logDriver, path: options["path"], tag: options["tag"],
    maxSizeBytes: options["max-size"] === undefined ? undefined : parseDecimalSize(options["max-size"]),
  });
}

function users(context: FlagContext, flags: CreateFlags): Part {
  const groups = flags.groupAdd ?? [];
  if (groups.includes("keep-groups") && groups.length > 1) throw usage("the '--group-add keep-groups' option is not allowed with any other --group-add options");
  if (groups.includes("keep-groups") && context.isRemote) throw usage("the '--group-add keep-groups' option is not supported in remote mode");
  return dropUndefined<Part>({ user: flags.user, groupAdd: flags.groupAdd, hostUsers: flags.hostuser, passwdEntry: flags.passwdEntry, groupEntry: flags.groupEntry });
}

function secrets(flags: CreateFlags): Part {
  const parsed = (flags.secret ?? []).map(parseSecret);
  const mounts = parsed.filter(({ kind }) => kind === "mount").map(({ kind: _kind, ...use }): SecretUse => use);
  const env = parsed.filter(({ kind }) => kind === "env").map(({ source, target }) => [target ?? source, source]);
  return { ...(mounts.length > 0 && { secrets: mounts }), ...(env.length > 0 && { secretEnv: Object.fromEntries(env) as Record<string, string> }) };
}
