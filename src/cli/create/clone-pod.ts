/** `podman pod clone`. */
import { EngineError } from "../../base/errors.ts";
import type { CommandContext, ValuesOf } from "../kit/types.ts";
import { defaultsOf, toPodCreate, type PodFlags } from "./create-pod.ts";
import type { infraFlags } from "./flags-pod.ts";
import { podFlags } from "./flags-pod.ts";

type CloneFlags = Omit<ValuesOf<typeof infraFlags>, "replace"> & { readonly destroy: boolean; readonly name: string | undefined; readonly start: boolean };

/** Prints the id. @throws conflict when the clone is there but its original could not be removed, or the clone not be started */
export async function clonePod(context: CommandContext, [ref = "", typed]: readonly string[], { destroy, name, start, ...flags }: CloneFlags): Promise<void> {
  const { createCommand: _command, ...changes } = await toPodCreate(context, [], { ...defaultsOf(podFlags) as Pick<PodFlags, keyof typeof podFlags>, ...flags, replace: false, name: undefined });
  const wanted = typed ?? name;
  const engine = await context.engine();
  const { Id, Errs = [] } = await engine.pod.clone({ ref, changes, destroy, start, ...(wanted !== undefined && { name: wanted }) });
  const [failure, ...others] = Errs;
  await context.out.write(failure === undefined ? `${Id}\n` : `pod ${Id} created but error after creation\n`);
  for (const text of others) await context.err.write(`Error: ${text}\n`);
  if (failure !== undefined) throw new EngineError("conflict", failure);
}
