/** A pull inside of a systemd unit may take longer than the unit's start is allowed to: it asks for more time as long as it goes on. */
import type { EngineContext } from "../engine/context.ts";
import { sendDatagram } from "../sys/index.ts";

/** Each message gives 30 s, the next one comes after 25, ten at the most: some five minutes. sd_notify(3) */
const message = Buffer.from("EXTEND_TIMEOUT_USEC=30000000");
const intervalMs = 25_000;
const maxMessages = 10;

/** Does nothing without a service manager. Its end stops the messages. */
export function extendTimeout({ env, warn }: EngineContext, reference: string, say: (line: string) => void): Disposable {
  const socket = env["NOTIFY_SOCKET"] ?? "";
  if (socket === "") return { [Symbol.dispose]: () => { /* nothing was begun */ } };
  say(`Pulling image //${reference} inside systemd: setting pull timeout to 5m0s`);
  let sent = 0;
  const send = (): void => {
    if (sent++ >= maxMessages) return;
    try { sendDatagram(socket, message); } catch (error) { warn(`Extending systemd's timeout: ${error instanceof Error ? error.message : String(error)}`); }
  };
  send();
  const timer = setInterval(send, intervalMs);
  return { [Symbol.dispose]: () => { clearInterval(timer); } };
}
