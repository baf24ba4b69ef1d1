/** The third shape: an OCI config.json from a record and the facts of a start, as Podman 5.8 writes it. */
import type { Spec } from "./types.ts";
import type { SpecInput } from "./input.ts";
import { EngineError } from "../../base/errors.ts";

/** @throws EngineError */
export function generateSpec(input: SpecInput): Promise<Spec> {
  return Promise.reject(new EngineError("not-implemented", `generating the specification of container "${input.record.name}" is not there yet`));
}
