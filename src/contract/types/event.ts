/** What code hands to `context.emit`; the time is set there. */
export interface EngineEvent {
  readonly type: "container" | "image" | "volume" | "network" | "pod" | "secret" | "system" | "machine" | "artifact";
  /** Podman's word: create, init, start, attach, died, cleanup, remove, pull, tag, … */
  readonly status: string;
  readonly id?: string;
  readonly name?: string;
  readonly image?: string;
  readonly timeNanos?: bigint;
  readonly exitCode?: number;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly network?: string;
  readonly podId?: string;
  readonly healthStatus?: string;
  readonly healthFailingStreak?: number;
  readonly healthLog?: string;
  readonly error?: string;
  /** The container's inspect JSON, with `events_container_create_inspect_data`. */
  readonly inspectData?: string;
}

/** One event as kept in the log and given to readers. JSON-safe; `podman events --format json` is made from it. */
export interface EventRecord {
  readonly type: string;
  readonly status: string;
  /** RFC 3339 with nanoseconds and the zone's offset, as Go writes it. */
  readonly time: string;
  /** Nanoseconds since the epoch, as decimal digits (more than a double holds). */
  readonly timeNano: string;
  readonly id?: string;
  readonly name?: string;
  readonly image?: string;
  readonly network?: string;
  readonly podId?: string;
  readonly containerExitCode?: number;
  readonly healthStatus?: string;
  readonly healthFailingStreak?: number;
  readonly healthLog?: string;
  readonly error?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inspectData?: string;
}
