/** The process behind net/forward.ts: takes over bound sockets and connects them with a container. */
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { existsSync, watch } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import type { ForwardPlan } from "../net/forward.ts";

type Target = ForwardPlan["targets"][number];

/** Runs until the container's namespace is unpinned. */
export async function forwardPorts(plan: ForwardPlan): Promise<number> {
  for (const target of plan.targets) if (target.protocol === "tcp") forwardStream(target); else forwardDatagrams(target);
  await removed(plan.netnsPath);
  return 0;
}

async function removed(path: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(dirname(path), () => { if (!existsSync(path)) finish(); });
    const finish = (): void => { watcher.close(); resolve(); };
    // It may have gone before we watched.
    if (!existsSync(path)) finish();
  });
}

function forwardStream({ fd, address, port }: Target): void {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const inside = connect({ host: address, port, allowHalfOpen: true });
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

function forwardDatagrams({ fd, address, port }: Target): void {
  const family = address.includes(":") ? "udp6" : "udp4";
  const outside = createSocket(family);
  const dialogues = new Map<string, { readonly inside: DatagramSocket; timer: NodeJS.Timeout }>();
  const end = (key: string): void => { dialogues.get(key)?.inside.close(); dialogues.delete(key); };
  outside.on("error", () => { process.exitCode = 1; });
  outside.on("message", (message, client) => {
    const key = `${client.address}|${client.port}`;
    let dialogue = dialogues.get(key);
    if (dialogue === undefined) {
      if (dialogues.size >= maxDialogues) return;
      const inside = createSocket(family);
      inside.on("message", (answer) => { outside.send(answer, client.port, client.address); });
      inside.on("error", () => { end(key); });
      dialogues.set(key, dialogue = { inside, timer: setTimeout(end, idleMs, key) });
    }
    clearTimeout(dialogue.timer);
    dialogue.timer = setTimeout(end, idleMs, key);
    dialogue.inside.send(message, port, address);
  });
  outside.bind({ fd });
}
