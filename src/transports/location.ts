/** Names of images with a transport in front: containers-transports(5). */
import { EngineError, messageOf } from "../base/errors.ts";
import { isDigest } from "../formats/digest.ts";
import { formatReference, parseNormalized, parseReference, withDefaultTag } from "../formats/reference.ts";
import type { ImageLocation } from "./types.ts";

export const transportNames = ["docker", "docker-archive", "oci-archive", "oci", "dir", "containers-storage", "docker-daemon"] as const;
/** Transports of other programs that Podman knows by name and we do not. */
const foreignTransports = ["atomic", "ostree", "sif", "tarball"];

function isTransport(name: string): name is ImageLocation["transport"] { return (transportNames as readonly string[]).includes(name); }

/**
 * `transport:rest` as a location; undefined when `text` does not begin with a transport's name (a plain image name then).
 * `docker:latest` is the image named docker, not a transport: only `docker://` is.
 * @throws invalid-argument for a known transport with a malformed rest
 */
export function parseLocation(text: string): ImageLocation | undefined {
  const colon = text.indexOf(":");
  const transport = colon < 0 ? "" : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (foreignTransports.includes(transport)) throw new EngineError("not-implemented", `transport ${JSON.stringify(transport)} is not supported`);
  if (!isTransport(transport)) return undefined;
  switch (transport) {
    case "docker": return rest.startsWith("//") ? dockerLocation(rest.slice(2)) : undefined;
    case "containers-storage": return { transport, display: text, reference: rest.replace(/^\[[^\]]*\]/, "") };
    case "docker-daemon": return daemonLocation(rest);
    case "dir": {
      if (rest === "") throw new EngineError("invalid-argument", `invalid image reference ${JSON.stringify(text)}: no directory given`);
      return { transport, display: text, path: rest };
    }
    case "docker-archive": case "oci-archive": case "oci": return pathLocation(transport, rest);
  }
}

function dockerLocation(rest: string): ImageLocation {
  const parsed = parseNormalized(rest);
  if (parsed.tag !== undefined && parsed.digest !== undefined) throw new EngineError("invalid-argument", "Docker references with both a tag and digest are currently not supported");
  const reference = formatReference(withDefaultTag(parsed));
  return { transport: "docker", display: `docker://${reference}`, reference };
}

/** An image's id (`sha256:…`), or a name with tag or digest. */
function daemonLocation(rest: string): ImageLocation {
  const display = `docker-daemon:${rest}`;
  if (isDigest(rest)) return { transport: "docker-daemon", display, reference: rest };
  const parsed = parseNormalized(rest);
  if (parsed.tag === undefined && parsed.digest === undefined) throw new EngineError("invalid-argument", `${display}: reference ${formatReference(parsed)} has neither a tag nor a digest`);
  return { transport: "docker-daemon", display, reference: formatReference(parsed) };
}

/** `path[:image]`; an archive's image is a docker reference or `@index`. */
function pathLocation(transport: "docker-archive" | "oci-archive" | "oci", rest: string): ImageLocation {
  const colon = rest.indexOf(":");
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const image = colon < 0 ? "" : rest.slice(colon + 1);
  if (path === "") throw new EngineError("invalid-argument", `${transport}: invalid reference ${JSON.stringify(rest)}: no path given`);
  if (transport === "docker-archive" && image !== "" && !image.startsWith("@")) {
    try { parseReference(image); } catch (error) { throw new EngineError("invalid-argument", `docker-archive parsing reference: ${messageOf(error)}`); }
  }
  return { transport, display: `${transport}:${rest}`, path, ...(image === "" ? {} : { reference: image }) };
}
