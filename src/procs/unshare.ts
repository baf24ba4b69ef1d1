/** `podman unshare`: replaces this process by a command in the user's namespace. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import { loadConfig } from "../config/load.ts";
import type { EngineConfig, GlobalOverrides } from "../config/types.ts";
import { enter, mustEnter } from "../config/userns/enter.ts";
import { execve } from "../sys/index.ts";

/**
 * Becomes the command, so it returns only by failing; in the network namespace of the user's bridges it runs the command and returns its status. @throws failed-precondition for root, not-found/command-not-found,
 * permission-denied/command-not-executable
 */
export async function runUnshared(args: readonly string[], global: GlobalOverrides, env: NodeJS.ProcessEnv | Readonly<Record<string, string | undefined>>, isInNetns = false): Promise<number> {
  if (mustEnter(env)) return enter(env);
  const config = loadConfig(global, env);
  const { rootless, storage } = config;
  if (!rootless) throw new EngineError("failed-precondition", "please use unshare with rootless");
  const command = args.length > 0 ? args : [shellOf(env)];
  const variables = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const program = findCommand(command[0] ?? "", env["PATH"] ?? "");
  const told = { ...variables, _CONTAINERS_USERNS_CONFIGURED: "done", CONTAINERS_GRAPHROOT: storage.graphRoot, CONTAINERS_RUNROOT: storage.runRoot };
  return isInNetns ? runInNetns(config, [program, ...command.slice(1)], told) : execve(program, command, told);
}

/** Somebody must count the namespace down again, so this process stays. Signals of the terminal reach the command by themselves. */
async function runInNetns(config: EngineConfig, command: readonly string[], env: Record<string, string>): Promise<number> {
  const { openNetworks } = await import("../net/open.ts");
  const networks = await openNetworks(config);
  return networks.inRootlessNetns(async (prefix) => {
    const ignore = (): void => { /* the command's to answer */ };
    for (const signal of ["SIGINT", "SIGQUIT"] as const) process.on(signal, ignore);
    try {
      const child = Bun.spawn([...prefix, ...command], { stdio: ["inherit", "inherit", "inherit"], env });
      const status = await child.exited;
      return child.signalCode === null ? status : 128 + status;
    } finally { for (const signal of ["SIGINT", "SIGQUIT"] as const) process.off(signal, ignore); }
  });
}

function shellOf(env: Readonly<Record<string, string | undefined>>): string {
  const shell = env["SHELL"];
  if (shell === undefined || shell === "") throw new EngineError("invalid-argument", "no command specified and no $SHELL specified");
  return shell;
}

function findCommand(name: string, path: string): string {
  const candidates = name.includes("/") ? [name] : path.split(":").map((directory) => `${directory}/${name}`);
  const present = candidates.filter((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  const runnable = present.find(isExecutable);
  if (runnable !== undefined) return runnable;
  if (present.length > 0) throw new EngineError("permission-denied", `fork/exec ${present[0]}: permission denied`, { reason: "command-not-executable" });
  throw new EngineError("not-found", name.includes("/") ? `fork/exec ${name}: no such file or directory` : `exec: ${JSON.stringify(name)}: executable file not found in $PATH`, { reason: "command-not-found" });
}

function isExecutable(path: string): boolean {
  try { accessSync(path, constants.X_OK); return true; } catch { return false; }
}
