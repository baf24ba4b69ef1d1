/** Parts of Docker's API that do not exist here: said so, in the words that Docker's clients print. */
import { EngineError } from "../../base/errors.ts";
import type { ApiRoute } from "../router.ts";

const methods = ["GET", "POST", "PUT", "DELETE", "HEAD"] as const;

/** Not built yet. */
const missing: readonly (readonly [method: string, path: string, what: string])[] = [
  ["GET", "/containers/{ref}/attach/ws", "attaching by web socket"], ["POST", "/build", "building images"], ["POST", "/build/prune", "a cache of builds"], ["POST", "/auth", "checking credentials"],
  ["GET", "/distribution/{ref}/json", "asking registries"], ["POST", "/session", "sessions of BuildKit"], ["POST", "/grpc", "BuildKit"],
];
/** Podman has none of Swarm. */
const swarm = ["/swarm", "/swarm/init", "/swarm/join", "/swarm/leave", "/swarm/update", "/swarm/unlock", "/swarm/unlockkey", "/nodes", "/nodes/{ref}", "/services", "/services/{ref}", "/services/create", "/tasks", "/tasks/{ref}", "/configs", "/configs/{ref}", "/configs/create"];

export function unsupportedRoutes(): ApiRoute[] {
  return [
    { method: "GET", path: "/plugins", handle: async (_request, reply) => reply.json([]) },
    // `docker inspect` looks for a plugin last.
    { method: "GET", path: "/plugins/{ref}/json", handle: async ({ parameters }) => { throw new EngineError("not-found", `plugin ${JSON.stringify(parameters["ref"])} not found`); } },
    ...missing.map(([method, path, what]): ApiRoute => ({ method, path, handle: async () => { throw new EngineError("not-implemented", `${what}: this endpoint is not implemented`); } })),
    ...swarm.flatMap((path) => methods.map((method): ApiRoute => ({ method, path, handle: async () => { throw new EngineError("unavailable", "node is not part of a swarm"); } }))),
  ];
}
