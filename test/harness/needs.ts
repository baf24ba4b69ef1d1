/** What a test needs of the machine. What is missing skips it loudly: the name says why, and the run counts it. */
import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { extraFolders } from "../../tools/packages.mjs";
import { isolatedVariable, testUser } from "./isolate.ts";

/** `root`; `user`: the unprivileged test user; a program's name. */
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
    default: return findProgram(need) === undefined ? `needs the program ${need}` : undefined;
  }
}

/** Absolute path of a program in PATH or one of the folders where helpers live. */
export function findProgram(name: string): string | undefined {
  return [...(process.env["PATH"] ?? "").split(":"), ...extraFolders].map((folder) => join(folder, name)).find((path) => {
    try { accessSync(path, constants.X_OK); return true; } catch { return false; }
  });
}
