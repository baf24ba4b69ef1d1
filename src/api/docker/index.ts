/** The Docker dialect: hand-written routes that translate and call the Engine. One file per noun. */
import type { Engine } from "../../contract/index.ts";
import type { ApiRoute } from "../router.ts";
import { systemRoutes } from "./system.ts";

export function dockerRoutes(engine: Engine): ApiRoute[] {
  return [...systemRoutes(engine)];
}
