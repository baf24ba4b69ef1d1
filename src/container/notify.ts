/** `--sdnotify` (podman-run(1)): who tells the service manager that started us about the container. */
import { messageOf, EngineError } from "../base/errors.ts";
import type { ContainerCreate } from "../contract/types/container-create.ts";
import type { EngineContext } from "../engine/context.ts";
import { sendDatagram } from "../sys/index.ts";
import type { ContainerRecord } from "./record.ts";

/** Where conmon listens for the container, below the bundle, and where the container sees it. */
export const notifyDirectory = { host: "notify", container: "/run/notify" } as const;
export const notifyVariable = { NOTIFY_SOCKET: `${notifyDirectory.container}/notify.sock` } as const;

/** The service manager's socket, kept for every later start; undefined where nobody listens or is to be told. */
export function notifySocketOf(context: EngineContext, { sdnotify = "container" }: ContainerCreate): string | undefined {
  const socket = context.env["NOTIFY_SOCKET"] ?? "";
  return sdnotify === "ignore" || socket === "" ? undefined : socket;
}

/** True when the container itself reports, through conmon's socket. */
export function reportsItself({ config }: ContainerRecord): boolean {
  return config.notifySocket !== undefined && (config.create.sdnotify ?? "container") === "container";
}

/** @throws invalid-argument when nothing could ever say `healthy` */
export function checkNotify({ sdnotify }: ContainerCreate, hasHealthCheck: boolean): void {
  if (sdnotify === "healthy" && !hasHealthCheck) throw new EngineError("invalid-argument", `invalid argument: sdnotify policy ${JSON.stringify(sdnotify)} requires a healthcheck to be set`);
}

/** Tells the main process; with `conmon` also that the service is ready. A manager that does not listen is a warning. */
export function notifyStarted(context: EngineContext, { config, state }: ContainerRecord): void {
  if (config.notifySocket === undefined) return;
  send(context, config.notifySocket, `MAINPID=${state.conmonPid ?? 0}${config.create.sdnotify === "conmon" ? "\nREADY=1" : ""}`);
}

/** With `healthy`: waits for the first passed health check and says so. Without the lock. Gone meanwhile is no error. */
export async function notifyHealthy(context: EngineContext, id: string): Promise<void> {
  const record = context.containers().get(id);
  if (record?.config.create.sdnotify !== "healthy") return;
  const { wait } = await import("./wait.ts");
  try { await wait(context, { ref: id, condition: ["healthy", "exited"] }); } catch (error) {
    if (error instanceof EngineError && error.reason === "no-such-container") return;
    throw error;
  }
  if (record.config.notifySocket !== undefined && context.containers().get(id)?.state.health?.status === "healthy") send(context, record.config.notifySocket, "READY=1");
}

function send(context: EngineContext, socket: string, text: string): void {
  try { sendDatagram(socket, Buffer.from(text)); } catch (error) { context.warn(`Notifying systemd of Conmon PID: ${messageOf(error)}`); }
}
