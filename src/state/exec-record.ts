/** An exec session as it is kept. Its directory is `<container's bundle>/<session id>`. */
export interface ExecRecord {
  readonly id: string;
  readonly containerId: string;
  readonly config: ExecConfig;
  readonly state: ExecState;
}
export interface ExecConfig {
  readonly command: readonly string[];
  /** `NAME=value`, on top of the container's. */
  readonly env: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  readonly terminal: boolean;
  readonly privileged: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly detachKeys?: string;
  readonly preserveFds?: number;
  readonly preserveFd?: readonly number[];
  readonly createdAt: string;
}
export interface ExecState {
  readonly status: "created" | "running" | "stopped";
  readonly pid?: number;
  readonly conmonPid?: number;
  readonly exitCode?: number;
  /** As in ContainerState: another one than now means nothing of it runs. */
  readonly bootId?: string;
}
