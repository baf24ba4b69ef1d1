/** A volume plugin in the test's process: Docker's protocol on a unix socket, with its volumes in a folder. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

export interface TestPlugin extends Disposable {
  readonly socket: string;
  /** Every call as `Verb volume`. */
  readonly calls: string[];
  readonly volumes: Map<string, { readonly options: Readonly<Record<string, string>>; mounts: number }>;
  /** Answers of the next calls of a verb, instead of the usual ones. */
  readonly failing: Map<string, string>;
}

export function startVolumePlugin(directory: string, name: string, implementing: readonly string[] = ["VolumeDriver"]): TestPlugin {
  const socket = join(directory, `${name}.sock`);
  const data = join(directory, `${name}-data`);
  mkdirSync(data, { recursive: true });
  const plugin = { socket, calls: [] as string[], volumes: new Map<string, { options: Readonly<Record<string, string>>; mounts: number }>(), failing: new Map<string, string>() };
  const server = Bun.serve({ unix: socket, fetch: async (request) => {
    const verb = new URL(request.url).pathname.replace(/^\/(VolumeDriver|Plugin)\./, "");
    const text = await request.text();
    const body = (text === "" ? {} : JSON.parse(text)) as { readonly Name?: string; readonly Opts?: Readonly<Record<string, string>> };
    plugin.calls.push(`${verb} ${body.Name ?? ""}`.trim());
    const failure = plugin.failing.get(verb);
    if (failure !== undefined) return Response.json({ Err: failure }, { status: 500 });
    if (verb === "Activate") return Response.json({ Implements: implementing });
    return answer(plugin, data, verb, body.Name ?? "", body.Opts ?? {});
  } });
  return { ...plugin, [Symbol.dispose]: () => { void server.stop(true); rmSync(socket, { force: true }); } };
}

function answer({ volumes }: Pick<TestPlugin, "volumes">, data: string, verb: string, name: string, options: Readonly<Record<string, string>>): Response {
  const volume = volumes.get(name);
  const show = (one: string): object => ({ Name: one, Status: { kept: "in a folder" } });
  if (verb === "List") return Response.json({ Volumes: [...volumes.keys()].map(show) });
  if (verb === "Create") {
    mkdirSync(join(data, name), { recursive: true });
    volumes.set(name, { options, mounts: 0 });
    return Response.json({});
  }
  if (volume === undefined) return Response.json({ Err: `volume ${name} not found` }, { status: 500 });
  switch (verb) {
    case "Get": return Response.json({ Volume: show(name) });
    case "Mount": volume.mounts++; return Response.json({ Mountpoint: join(data, name) });
    case "Unmount": volume.mounts--; return Response.json({});
    case "Remove": volumes.delete(name); rmSync(join(data, name), { recursive: true }); return Response.json({});
    default: return Response.json({ Err: `no verb ${verb}` }, { status: 404 });
  }
}
