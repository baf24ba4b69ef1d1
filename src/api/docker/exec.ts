/** `/exec/…` of the Docker Engine API. */
import { EngineError } from "../../base/errors.ts";
import type { Engine } from "../../contract/index.ts";
import type { ApiRequest } from "../request.ts";
import type { Reply } from "../reply.ts";
import type { ApiRoute } from "../router.ts";
import { body, integer, parameter } from "./query.ts";
import type { DockerExecCreate } from "./types.ts";

export function execRoutes(engine: Engine): ApiRoute[] {
  return [
    { method: "POST", path: "/containers/{ref}/exec", handle: async (request, reply) => create(engine, request, reply) },
    { method: "POST", path: "/exec/{id}/start", handle: async (request, reply) => start(engine, request, reply) },
    { method: "POST", path: "/exec/{id}/resize", handle: async (request, reply) => {
      const [height, width] = [integer(request.query, "h"), integer(request.query, "w")];
      await engine.exec.resize({ id: parameter(request, "id"), ...(height !== undefined && { height }), ...(width !== undefined && { width }) });
      await reply.empty(201);
    } },
    { method: "GET", path: "/exec/{id}/json", handle: async (request, reply) => reply.json(await engine.exec.inspect({ id: parameter(request, "id") })) },
  ];
}

async function create(engine: Engine, request: ApiRequest, reply: Reply): Promise<void> {
  const wire = await body<DockerExecCreate>(request);
  if ((wire.Cmd ?? []).length === 0) throw new EngineError("invalid-argument", "must provide a non-empty command to start an exec session");
  const { Id } = await engine.exec.create({
    ref: parameter(request, "ref"), command: wire.Cmd ?? [], env: wire.Env ?? [], terminal: wire.Tty === true, privileged: wire.Privileged === true,
    stdin: wire.AttachStdin === true, stdout: wire.AttachStdout === true, stderr: wire.AttachStderr === true,
    ...(wire.User !== undefined && wire.User !== "" && { user: wire.User }), ...(wire.WorkingDir !== undefined && wire.WorkingDir !== "" && { workdir: wire.WorkingDir }),
    ...(wire.DetachKeys !== undefined && wire.DetachKeys !== "" && { detachKeys: wire.DetachKeys }),
  });
  await reply.json({ Id }, 201);
}

interface StartBody { readonly Detach?: boolean; readonly Tty?: boolean; readonly ConsoleSize?: readonly [number, number] | null }

async function start(engine: Engine, request: ApiRequest, reply: Reply): Promise<void> {
  const wire = await body<StartBody>(request);
  const [height, width] = wire.ConsoleSize ?? [];
  const session = await engine.exec.start({ id: parameter(request, "id"), detach: wire.Detach === true, terminal: wire.Tty === true, ...(height !== undefined && width !== undefined && { height, width }) }, { signal: request.signal });
  if (wire.Detach === true) { session.close(); await reply.empty(200); return; }
  await reply.hijack(session);
}
