/** What a test needs of the machine. What is missing skips it loudly: the name says why, and the run counts it. */
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { extraFolders } from "../../tools/packages.mjs";
import { isolatedVariable, testUser } from "./isolate.ts";

/** `root`; `user`: the unprivileged test user; a program's name, also with a version (`netavark>=1.14`). */
export type Need = "root" | "user" | "isolated" | (string & {});

/** A sentence about the first need that is not met. */
export function missingNeed(needs: readonly Need[]): string | undefined {
  return needs.map(reasonAgainst).find((reason) => reason !== undefined);
}

function reasonAgainst(need: Need): string | undefined {
  const root = process.getuid?.() === 0;
  switch (need) {
    case "root": return root ? undefined : "needs root";
    case "isolated": return process.env[isolatedVariable] === "1" ? undefined : "needs namespaces of its own (run through tools/test.ts as root)";
    case "user": return root && process.env[isolatedVariable] === "1" && existsSync(`/run/user/${testUser.uid}`) ? undefined : "needs the unprivileged test user";
    default: return reasonAgainstProgram(need);
  }
}

function reasonAgainstProgram(need: string): string | undefined {
  const [name = "", version] = need.split(">=");
  const path = findProgram(name);
  if (path === undefined) return `needs the program ${name}`;
  if (version === undefined) return undefined;
  // Programs tell it with a flag or a command.
  const [told] = [["--version"], ["version"]].flatMap((args) => /\d+(?:\.\d+)+/.exec(Bun.spawnSync([path, ...args], { stdin: "ignore", stderr: "ignore" }).stdout.toString())?.[0] ?? []);
  return told !== undefined && Bun.semver.order(padded(told), padded(version)) >= 0 ? undefined : `needs ${name} ${version} or newer`;
}
const padded = (version: string): string => [...version.split("."), "0", "0"].slice(0, 3).join(".");

/** Absolute path of a program in PATH or one of the folders where helpers live. */
export function findProgram(name: string): string | undefined {
  return [...helperFolders(), ...(process.env["PATH"] ?? "").split(":"), ...extraFolders].map((folder) => join(folder, name)).find((path) => {
    try { accessSync(path, constants.X_OK); return true; } catch { return false; }
  });
}

/** Podman's variable: other helpers than the machine's, to test with another netavark. */
const helperFolders = (): string[] => process.env["CONTAINERS_HELPER_BINARY_DIR"] === undefined ? [] : [process.env["CONTAINERS_HELPER_BINARY_DIR"]];
