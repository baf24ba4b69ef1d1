/** A real local engine with a world of its own below /var/tmp, and a busybox image in its store. For tests. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busyboxLayer, buildImage } from "../../../test/harness/image.ts";
import { gunzipSync } from "node:zlib";
import { loadConfig } from "../../config/load.ts";
import type { Engine } from "../../contract/index.ts";
import { createLocalContext, type LocalContext } from "../../engine/context-local.ts";
import { createLocalEngine } from "../../engine/local.ts";
import { unmount, umountFlags } from "../../sys/index.ts";

export interface World extends AsyncDisposable {
  readonly dir: string;
  readonly context: LocalContext;
  readonly engine: Engine;
  readonly warnings: readonly string[];
  /** Another context over the same world, as another process has. */
  readonly again: () => LocalContext;
}

export const image = "localhost/busybox:latest";

export async function makeWorld(imageConfig: Readonly<Record<string, unknown>> = {}): Promise<World> {
  const dir = mkdtempSync("/var/tmp/ctr-");
  const warnings: string[] = [];
  const again = (): LocalContext => createContext(dir, warnings);
  const context = again();
  await addImage(context, imageConfig);
  return {
    dir, context, engine: createLocalEngine(context), warnings, again,
    [Symbol.asyncDispose]: async () => { await destroy(dir, context); },
  };
}

function createContext(dir: string, warnings: string[]): LocalContext {
  const conf = join(dir, "containers.conf");
  if (!existsSync(conf)) writeFileSync(conf, '[engine]\nevents_logger = "file"\ncgroup_manager = "cgroupfs"\n[containers]\nlog_driver = "k8s-file"\n');
  const env = { PATH: process.env["PATH"], HOME: dir, CONTAINERS_CONF: conf };
  const global = { root: join(dir, "root"), runroot: join(dir, "run"), tmpdir: join(dir, "tmp"), networkConfigDir: join(dir, "networks"), volumePath: join(dir, "volumes"), storageDriver: "overlay" };
  mkdirSync(join(dir, "tmp"), { recursive: true });
  const flags = ["--root", global.root, "--runroot", global.runroot, "--tmpdir", global.tmpdir, "--network-config-dir", global.networkConfigDir, "--volumepath", global.volumePath, "--storage-driver", "overlay"];
  return createLocalContext(loadConfig(global, env), { env, selfCommand: [process.execPath, join(import.meta.dir, "../../main.ts"), ...flags], warn: (message) => { warnings.push(message); } });
}

async function addImage(context: LocalContext, config: Readonly<Record<string, unknown>>): Promise<void> {
  const { manifest, config: blob, layers } = buildImage({ layers: [busyboxLayer()], config: { Cmd: ["sh"], ...config } });
  const store = await context.store();
  const bytes = layers[0]?.bytes ?? new Uint8Array();
  const layer = await store.putLayer({ diff: (async function* () { yield new Uint8Array(gunzipSync(bytes)); })() });
  await store.createImage({ id: blob.digest.slice("sha256:".length), names: [image], topLayer: layer.id, digest: manifest.digest, bigData: { manifest: manifest.bytes, [blob.digest]: blob.bytes } });
}

async function destroy(dir: string, context: LocalContext): Promise<void> {
  const { remove } = await import("../remove.ts");
  const failures: unknown[] = [];
  for (const { id } of context.containers().list()) {
    await remove(context, { ref: id, force: true, timeout: 0, volumes: true, depend: true, ignore: true }).catch((error: unknown) => { failures.push(error); });
  }
  await context[Symbol.asyncDispose]();
  const left = readFileSync("/proc/self/mountinfo", "utf8").split("\n").map((line) => line.split(" ")[4] ?? "").filter((path) => path.startsWith(dir));
  for (const path of left.toReversed()) unmount(path, umountFlags.detach);
  rmSync(dir, { recursive: true, force: true });
  // Only now: a test that failed must not leave its world behind.
  if (failures.length > 0) throw new AggregateError(failures, "containers could not be removed");
}
