/** Where `image scp` copies from and to: the words on its command line. Pure. podman-image-scp(1) */
import { EngineError } from "../base/errors.ts";

/** The caller's own store, another user's on this machine, or what a connection or address leads to. */
export type Place = { readonly kind: "own" } | { readonly kind: "user"; readonly user: string } | { readonly kind: "remote"; readonly connection: string };

export interface Transfer {
  readonly source: Place;
  readonly destination: Place;
  readonly image: string;
  /** New name at the destination. */
  readonly tag?: string;
}

/** Who calls: `sudoUser` is who became root to do it. */
export interface Caller { readonly isRoot: boolean; readonly user: string; readonly sudoUser?: string | undefined }

interface Word { readonly place: Place; readonly image: string }
const localMark = "@localhost::";

/** @throws invalid-argument in Podman's words */
export function parseTransfer(source: string, destination: string, caller: Caller): Transfer {
  const from = parseWord(source);
  if (destination === "") {
    if (from.image === "") throw invalid("no source image specified");
    if (from.place.kind === "own") throw invalid("must specify a destination");
    return { source: from.place, destination: from.place.kind === "remote" ? { kind: "own" } : otherUser(from.place, caller), image: from.image };
  }
  const to = parseWord(destination);
  if (from.image === "" && to.image === "") throw invalid("a source image must be specified");
  // One image name only: it is the image's, on whichever side it stands.
  const [image, tag] = from.image === "" ? [to.image, ""] : [from.image, to.image];
  return { source: from.place, destination: to.place, image, ...(tag === "" ? {} : { tag }) };
}

function parseWord(word: string): Word {
  const at = word.indexOf("::");
  if (at < 0) return { place: { kind: "own" }, image: word };
  const image = word.slice(at + 2);
  if (word.includes(localMark) && word.indexOf(localMark) + localMark.length === at + 2) {
    const user = word.slice(0, word.indexOf("@")).replace(/:.*$/, "");
    if (user === "" || user.startsWith("-")) throw invalid(`${JSON.stringify(word)}: no user`);
    return { place: { kind: "user", user }, image };
  }
  if (at === 0) throw invalid(`${JSON.stringify(word)}: no host`);
  return { place: { kind: "remote", connection: word.slice(0, at) }, image };
}

/** Between root and users there is one other side: from a user to root, from root to the user who called. */
function otherUser({ user }: Extract<Place, { kind: "user" }> | { readonly kind: "own"; readonly user: string }, { isRoot, user: me, sudoUser = "" }: Caller): Place {
  if (user !== "root") return { kind: "user", user: "root" };
  if (!isRoot) return { kind: "user", user: me };
  if (sudoUser === "") throw new EngineError("failed-precondition", "$SUDO_USER must be defined to find the default rootless user", { hint: "name the destination: USER@localhost::" });
  return { kind: "user", user: sudoUser };
}

function invalid(why: string): EngineError { return new EngineError("invalid-argument", `${why}: invalid argument`); }
