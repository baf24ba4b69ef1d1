import { EngineError } from "../../base/errors.ts";
import type { StoreParts } from "../parts.ts";
import { omitEmpty } from "../records/types.ts";

/** See `Store.setContainerNames`. @throws not-found/no-such-container, already-exists/name-in-use */
export async function setContainerNames(parts: StoreParts, id: string, names: readonly string[]): Promise<void> {
  await parts.containers.write((draft) => {
    const record = draft.get(id);
    if (record === undefined) throw new EngineError("not-found", `container "${id}": container not known`, { reason: "no-such-container" });
    const taken = draft.all().find((other) => other.id !== id && (other.names ?? []).some((name) => names.includes(name)));
    if (taken !== undefined) throw new EngineError("already-exists", `name "${names.join(", ")}" is already in use by ${taken.id}`, { reason: "name-in-use" });
    draft.replace(omitEmpty({ ...record, names: [...new Set(names)] }, "image"));
    draft.save();
  });
}
