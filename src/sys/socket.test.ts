import { expect, test } from "bun:test";
import { closeSync, fstatSync } from "node:fs";
import { openPacketSocket, packetSocketPair, waitForProcess } from "./socket.ts";
import { c, ptr } from "./libc.ts";

const sendTo = (fd: number, bytes: Uint8Array): number => Number(c.send(fd, ptr(bytes), bytes.length, 0x4000));

test("packets that arrive together keep their borders", async () => {
  const { ours, theirs } = packetSocketPair();
  for (const size of [5, 8193, 1]) sendTo(theirs, new Uint8Array(size).fill(size & 255));
  const sizes: number[] = [];
  const end = Promise.withResolvers<void>();
  await openPacketSocket(ours, { onPacket: (packet) => { sizes.push(packet.length); if (sizes.length === 3) closeSync(theirs); }, onClose: end.resolve });
  await end.promise;
  expect(sizes).toEqual([5, 8193, 1]);
  expect(() => fstatSync(ours)).toThrow();
});

test("send waits for a full socket and half close reaches the other side", async () => {
  const { ours, theirs } = packetSocketPair();
  const socket = await openPacketSocket(ours, { onPacket: () => undefined, onClose: () => undefined });
  const packet = new Uint8Array(8192).fill(7);
  let sent = 0;
  const all = (async () => { for (; sent < 200; sent++) await socket.send(packet); socket.closeWrite(); })();
  await Bun.sleep(1);
  expect(sent).toBeLessThan(200);
  const buffer = new Uint8Array(8192);
  let received = 0;
  for (;;) {
    const size = Number(c.recv(theirs, ptr(buffer), buffer.length, 0x40));
    if (size === 0) break;
    if (size > 0) received += size; else await Bun.sleep(0);
  }
  await all;
  expect(received).toBe(200 * 8192);
  socket.close();
  socket.close();
  await socket.send(packet);
  closeSync(theirs);
});

test("waitForProcess ends with the process, and can be given up", async () => {
  const child = Bun.spawn(["/bin/cat"], { stdio: ["pipe", "ignore", "ignore"] });
  const stop = new AbortController();
  const given = waitForProcess(child.pid, stop.signal);
  stop.abort();
  expect(given).rejects.toThrow();
  const ended = waitForProcess(child.pid);
  await child.stdin.end();
  await ended;
  await child.exited;
  await waitForProcess(child.pid);
});
