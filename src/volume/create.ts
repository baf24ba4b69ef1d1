import { EngineError } from "../base/errors.ts";
import type { InputOf } from "../contract/kit.ts";
import type { create as operation } from "../contract/volume/create.ts";
import type { InspectVolume } from "../contract/types/volume.ts";
import type { EngineContext } from "../engine/context.ts";
import { describe } from "./inspect.ts";
import { makeVolume } from "./make.ts";

/** @throws conflict/name-in-use unless `ignoreIfExists`, invalid-argument */
export async function create(context: EngineContext, { ignoreIfExists, olderLabels, ...make }: InputOf<typeof operation.input>): Promise<InspectVolume> {
  const { record, isNew } = await makeVolume(context, { ...Object.fromEntries(Object.entries(make).filter(([, value]) => value !== undefined)), labels: { ...olderLabels, ...make.labels }, anonymous: make.name === undefined || make.name === "" });
  if (!isNew && ignoreIfExists !== true) throw new EngineError("conflict", `volume with name ${record.name} already exists: volume already exists`, { reason: "name-in-use" });
  return describe(context, record);
}
