import { defineOperation, map, nothing, text, toggle } from "../kit.ts";

/** Unpacks an archive, compressed or not. Not atomic: what came before an error stays. Nothing in the archive can leave the container. */
export const copyInto = defineOperation({
  name: "container.copyInto",
  summary: "Unpack a tar archive into a directory of a container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    path: text("Directory in the container; relative ones start at its working directory"),
    chown: toggle("Give everything to the container's user instead of the owners in the archive (default true)", { wire: "copyUIDGID" }),
    noOverwriteDirNonDir: toggle("Do not replace a directory by something else or the other way round", { wire: "noOverwriteDirNonDir" }),
    rename: map("New names for entries of the archive, by name or leading directories"),
  },
  output: nothing,
  kind: "value",
  upload: true,
  errors: ["not-found", "conflict", "invalid-argument", "failed-precondition", "data-loss"],
  libpod: { method: "PUT", path: "/containers/{ref}/archive", status: 200 },
});
