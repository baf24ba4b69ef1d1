/** Whether the name in a signature fits the image: containers-policy.json(5), "signedIdentity". */
import type { SignedIdentity } from "../../config/policy.ts";
import { formatReference, nameOf, parseNormalized, parseReference, type Reference } from "../../formats/reference.ts";

/** `intended` is the image's name; images of paths have none and fit only what names a fixed identity. */
export function fitsIdentity(rule: SignedIdentity, intended: string | undefined, signed: string): boolean {
  try { return fits(rule, intended === undefined ? undefined : parseNormalized(intended), parseNormalized(signed)); } catch { return false; }
}

function fits(rule: SignedIdentity, intended: Reference | undefined, signed: Reference): boolean {
  switch (rule.type) {
    case "exactReference": return isSame(parseNormalized(rule.dockerReference), signed);
    case "exactRepository": return nameOf(parseNormalized(rule.dockerRepository)) === nameOf(signed);
    case "matchExact": return intended !== undefined && isSame(intended, signed);
    case "matchRepository": return intended !== undefined && nameOf(intended) === nameOf(signed);
    case "matchRepoDigestOrExact": return intended !== undefined && isRepoDigestOrSame(intended, signed);
    case "remapIdentity": return intended !== undefined && isRepoDigestOrSame(remapped(intended, rule.prefix, rule.signedPrefix), signed);
  }
}

function isNameOnly({ tag, digest }: Reference): boolean { return tag === undefined && digest === undefined; }
function isSame(a: Reference, b: Reference): boolean { return !isNameOnly(a) && !isNameOnly(b) && formatReference(a) === formatReference(b); }

/** An image that was asked for by digest is that image under any tag of its repository. */
function isRepoDigestOrSame(intended: Reference, signed: Reference): boolean {
  if (intended.tag !== undefined) return isSame(intended, signed);
  return intended.digest !== undefined && !isNameOnly(signed) && nameOf(intended) === nameOf(signed);
}

function remapped(reference: Reference, prefix: string, signedPrefix: string): Reference {
  const name = nameOf(reference);
  if (name !== prefix && !name.startsWith(`${prefix}/`)) return reference;
  return parseReference(`${signedPrefix}${formatReference(reference).slice(prefix.length)}`);
}
