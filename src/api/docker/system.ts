/** `/_ping`, `/version`, `/info`, `/system/df`, `/events` of the Docker Engine API (and libpod's ping). */
import type { Engine } from "../../contract/index.ts";
import type { EventRecord } from "../../contract/types/event.ts";
import { eventToWire } from "../../contract/system/events.wire.ts";
import { versionToWire } from "../../contract/system/version.wire.ts";
import type { ApiRoute, Handler } from "../router.ts";
import { imageToDocker } from "./image-to.ts";
import { infoToDocker } from "./info-to.ts";
import { listToDocker } from "./container-list.ts";
import { filters, text } from "./query.ts";
import { volumeToDocker } from "./volumes.ts";

export function systemRoutes(engine: Engine): ApiRoute[] {
  return [
    ...["/_ping", "/libpod/_ping"].flatMap((path) => [{ method: "GET", path, handle: ping }, { method: "HEAD", path, handle: ping }]),
    { method: "GET", path: "/version", handle: async (_request, reply) => reply.json(versionToWire(await engine.system.version({}))) },
    { method: "GET", path: "/info", handle: async (_request, reply) => reply.json(infoToDocker(await engine.system.info({}), new Date())) },
    { method: "GET", path: "/system/df", handle: async (_request, reply) => reply.json(await diskUse(engine)) },
    { method: "GET", path: "/events", handle: events(engine) },
  ];
}

const ping: Handler = async (_request, reply) => reply.text("OK", 200, { "Builder-Version": "1", "BuildKit-Version": "", "Cache-Control": "no-cache", "Docker-Experimental": "true", "OSType": "linux", "Pragma": "no-cache" });

const events = (engine: Engine): Handler => async (request, reply) => {
  const { query, signal } = request;
  const [since, until] = [text(query, "since"), text(query, "until")];
  const records = engine.system.events({ filters: filterNames(filters(query)), ...(since !== undefined && { since }), ...(until !== undefined && { until }) }, { signal });
  await reply.bytes(eventLines(records), { contentType: "application/json", headersFirst: true });
};
async function* eventLines(records: AsyncIterable<EventRecord>): AsyncGenerator<Uint8Array> {
  for await (const record of records) yield Buffer.from(`${JSON.stringify(eventToDocker(record))}\n`);
}

/** Docker's words for two of Podman's. */
export function eventToDocker(record: EventRecord): Readonly<Record<string, unknown>> {
  const wire = eventToWire(record);
  const word = record.type === "image" && record.status === "remove" ? "delete" : record.status === "died" ? "die" : record.status;
  const { Attributes } = wire.Actor;
  return { ...wire, status: word, Action: word, Actor: { ...wire.Actor, Attributes: word === "die" ? { ...Attributes, exitCode: Attributes["containerExitCode"] ?? "" } : Attributes } };
}
function filterNames(wire: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, readonly string[]>> {
  const { event, ...rest } = wire;
  return event === undefined ? rest : { ...rest, event: event.map((word) => (word === "die" ? "died" : word === "delete" ? "remove" : word)) };
}

async function diskUse(engine: Engine): Promise<Readonly<Record<string, unknown>>> {
  const [images, containers, volumes, usage] = await Promise.all([engine.image.list({ all: true }), engine.container.list({ all: true, size: true }), engine.volume.list({}), engine.system.df({})]);
  const usageOf = (name: string): Readonly<Record<string, number>> => {
    const found = usage.Volumes.find(({ VolumeName }) => VolumeName === name);
    return { Size: found?.Size ?? -1, RefCount: found?.Links ?? -1 };
  };
  const full = await Promise.all(containers.map(async (row) => listToDocker(row, await engine.container.inspect({ ref: row.Id }), true)));
  return {
    LayersSize: usage.ImagesSize, Images: images.map((image) => ({ ...imageToDocker(image), SharedSize: 0 })), Containers: full,
    Volumes: volumes.map((volume) => ({ ...volumeToDocker(volume), UsageData: usageOf(volume.Name) })), BuildCache: [],
  };
}
