/** `/secrets…` of the Docker Engine API. */
import { EngineError } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import type { InspectSecretReport } from "../../contract/secret/table.ts";
import type { ApiRoute } from "../router.ts";
import { body, filters, flag, parameter } from "./query.ts";
import type { Maybe } from "./types.ts";

/** `Data` is base64. */
interface SecretCreate { readonly Name?: string; readonly Data?: string; readonly Labels?: Maybe<Readonly<Record<string, string>>>; readonly Driver?: Maybe<{ readonly Name?: string; readonly Options?: Maybe<Readonly<Record<string, string>>> }> }

export function secretRoutes(engine: Engine): ApiRoute[] {
  return [
    { method: "GET", path: "/secrets", handle: async ({ query }, reply) => reply.json((await engine.secret.list({ filters: filters(query) })).map(toDocker)) },
    { method: "POST", path: "/secrets/create", handle: async (request, reply) => {
      const { Name = "", Data = "", Labels, Driver } = await body<SecretCreate>(request);
      async function* data(): AsyncIterable<Uint8Array> { yield Buffer.from(Data, "base64"); }
      await reply.json(await engine.secret.create({
        name: Name, labels: Labels ?? {}, ...(Driver?.Name !== undefined && Driver.Name !== "" && { driver: Driver.Name }), ...(Driver?.Options !== undefined && Driver.Options !== null && { driverOptions: Driver.Options }),
      }, { body: data() }));
    } },
    { method: "GET", path: "/secrets/{name}", handle: async (request, reply) => reply.json(toDocker(await engine.secret.inspect({ ref: parameter(request, "name"), showSecret: flag(request.query, "showsecret") === true }))) },
    { method: "DELETE", path: "/secrets/{name}", handle: async (request, reply) => {
      await engine.secret.remove({ ref: parameter(request, "name") });
      await reply.empty();
    } },
    { method: "POST", path: "/secrets/{name}/update", handle: async () => { throw new EngineError("not-implemented", "update is not supported"); } },
  ];
}

/** Docker counts changes; here a changed secret is another one. */
const toDocker = (secret: InspectSecretReport): Readonly<Record<string, unknown>> => ({ ...secret, Version: { Index: 1 } });
