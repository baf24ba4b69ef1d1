import { afterAll, beforeAll, expect, test } from "bun:test";
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { retarget, type ForwardPlan } from "../net/forward.ts";
import { holdPort, type HeldPort } from "../sys/index.ts";

const loopback = new Uint8Array([127, 0, 0, 1]);
let folder = "";
let echo: Server;
let datagrams: DatagramSocket;
let held: HeldPort[] = [];
let forwarder: Bun.Subprocess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "forward-"));
  writeFileSync(join(folder, "netns"), "");
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    let size = 0;
    socket.on("data", (data) => { size += data.length; });
    socket.on("end", () => { socket.end(String(size)); });
  }).listen(0, "127.0.0.1");
  datagrams = createSocket("udp4");
  datagrams.on("message", (message, from) => { datagrams.send(`echo ${message.toString()}`, from.port, from.address); });
  await Promise.all([new Promise((resolve) => { echo.once("listening", resolve); }), new Promise<void>((resolve) => { datagrams.bind(0, "127.0.0.1", resolve); })]);
  held = [holdPort("tcp", loopback, 0), holdPort("udp", loopback, 0)];
  retarget(folder, "127.0.0.1");
  const plan: ForwardPlan = { netnsPath: join(folder, "netns"), addressFile: join(folder, "forward-to"), targets: [
    { fd: 3, protocol: "tcp", isV6: false, port: (echo.address() as AddressInfo).port }, { fd: 4, protocol: "udp", isV6: false, port: datagrams.address().port },
  ] };
  forwarder = Bun.spawn([process.execPath, join(import.meta.dir, "../main.ts"), "system", "forward-ports", JSON.stringify(plan)], { stdio: ["ignore", "inherit", "inherit", ...held.map(({ fd }) => fd)] as never });
  for (const one of held) one.close();
});
afterAll(() => {
  forwarder.kill();
  echo.close();
  datagrams.close();
  rmSync(folder, { recursive: true });
});

test("a stream goes through both ways, one end first", async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: held[0]?.port ?? 0, allowHalfOpen: true });
    let text = "";
    socket.on("data", (data) => { text += data.toString(); });
    socket.on("end", () => { resolve(text); });
    socket.on("error", reject);
    socket.end(Buffer.alloc(3_000_000));
  });
  expect(answer).toBe("3000000");
});

test("datagrams are answered, each client its own", async () => {
  const ask = async (text: string): Promise<string> => new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.on("message", (message) => { socket.close(); resolve(message.toString()); });
    socket.send(text, held[1]?.port ?? 0, "127.0.0.1");
  });
  expect(await Promise.all([ask("one"), ask("two"), ask("three")])).toEqual(["echo one", "echo two", "echo three"]);
});

test("a new address counts for all who come later, and ends dialogues", async () => {
  const port = (echo.address() as AddressInfo).port;
  const other = createServer((socket) => { socket.end("other"); }).listen(port, "127.0.0.2");
  const twin = createSocket("udp4");
  twin.on("message", (message, from) => { twin.send(`twin ${message.toString()}`, from.port, from.address); });
  await Promise.all([new Promise((resolve) => { other.once("listening", resolve); }), new Promise<void>((resolve) => { twin.bind(datagrams.address().port, "127.0.0.2", resolve); })]);
  const client = createSocket("udp4");
  const say = async (text: string): Promise<string> => new Promise((resolve) => {
    client.once("message", (message) => { resolve(message.toString()); });
    client.send(text, held[1]?.port ?? 0, "127.0.0.1");
  });
  const read = async (): Promise<string> => new Promise((resolve) => {
    let text = "";
    connect({ host: "127.0.0.1", port: held[0]?.port ?? 0 }).on("data", (data) => { text += data.toString(); }).on("error", () => { /* closed at once */ }).on("close", () => { resolve(text); });
  });
  try {
    expect(await say("a")).toBe("echo a");
    retarget(folder, "127.0.0.2");
    expect(await read()).toBe("other");
    // Datagrams hear of it by the kernel's message about the file.
    let answer = "";
    for (const limit = Date.now() + 5_000; !answer.startsWith("twin") && Date.now() < limit;) answer = await say("b");
    expect(answer).toBe("twin b");
    retarget(folder, undefined);
    expect(await read()).toBe("");
  } finally {
    other.close();
    twin.close();
    client.close();
  }
});

test("it ends with the namespace", async () => {
  rmSync(join(folder, "netns"));
  expect(await forwarder.exited).toBe(0);
});
