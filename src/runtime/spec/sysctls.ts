/** Kernel parameters of the container's namespaces. */
import { EngineError } from "../../base/errors.ts";
import type { SpecNamespaces } from "./input.ts";

const isShared = (kind: string): boolean => kind !== "new";

/**
 * Defaults from containers.conf that do not fit the namespaces are left out; what the user asked for is an error then.
 * `defaults` are `name=value` lines.
 * @throws EngineError invalid-argument with Podman's sentence
 */
export function sysctlsOf(defaults: readonly string[], wanted: Readonly<Record<string, string>>, namespaces: SpecNamespaces, networkIsShared: boolean): Record<string, string> {
  const result: Record<string, string> = {};
  for (const line of defaults) {
    const separator = line.indexOf("=");
    const key = separator === -1 ? line : line.slice(0, separator);
    const ignored = (key.startsWith("fs.mqueue.") && isShared(namespaces.ipc.kind)) || (key.startsWith("net.") && networkIsShared)
      || (isUts(key) && isShared(namespaces.uts.kind));
    if (!ignored) result[key] = line.slice(separator + 1);
  }
  for (const [key, value] of Object.entries(wanted)) {
    if (key.startsWith("fs.mqueue.") && namespaces.ipc.kind === "host") throw conflict(key, value, "IPC");
    if (key.startsWith("net.") && namespaces.network.kind === "host") throw conflict(key, value, "Network");
    if (isUts(key) && namespaces.uts.kind === "host") throw conflict(key, value, "UTS");
    result[key] = value;
  }
  return result;
}

const isUts = (key: string): boolean => key.startsWith("kernel.domainname") || key.startsWith("kernel.hostname");
function conflict(key: string, value: string, namespace: string): EngineError {
  return new EngineError("invalid-argument", `sysctl ${key}=${value} can't be set since ${namespace} Namespace set to host: invalid argument`);
}
