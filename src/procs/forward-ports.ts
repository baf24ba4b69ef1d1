/** The process behind net/forward.ts: takes over bound sockets and connects them with a container. */
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { existsSync, readFileSync, watch } from "node:fs";
import { connect, createServer, isIP, type Socket } from "node:net";
import { basename, dirname } from "node:path";
import type { ForwardPlan } from "../net/forward.ts";

type Target = ForwardPlan["targets"][number];

/** Runs until the container's namespace is unpinned. */
export async function forwardPorts(plan: ForwardPlan): Promise<number> {
  const address = (): string | undefined => currentAddress(plan.addressFile);
  const enders = plan.targets.flatMap((target) => target.protocol === "tcp" ? (forwardStream(target, address), []) : [forwardDatagrams(target, address)]);
  // Dialogues have no end of their own, so a change of the address ends them.
  const watcher = enders.length === 0 ? undefined : watch(dirname(plan.addressFile), (_event, name) => { if (name === basename(plan.addressFile)) for (const end of enders) end(); });
  await removed(plan.netnsPath);
  watcher?.close();
  return 0;
}

/** Read for each connection: a client that comes after a change was reported is never led astray. */
function currentAddress(file: string): string | undefined {
  try {
    const text = readFileSync(file, "utf8").trim();
    return isIP(text) === 0 ? undefined : text;
  } catch { return undefined; }
}

async function removed(path: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(dirname(path), () => { if (!existsSync(path)) finish(); });
    const finish = (): void => { watcher.close(); resolve(); };
    // It may have gone before we watched.
    if (!existsSync(path)) finish();
  });
}

function forwardStream({ fd, port }: Target, address: () => string | undefined): void {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const host = address();
    if (host === undefined) { client.destroy(); return; }
    const inside = connect({ host, port, allowHalfOpen: true });
    join(client, inside);
    join(inside, client);
  });
  server.on("error", () => { process.exitCode = 1; });
  server.listen({ fd });
}

/** A side that fails takes the other one along; a side that only ends leaves the other direction open. */
function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on("error", () => { to.destroy(); });
  from.on("close", () => { if (from.destroyed && !to.writableEnded) to.destroy(); });
}

/** A client that is silent for so long has ended; the kernel's own tracking of UDP takes 30 s, or 120 s for a dialogue. */
const idleMs = 120_000;
/** More dialogues than this are an attack. */
const maxDialogues = 4096;

/** Returns what ends all dialogues. */
function forwardDatagrams({ fd, port, isV6 }: Target, address: () => string | undefined): () => void {
  const outside = createSocket(isV6 ? "udp6" : "udp4");
  const dialogues = new Map<string, { readonly inside: DatagramSocket; readonly host: string; timer: NodeJS.Timeout }>();
  const end = (key: string): void => {
    const dialogue = dialogues.get(key);
    if (dialogue === undefined) return;
    dialogues.delete(key);
    clearTimeout(dialogue.timer);
    dialogue.inside.close();
  };
  outside.on("error", () => { process.exitCode = 1; });
  outside.on("message", (message, client) => {
    const key = `${client.address}|${client.port}`;
    let dialogue = dialogues.get(key);
    if (dialogue === undefined) {
      const host = address();
      if (host === undefined || dialogues.size >= maxDialogues) return;
      const inside = createSocket(host.includes(":") ? "udp6" : "udp4");
      inside.on("message", (answer) => { outside.send(answer, client.port, client.address); });
      inside.on("error", () => { end(key); });
      dialogues.set(key, dialogue = { inside, host, timer: setTimeout(end, idleMs, key) });
    }
    clearTimeout(dialogue.timer);
    dialogue.timer = setTimeout(end, idleMs, key);
    dialogue.inside.send(message, port, dialogue.host);
  });
  outside.bind({ fd });
  return () => { for (const key of dialogues.keys()) end(key); };
}
