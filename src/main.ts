/**
 * The program. The name it was called by decides what it is: `podman`, `docker`, `podman-remote`. `--version` is answered
 * before anything else is loaded.
 */
import { accessSync, writeSync } from "node:fs";
import { podmanVersion } from "./contract/version.ts";

const isUser = process.geteuid?.() !== 0;
const before = process.env["_PODMAN_ENTRY_DIRECTORY"] === undefined ? undefined : (await import("./config/userns/enter.ts")).afterEntry(process.env);
const calledAs = before ?? process.argv0;
const program = personality(calledAs);
const args = process.argv.slice(2);

if (hasPreexecHooks()) {
  const status = (await import("./procs/preexec-hooks.ts")).runPreexecHooks([program, ...args], process.env);
  if (status !== 0) process.exit(status);
}
if (args.length === 1 && (args[0] === "--version" || args[0] === "-v")) {
  writeSync(1, `${program} version ${podmanVersion}\n`);
  process.exit(0);
}
if (isUser) await enterEarly();
const { runProgram } = await import("./cli/run.ts");
const status = await runProgram(program, args, calledAs);
// Output is written when it is made, and files are whole at every moment: an orderly end would only close the database (10 ms).
// Who must do something at the very end is told by hand.
process.emit("exit", status);
(await import("./sys/process.ts")).exitNow(status);

/** Last part of argv[0]; `podman` when run from source. */
function personality(argv0: string): string {
  const name = argv0.slice(argv0.lastIndexOf("/") + 1).replace(/^-/, "");
  return name === "" || /^(bun|node)([-.].*)?$/.test(name) ? "podman" : name;
}

/** Looked for at every start, so without loading what runs them. */
function hasPreexecHooks(): boolean {
  try { accessSync("/etc/containers/podman_preexec_hooks.txt"); return before === undefined; } catch { return false; }
}

/** A user's command that needs the engine goes into the user namespace first; others do so when they open the engine. */
async function enterEarly(): Promise<void> {
  const { surelyNeedsEngine } = await import("./config/userns/early.ts");
  if (!surelyNeedsEngine(args, process.env)) return;
  const { enter, mustEnter } = await import("./config/userns/enter.ts");
  if (!mustEnter(process.env)) return;
  try { await enter(process.env); } catch (error) {
    const { messageOf, isEngineError } = await import("./base/errors.ts");
    writeSync(2, `Error: ${messageOf(error)}\n${isEngineError(error) && error.hint !== undefined ? `${error.hint}\n` : ""}`);
    process.exit(125);
  }
}
