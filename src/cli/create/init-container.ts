import type { ContainerCreate } from "../../contract/types/container-create.ts";
import { usage } from "./index.ts";

/** `--init-ctr always|once`, which needs a pod. */
export function initContainerType(value: string | undefined, pod: string | undefined): Partial<ContainerCreate> {
  if (value === undefined) return {};
  if (pod === undefined) throw usage("must specify pod value with init-ctr");
  if (value !== "always" && value !== "once") throw usage("init-ctr value must be 'always' or 'once'");
  return { initContainerType: value };
}
