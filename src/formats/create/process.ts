/** `--entrypoint`, `--health-*`, `--restart`, `--secret`. Pure. */
import { EngineError } from "../../base/errors.ts";
import { parseCsv } from "./csv.ts";
import { parseDuration } from "./size.ts";

const fail = (message: string): EngineError => new EngineError("invalid-argument", message);

/** A JSON array is an argument list; any other text is one word; empty clears the image's. */
export function parseEntrypoint(text: string): string[] {
  if (text === "") return [];
  const words = jsonWords(text);
  return words ?? [text];
}
function jsonWords(text: string): string[] | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((word) => typeof word === "string") ? value : undefined;
  } catch { return undefined; }
}

export interface ParsedRestart { readonly policy: "no" | "always" | "on-failure" | "unless-stopped"; readonly maxRetries?: number }

/** `no`, `never`, `always`, `unless-stopped`, `on-failure[:N]`. */
export function parseRestart(text: string): ParsedRestart {
  const [name = "", retries, extra] = text.split(":");
  const policy = name === "never" || name === "" ? "no" : name;
  if (policy !== "no" && policy !== "always" && policy !== "on-failure" && policy !== "unless-stopped") throw fail(`running container create option: "${name}" is not a valid restart policy: invalid argument`);
  if (retries === undefined) return { policy };
  if (policy !== "on-failure" || extra !== undefined) throw fail("restart policy retries can only be specified with on-failure restart policy");
  if (!/^\d+$/.test(retries)) throw fail(`parsing restart policy retry count: strconv.Atoi: parsing "${retries}": invalid syntax`);
  return { policy, maxRetries: Number(retries) };
}

/** `none` disables; a JSON array is CMD or CMD-SHELL when it says so; other text is a shell line. */
export function parseHealthCommand(text: string): string[] {
  if (text === "none") return ["NONE"];
  const words = jsonWords(text);
  if (words === undefined) return ["CMD-SHELL", text];
  const first = words[0];
  if (first === undefined) throw fail("must define a healthcheck command for all healthchecks");
  return first === "CMD" || first === "CMD-SHELL" || first === "NONE" ? words : ["CMD", ...words];
}

/** A healthcheck time in nanoseconds. `disable` is 0: no timer. */
export function parseHealthTime(name: "interval" | "timeout" | "start-period", text: string): number {
  if (name === "interval" && text === "disable") return 0;
  let nanos: number;
  try { nanos = parseDuration(text); } catch (error) { throw fail(`invalid healthcheck-${name}: ${error instanceof Error ? error.message : String(error)}`); }
  if (name === "timeout" && nanos < 1e9) throw fail("healthcheck-timeout must be at least 1 second");
  if (name === "start-period" && nanos < 0) throw fail("healthcheck-start-period must be 0 seconds or greater");
  return nanos;
}

export interface ParsedSecret { readonly kind: "mount" | "env"; readonly source: string; target?: string; uid?: number; gid?: number; mode?: number }

/** `name[,type=mount|env][,target=…][,uid=…][,gid=…][,mode=…]`. */
export function parseSecret(text: string): ParsedSecret {
  const out: { kind?: string; source?: string; target?: string; uid?: number; gid?: number; mode?: number } = {};
  const [first = "", ...rest] = parseCsv(text);
  if (!first.includes("=")) out.source = first;
  for (const field of first.includes("=") ? [first, ...rest] : rest) secretOption(out, field);
  if (out.source === undefined) throw fail(`no source found ${text}: parsing secret`);
  const kind = out.kind ?? "mount";
  if (kind === "env" && (out.uid !== undefined || out.gid !== undefined || out.mode !== undefined)) throw fail("UID, GID, Mode options cannot be set with secret type env: parsing secret");
  return { ...out, kind: kind as "mount" | "env", source: out.source };
}

function secretOption(out: { kind?: string; source?: string; target?: string; uid?: number; gid?: number; mode?: number }, field: string): void {
  const equals = field.indexOf("=");
  if (equals === -1) throw fail(`option ${field} must be in form option=value: parsing secret`);
  const name = field.slice(0, equals);
  const value = field.slice(equals + 1);
  const integer = (label: string, radix: number): number => {
    if (!(radix === 8 ? /^[0-7]+$/ : /^\d+$/).test(value)) throw fail(`${label} ${value} invalid: parsing secret`);
    return Number.parseInt(value, radix);
  };
  switch (name) {
    case "type":
      if (out.kind !== undefined) throw fail("cannot set more than one secret type: parsing secret");
      if (value !== "mount" && value !== "env") throw fail(`type ${value} is invalid: parsing secret`);
      out.kind = value;
      return;
    case "source": out.source = value; return;
    case "target": out.target = value; return;
    case "mode": out.mode = integer("mode", 8); return;
    case "uid": case "UID": out.uid = integer("UID", 10); return;
    case "gid": case "GID": out.gid = integer("GID", 10); return;
    default: throw fail(`option ${field} invalid: parsing secret`);
  }
}
