import { EngineError, isEngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import { createToWire } from "../contract/container/create.wire.ts";
import { createToWire as podToWire, type PodSpecGenerator } from "../contract/pod/create.wire.ts";
import type { spec as operation } from "../contract/container/spec.ts";
import type { EngineContext } from "../engine/context.ts";
import { clonedName, specOf } from "./spec-of.ts";

/** @throws not-found when neither a container nor a pod is called so */
export async function spec(context: EngineContext, { ref, rename }: InputOf<typeof operation.input>): Promise<PodSpecGenerator> {
  const nameOf = (name: string): string => (rename === true ? clonedName(name, (one) => context.containers().isNameTaken(one)) : name);
  return Promise.resolve(containerSpec(context, ref, nameOf) ?? podSpec(context, ref, nameOf));
}

function containerSpec(context: EngineContext, ref: string, nameOf: (name: string) => string): PodSpecGenerator | undefined {
  try {
    const record = context.containers().resolve(ref);
    const { imageId, ...rest } = specOf(record);
    return createToWire({ ...rest, name: nameOf(record.name), ...(imageId === undefined ? {} : { image: imageId }) });
  } catch (error) {
    if (isEngineError(error, "no-such-container")) return undefined;
    throw error;
  }
}

function podSpec(context: EngineContext, ref: string, nameOf: (name: string) => string): PodSpecGenerator {
  try {
    const pod = context.state().pods.resolve(ref);
    return podToWire({ ...pod.create, name: nameOf(pod.name), ...(pod.shared.length === 0 ? {} : { share: pod.shared }) });
  } catch (error) {
    if (isEngineError(error, "no-such-pod")) throw new EngineError("not-found", `could not find a pod or container with the id ${ref}`);
    throw error;
  }
}
