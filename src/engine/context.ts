/**
 * What every local operation receives. Parts are opened at first use, because most commands need few of them: `ps` opens the
 * state database only. The composition root is `local.ts`; nothing else constructs these parts.
 */
import type { EngineConfig } from "../config/types.ts";
import type { NetworkBackend } from "../net/types.ts";
import type { OciRuntime } from "../runtime/types.ts";
import type { ContainerTable, State } from "../state/types.ts";
import type { Store } from "../storage/store.ts";
import type { EngineEvent } from "../contract/types/event.ts";
import type { LockMode, HeldLock } from "../sys/index.ts";

export interface EngineContext {
  readonly config: EngineConfig;
  readonly store: () => Promise<Store>;
  readonly containers: () => ContainerTable;
  /** Volumes, exec sessions and exit codes too; `containers` is its first table. */
  readonly state: () => State;
  /** Mark of this boot (state/boot.ts). */
  readonly bootMark: () => string;
  readonly networks: () => Promise<NetworkBackend>;
  /** By name from containers.conf or by path; the default one without argument. */
  readonly runtime: (name?: string) => Promise<OciRuntime>;
  /** Takes the lock of one object. Order is asserted: pod → container → volume → storage. */
  readonly lock: (kind: "pod" | "container" | "volume", id: string, mode?: LockMode) => Promise<HeldLock>;
  readonly emit: (event: EngineEvent) => Promise<void>;
  /** A sentence for the log at warn level, where Podman logs one and goes on. */
  readonly warn: (message: string) => void;
  /** argv prefix that starts this program again with the same global options (exit command of conmon). */
  readonly selfCommand: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One operation's local implementation: a verb file in a noun folder exports one. */
export type LocalOperation<Method> = Method extends (input: infer I, ...rest: infer R) => infer O ? (context: EngineContext, input: I, ...rest: R) => O : never;
