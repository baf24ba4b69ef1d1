import { randomInt } from "../base/random.ts";
import { newId, namePattern } from "../base/ids.ts";
import { invalidArgument } from "./errors.ts";
import { adjectives, surnames } from "./words.ts";

/** A random name nobody has: `adjective_surname`; after some bad luck the id's beginning is added. */
export function randomName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; attempt < 20; attempt++) {
    const name = `${pick(adjectives)}_${pick(surnames)}`;
    if (!isTaken(name)) return name;
  }
  return `${pick(adjectives)}_${pick(surnames)}_${newId().slice(0, 8)}`;
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? "container";
}

/** @throws invalid-argument with Podman's sentence */
export function checkName(name: string): void {
  if (!namePattern.test(name)) throw invalidArgument("running container create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*");
}
