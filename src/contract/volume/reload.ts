import { defineOperation, output } from "../kit.ts";

/** Names of volumes, and what went wrong with others. */
export interface VolumeReload { readonly Added: readonly string[]; readonly Removed: readonly string[]; readonly Errors: readonly string[] }

export const reload = defineOperation({
  name: "volume.reload",
  summary: "Reload all volumes from volume plugins",
  input: {},
  output: output<VolumeReload>(),
  kind: "value",
  libpod: { localOnly: "plugins are reached on the engine's machine only" },
});
