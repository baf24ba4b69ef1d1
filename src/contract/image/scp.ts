import { defineOperation, maybeText, output, text, toggle } from "../kit.ts";

/**
 * Copies an image between this machine and others by ssh: one side saves it, the other loads it. Images go between users of one
 * machine with the command only, because a service is one user's.
 */
export const scp = defineOperation({
  name: "image.scp",
  summary: "Copy an image from one host to another",
  input: {
    source: text("Image, with HOST:: or USER@localhost:: in front when it is not in this store", { completion: "image" }),
    destination: maybeText("HOST:: or USER@localhost::, with a new name behind it; this store by default"),
    format: maybeText("Kind of archive in which it travels: docker-archive or oci-archive", { completion: ["oci-archive", "docker-archive"] }),
    quiet: toggle("Show no progress"),
  },
  output: output<{ readonly Id: string }>(),
  kind: "value",
  errors: ["invalid-argument", "not-found", "failed-precondition", "unavailable"],
  libpod: { method: "POST", path: "/images/scp/{source}" },
});
