/** One requirement of policy.json, strictly: a key nobody knows may be one that was meant to forbid. */
import { EngineError } from "../base/errors.ts";
import type { KeySources, PolicyRequirement, SignedIdentity } from "./policy.ts";

type Json = Readonly<Record<string, unknown>>;

/** @throws invalid-argument */
export function readRequirement(value: Json): PolicyRequirement {
  const type = value["type"];
  switch (type) {
    case "insecureAcceptAnything": case "reject": allow(value, []); return { type };
    case "signedBaseLayer": allow(value, ["baseLayerIdentity"]); return { type };
    case "signedBy": {
      allow(value, ["keyType", "keyPath", "keyPaths", "keyData", "signedIdentity"]);
      if (value["keyType"] !== "GPGKeys") throw bad(`Unimplemented "keyType" value ${JSON.stringify(value["keyType"])}`);
      return { type, ...keysOf(value, true), signedIdentity: identityOf(value["signedIdentity"] ?? { type: "matchRepoDigestOrExact" }) };
    }
    case "sigstoreSigned": return readSigstore(value);
    default: throw bad(`Unknown policy requirement type ${JSON.stringify(type)}`);
  }
}

const rekorKeys = ["rekorPublicKeyPath", "rekorPublicKeyPaths", "rekorPublicKeyData", "rekorPublicKeyDatas"];

function readSigstore(value: Json): PolicyRequirement {
  allow(value, ["keyPath", "keyPaths", "keyData", "keyDatas", "fulcio", "pki", "signedIdentity", ...rekorKeys]);
  const unsupported = ["fulcio", "pki", ...rekorKeys].find((name) => value[name] !== undefined);
  const keys = keysOf(value, unsupported === undefined);
  const signedIdentity = identityOf(value["signedIdentity"] ?? { type: "matchRepoDigestOrExact" });
  return { type: "sigstoreSigned", ...keys, signedIdentity, ...(unsupported === undefined ? {} : { unsupported }) };
}

/** Exactly one of the ways to name keys. */
function keysOf(value: Json, required: boolean): KeySources {
  const given = ["keyPath", "keyPaths", "keyData", "keyDatas"].filter((name) => value[name] !== undefined);
  const [name] = given;
  if (given.length > 1 || (name === undefined && required)) throw bad("exactly one of keyPath, keyPaths, keyData and keyDatas must be specified");
  if (name === undefined) return { keyPaths: [], keyDatas: [] };
  const raw = value[name];
  const texts = Array.isArray(raw) === name.endsWith("s") ? [raw].flat() : [];
  if (texts.length === 0 || !texts.every((text): text is string => typeof text === "string" && text !== "")) throw bad(`${name} must not be empty`);
  return name.startsWith("keyPath") ? { keyPaths: texts, keyDatas: [] } : { keyPaths: [], keyDatas: texts };
}

function identityOf(raw: unknown): SignedIdentity {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) throw bad("signedIdentity must be an object");
  const value = raw as Json;
  const type = value["type"];
  switch (type) {
    case "matchExact": case "matchRepoDigestOrExact": case "matchRepository": allow(value, []); return { type };
    case "exactReference": allow(value, ["dockerReference"]); return { type, dockerReference: textOf(value, "dockerReference") };
    case "exactRepository": allow(value, ["dockerRepository"]); return { type, dockerRepository: textOf(value, "dockerRepository") };
    case "remapIdentity": allow(value, ["prefix", "signedPrefix"]); return { type, prefix: textOf(value, "prefix"), signedPrefix: textOf(value, "signedPrefix") };
    default: throw bad(`Unknown policy reference match type ${JSON.stringify(type)}`);
  }
}

function textOf(value: Json, name: string): string {
  const text = value[name];
  if (typeof text !== "string" || text === "") throw bad(`${name} must not be empty`);
  return text;
}

function allow(value: Json, names: readonly string[]): void {
  const unknown = Object.keys(value).find((name) => name !== "type" && !names.includes(name));
  if (unknown !== undefined) throw bad(`Unknown key ${JSON.stringify(unknown)}`);
}

function bad(message: string): EngineError { return new EngineError("invalid-argument", message); }
