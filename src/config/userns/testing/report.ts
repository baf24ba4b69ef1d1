/** For the test: goes into the namespace like the program does, then says where it is. */
import { readFileSync } from "node:fs";
import { afterEntry, enter, mustEnter } from "../enter.ts";

const program = afterEntry(process.env);
if (mustEnter(process.env)) await enter(process.env);
process.stdout.write(JSON.stringify({
  uidMap: readFileSync("/proc/self/uid_map", "utf8").trim().split(/\s+/).map(Number), uid: process.getuid?.(), directory: process.cwd(),
  told: process.env["_CONTAINERS_ROOTLESS_UID"], args: process.argv.slice(2), hasProgram: program !== undefined, pid: process.pid,
}));
