import { leaves, normaliseText, type Own } from "./normalise.ts";
import type { Accepted, Answer, Difference, Step } from "./types.ts";

/** Where two answers to one step differ. `owns`: ours and theirs. Pure. */
export function compareAnswers(name: string, number: number, step: Step, answers: readonly [Answer, Answer], owns: readonly [Own, Own]): readonly Difference[] {
  const at = `${number} ${step.args[0] ?? ""}`;
  const [ours, theirs] = answers;
  const found: Difference[] = [];
  const differ = (part: string, left: string, right: string): void => { if (left !== right) found.push({ case: name, part: `${at} ${part}`, ours: left, theirs: right }); };
  differ("status", String(ours.status), String(theirs.status));
  if (step.statusOnly === true) return found;
  const text = (answer: Answer, stream: "stdout" | "stderr", own: Own): string => arrange(normaliseText(answer[stream], own), step.sorted === true);
  differ("stderr", text(ours, "stderr", owns[0]), text(theirs, "stderr", owns[1]));
  const [left, right] = [parse(step, ours.stdout, owns[0]), parse(step, theirs.stdout, owns[1])];
  if (left !== undefined && right !== undefined) return [...found, ...compareLeaves(name, at, left, right)];
  return [...found, ...compareLines(name, `${at} stdout`, text(ours, "stdout", owns[0]), text(theirs, "stdout", owns[1]))];
}

function arrange(text: string, isSorted: boolean): string {
  return isSorted ? text.split("\n").toSorted().join("\n") : text;
}

function parse(step: Step, text: string, own: Own): ReadonlyMap<string, string> | undefined {
  if (step.json !== true) return undefined;
  try { return leaves(JSON.parse(text), own); } catch { return undefined; }
}

function compareLeaves(name: string, at: string, ours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): Difference[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((path) => {
    const [left, right] = [ours.get(path) ?? "absent", theirs.get(path) ?? "absent"];
    return left === right ? [] : [{ case: name, part: `${at} json ${path}`, ours: left, theirs: right }];
  });
}

/** Lines of the probe are compared part by part, so that one difference hides no other. */
function compareLines(name: string, part: string, ours: string, theirs: string): Difference[] {
  if (ours === theirs) return [];
  const [left, right] = [byPart(ours), byPart(theirs)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const [a, b] = [left.get(key) ?? [], right.get(key) ?? []];
    if (a.join("\n") === b.join("\n")) return [];
    const only = (these: readonly string[], those: readonly string[]): string => these.filter((line) => !those.includes(line)).join("\n");
    const isOrder = only(a, b) === "" && only(b, a) === "";
    return [{ case: name, part: key === "" ? part : `${part} ${key}`, ours: isOrder ? a.join("\n") : only(a, b), theirs: isOrder ? b.join("\n") : only(b, a) }];
  });
}

const parts = /^(mount|propagation|status|env|id|limit|cgroup|uidmap|name|hosts|resolv|passwd|place|oom|dev|sysctl|limits|processes|terminal): /;
function byPart(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const key = parts.exec(line)?.[1] ?? "";
    found.set(key, [...found.get(key) ?? [], line]);
  }
  return found;
}

/** The first entry that says why a difference stays. */
export function reasonFor({ case: name, part }: Difference, accepted: readonly Accepted[]): string | undefined {
  // Names are no paths: a slash is a character as others.
  const matches = (glob: string, text: string): boolean => new Bun.Glob(glob.replaceAll("/", "∕")).match(text.replaceAll("/", "∕"));
  return accepted.find((entry) => matches(entry.case, name) && matches(entry.part, part))?.reason;
}
