/** Environment of the first process: the container's own, then what the engine adds when it is not there. */

export interface EnvironmentRequest {
  readonly env: Readonly<Record<string, string>>;
  /** Defaults of containers.conf, `NAME=value`. */
  readonly defaults: readonly string[];
  readonly unset: readonly string[];
  readonly unsetAll: boolean;
  readonly terminal: boolean;
  /** Made from an image: Podman says `container=podman` only then. */
  readonly hasImage: boolean;
  readonly home: string;
  readonly hostname: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, string>>;
}

/** `NAME=value` lines. HOME and HOSTNAME are set even with --unsetenv-all, as Podman does. */
export function environmentOf(request: EnvironmentRequest): string[] {
  const base: Record<string, string> = request.unsetAll ? {} : { ...resolveEnv(request.defaults), ...(request.hasImage ? { container: "podman" } : {}), ...(request.terminal ? { TERM: "xterm" } : {}) };
  const kept = Object.entries(base).filter(([name]) => !request.unset.includes(name));
  const merged: Record<string, string> = { ...Object.fromEntries(kept), ...request.env };
  merged["HOME"] ??= request.home;
  merged["HOSTNAME"] ??= request.hostname;
  return Object.entries({ ...merged, ...request.secrets, ...request.extra }).map(([name, value]) => `${name}=${value}`);
}

/** A line without `=` is a name with an empty value. */
function resolveEnv(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.map((line) => {
    const separator = line.indexOf("=");
    return separator === -1 ? [line, ""] : [line.slice(0, separator), line.slice(separator + 1)];
  }));
}
