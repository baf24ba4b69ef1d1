/** `/volumes/…` of the Docker Engine API. */
import { isEngineError } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import type { InspectVolume } from "../../contract/types/volume.ts";
import type { ApiRoute } from "../router.ts";
import { pruned } from "./pruned.ts";
import { body, filters, flag, parameter } from "./query.ts";
import type { Maybe } from "./types.ts";

interface VolumeCreate { readonly Name?: string; readonly Driver?: string; readonly DriverOpts?: Maybe<Readonly<Record<string, string>>>; readonly Labels?: Maybe<Readonly<Record<string, string>>> }

export function volumeRoutes(engine: Engine): ApiRoute[] {
  return [
    { method: "GET", path: "/volumes", handle: async ({ query }, reply) => reply.json({ Volumes: (await engine.volume.list({ filters: filters(query) })).map(volumeToDocker), Warnings: [] }) },
    { method: "POST", path: "/volumes/create", handle: async (request, reply) => {
      const wire = await body<VolumeCreate>(request);
      // Docker gives the existing volume back.
      const volume = await engine.volume.create({
        ignoreIfExists: true, ...(wire.Name !== undefined && wire.Name !== "" && { name: wire.Name }), ...(wire.Driver !== undefined && wire.Driver !== "" && { driver: wire.Driver }),
        labels: wire.Labels ?? {}, options: wire.DriverOpts ?? {},
      });
      await reply.json(volumeToDocker(volume), 201);
    } },
    { method: "POST", path: "/volumes/prune", handle: async ({ query }, reply) => {
      const { ids, SpaceReclaimed } = pruned(await engine.volume.prune({ filters: filters(query) }));
      await reply.json({ VolumesDeleted: ids, SpaceReclaimed });
    } },
    { method: "GET", path: "/volumes/{name}", handle: async (request, reply) => reply.json(volumeToDocker(await engine.volume.inspect({ ref: parameter(request, "name") }))) },
    { method: "DELETE", path: "/volumes/{name}", handle: async (request, reply) => {
      // Docker's force is about volumes that do not exist; containers that use one are never removed.
      await engine.volume.remove({ ref: parameter(request, "name") }).catch((error: unknown) => { if (flag(request.query, "force") !== true || !isEngineError(error, "no-such-volume")) throw error; });
      await reply.empty();
    } },
  ];
}

export function volumeToDocker({ CreatedAt, Driver, Labels, Mountpoint, Name, Options, Status }: InspectVolume): Readonly<Record<string, unknown>> {
  return { CreatedAt, Driver, Labels: Labels ?? {}, Mountpoint, Name, Options: Options ?? {}, Scope: "local", ...(Status === undefined ? {} : { Status }) };
}
