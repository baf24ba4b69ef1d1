/** Commands whose mounts only the user's own namespace sees: what they print would be of no use outside it. */
import { EngineError } from "../base/errors.ts";
import { mustEnter } from "../config/userns/enter.ts";
import type { Environment } from "../config/rootless.ts";

/** @throws failed-precondition for a user who is not inside `podman unshare` */
export function requireUnshared(env: Environment, command: string): void {
  if (mustEnter(env)) throw new EngineError("failed-precondition", `cannot run command "podman ${command}" in rootless mode, must execute \`podman unshare\` first`);
}
