/** One event, as kept and as streamed; `podman events --format json` field names are made from it by the event writer. */
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
  readonly error?: string;
}
