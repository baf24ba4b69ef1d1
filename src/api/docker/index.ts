/** The Docker dialect: hand-written routes that translate and call the Engine. One file per noun. */
import type { Engine } from "../../contract/index.ts";
import { archiveRoutes } from "../archive.ts";
import type { ApiRoute } from "../router.ts";
import { containerRoutes } from "./containers.ts";
import { execRoutes } from "./exec.ts";
import { imageRoutes } from "./images.ts";
import { networkRoutes } from "./networks.ts";
import { secretRoutes } from "./secrets.ts";
import { systemRoutes } from "./system.ts";
import { unsupportedRoutes } from "./unsupported.ts";
import { volumeRoutes } from "./volumes.ts";

export function dockerRoutes(engine: Engine): ApiRoute[] {
  return [...systemRoutes(engine), ...containerRoutes(engine), ...archiveRoutes(engine, "docker"), ...execRoutes(engine), ...imageRoutes(engine), ...networkRoutes(engine), ...volumeRoutes(engine), ...secretRoutes(engine), ...unsupportedRoutes()];
}
