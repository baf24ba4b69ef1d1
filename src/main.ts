/**
 * The program. The name it was called by decides what it is: `podman`, `docker`, `podman-remote`. `--version` is answered
 * before anything else is loaded.
 */
import { writeSync } from "node:fs";
import { podmanVersion } from "./contract/version.ts";

const program = personality(process.argv0);
const args = process.argv.slice(2);

if (args.length === 1 && (args[0] === "--version" || args[0] === "-v")) {
  writeSync(1, `${program} version ${podmanVersion}\n`);
  process.exit(0);
}
const { runProgram } = await import("./cli/run.ts");
process.exit(await runProgram(program, args));

/** Last part of argv[0]; `podman` when run from source. */
function personality(argv0: string): string {
  const name = argv0.slice(argv0.lastIndexOf("/") + 1).replace(/^-/, "");
  return name === "" || /^(bun|node)([-.].*)?$/.test(name) ? "podman" : name;
}
