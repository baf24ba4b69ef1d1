// @table
/** Differences that stay, and why. `case` and `part` are globs; slashes are ordinary characters. */
import type { Accepted } from "./types.ts";

export const accepted: readonly Accepted[] = [
  { case: "refused --annotation =b", part: "*", reason: "an annotation without a key is none by the OCI specification; it is refused" },
  { case: "refused --device vendor.com*", part: "* stderr", reason: "a second line says where CDI specifications were looked for" },
  { case: "refused --gpus all", part: "* stderr", reason: "the vendor is taken from the CDI specifications, as Podman 6 does; 5.8 always asks for nvidia's" },
  { case: "refused --uidmap 0:0", part: "* stderr", reason: "groups that the namespace lacks are left out without a warning for each" },
  { case: "refused --ip6 1.2.3.4", part: "* stderr", reason: "refused before anything is made, not by the network" },
  { case: "refused --mount type=bind,src=*,dst=/m,ro=maybe", part: "*", reason: "a value that is neither true nor false is told, not taken for true" },
  { case: "refused --mount type=image,src=nosuchimage*", part: "* stderr", reason: "Podman logs the same failure once more while it cleans up" },
  { case: "create --mount type=image,*", part: "*", reason: "Podman shows an image mount twice once it has run, and warns about it before" },
  { case: "refused --rdt-class x", part: "* stderr", reason: "the missing resctrl file system is named before the runtime fails on it" },
  { case: "refused --volume v:/m:nocreate", part: "*", reason: "the option is of Podman 6" },
  { case: "restart", part: "5 restart *", reason: "--latest with containers works; 5.8 asks for a name" },
  { case: "pause", part: "7 stop stderr", reason: "the state is named instead of a clean-up that the user did not ask for" },
  { case: "diff: nobody", part: "2 diff stderr", reason: "an empty name is told as such, not as a layer" },
];
