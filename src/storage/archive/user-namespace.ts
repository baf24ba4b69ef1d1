/** Are we in a user namespace other than the first? */
import { readFileSync } from "node:fs";

/** False where /proc does not say. */
export function isInUserNamespace(): boolean {
  try {
    const [line, ...others] = readFileSync("/proc/self/uid_map", "utf8").trim().split("\n");
    return others.length > 0 || line?.trim().split(/\s+/).join(" ") !== "0 0 4294967295";
  } catch {
    return false;
  }
}
