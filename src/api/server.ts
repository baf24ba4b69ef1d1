/** The REST service: one HTTP server for libpod's and Docker's trees over one Engine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { EngineError } from "../base/errors.ts";
import type { Engine } from "../contract/index.ts";
import { dockerApiVersion, dockerMinApiVersion, libpodMinApiVersion, podmanVersion } from "../contract/version.ts";
import { dockerRoutes } from "./docker/index.ts";
import { libpodRoutes } from "./libpod.ts";
import { Reply, type Hijackable } from "./reply.ts";
import { ApiRequest } from "./request.ts";
import { Router } from "./router.ts";

/** Headers that every answer has: clients negotiate with them. */
const commonHeaders = {
  "Api-Version": dockerApiVersion, "Libpod-Api-Version": podmanVersion, "Server": `Libpod/${podmanVersion} (linux)`,
  "X-Api-Min-Version": dockerMinApiVersion, "X-Libpod-Min-Version": libpodMinApiVersion,
} as const;

export interface ApiServer {
  readonly http: Server;
  /** Requests and hijacked sessions under way. */
  readonly active: () => number;
  /** Called whenever `active` changes; for the idle timeout. */
  onActivity: () => void;
}

/** Makes the server; the caller listens (unix socket, TCP or an inherited socket) and closes it. */
export function createApiServer(engine: Engine, options: { readonly cors?: string } = {}): ApiServer {
  const headers = options.cors === undefined ? commonHeaders : { ...commonHeaders, "Access-Control-Allow-Origin": options.cors, "Access-Control-Allow-Headers": "Origin, X-Requested-With, Content-Type, Accept, X-Registry-Auth, Connection, Upgrade, X-Registry-Config" };
  const router = new Router([...libpodRoutes(engine), ...dockerRoutes(engine)]);
  let active = 0;
  const server: ApiServer = { http: createServer(), active: () => active, onActivity: () => undefined };
  const track = async (work: Promise<void>): Promise<void> => {
    active++;
    server.onActivity();
    try { await work; } finally { active--; server.onActivity(); }
  };
  server.http.on("request", (message: IncomingMessage, response: ServerResponse) => {
    void track(handle(router, message, new Reply(response, headers), closing(response)));
  });
  server.http.on("upgrade", (message: IncomingMessage, socket: Duplex, head: Uint8Array) => {
    const target: Hijackable = { socket, head };
    socket.on("error", () => { socket.destroy(); });
    void track(handle(router, message, new Reply(target, headers), closing(socket)));
  });
  // Follow-streams are silent for hours.
  server.http.timeout = 0;
  server.http.requestTimeout = 0;
  return server;
}

/** Aborts when the peer goes away before the answer is complete. */
function closing(emitter: NodeJS.EventEmitter): AbortSignal {
  const controller = new AbortController();
  emitter.once("close", () => { controller.abort(new EngineError("aborted", "the client closed the connection")); });
  return controller.signal;
}

async function handle(router: Router, message: IncomingMessage, reply: Reply, signal: AbortSignal): Promise<void> {
  try {
    const url = new URL(message.url ?? "/", "http://d");
    const match = router.match(message.method ?? "GET", url.pathname);
    if (match === undefined) throw new EngineError("not-found", "Not Found");
    const { parameters, version } = match;
    await match.route.handle(new ApiRequest(message, { path: url.pathname, query: url.searchParams, parameters, version }, signal), reply);
  } catch (error) {
    await reply.error(error);
  }
}
