/** The CDI specifications of this machine. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isErrno, messageOf } from "../../base/errors.ts";
import { toCdiSpec, type CdiEdits, type CdiSpec } from "../../formats/cdi/spec.ts";
import { readStart } from "../errors.ts";

/** A machine with eight GPUs, each in seven parts, has 60 kB. */
const maxFileBytes = 4 * 1024 * 1024;
/** Of YAML: an alias may stand for a list of aliases, and so on. */
const maxAliases = 100;

export interface CdiRegistry {
  /** By full name. */
  readonly devices: ReadonlyMap<string, { readonly spec: CdiSpec; readonly edits: CdiEdits }>;
  readonly vendors: ReadonlySet<string>;
  /** Why files were left out. */
  readonly problems: readonly string[];
}

interface Found { readonly spec: CdiSpec; readonly edits: CdiEdits; readonly priority: number; readonly path: string }

/** A later directory goes before an earlier one; a device that two files of one directory describe is none. Broken files are left out. Absent directories are empty. */
export async function readCdi(directories: readonly string[]): Promise<CdiRegistry> {
  const devices = new Map<string, Found>();
  const conflicts = new Set<string>();
  const vendors = new Set<string>();
  const problems: string[] = [];
  for (const [priority, directory] of directories.entries()) {
    for (const path of filesOf(directory)) {
      let spec: CdiSpec;
      try { spec = toCdiSpec(await decode(path)); } catch (error) { problems.push(`${path}: ${messageOf(error)}`); continue; }
      vendors.add(spec.vendor);
      for (const { name, edits } of spec.devices) {
        const qualified = `${spec.vendor}/${spec.class}=${name}`;
        const other = devices.get(qualified);
        if (other?.priority === priority) {
          conflicts.add(qualified);
          problems.push(`conflicting device "${qualified}" (specs "${path}", "${other.path}")`);
        } else devices.set(qualified, { spec, edits, priority, path });
      }
    }
  }
  for (const name of conflicts) devices.delete(name);
  return { devices, vendors, problems };
}

function filesOf(directory: string): string[] {
  let names: string[];
  try { names = readdirSync(directory); } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return [];
    throw error;
  }
  return names.filter((name) => /\.(?:json|yaml)$/.test(name)).toSorted().map((name) => join(directory, name)).filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

async function decode(path: string): Promise<unknown> {
  const text = readStart(path, maxFileBytes);
  if (text.length >= maxFileBytes) throw new Error(`larger than ${maxFileBytes} bytes`);
  if (path.endsWith(".json")) return JSON.parse(text);
  const { parse } = await import("yaml");
  return parse(text, { maxAliasCount: maxAliases });
}
