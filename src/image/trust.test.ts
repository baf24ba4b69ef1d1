/** policy.json with real keys: signed on push by GnuPG and by a sigstore key, verified on pull from every transport; Skopeo as the referee. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingNeed } from "../../test/harness/needs.ts";
import { messageOf } from "../base/errors.ts";
import { addImage } from "../storage/testing/temporary-store.ts";
import { run, startRegistry, type TestRegistry } from "../transports/testing/registry.ts";
import { openSecretbox } from "../transports/signature/secretbox.ts";
import { pullImages } from "./pull.ts";
import { push } from "./push.ts";
import { remove } from "./remove.ts";
import { sign } from "./sign.ts";
import { imageContext, type ImageContext } from "./testing/image-context.ts";

const unmet = missingNeed(["root", "gpg", "skopeo", "docker-registry"]);
const trust = test.skipIf(unmet !== undefined);
const title = (text: string): string => unmet === undefined ? text : `${text} [${unmet}]`;

/** Made by another program for this test; its passphrase is `secret`. */
const cosignPrivate = `-----BEGIN ENCRYPTED COSIGN PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
OCwicCI6MX0sInNhbHQiOiJ5M1RTUFJ3R1JGMVZEZm1TeVFuRE84cjBRUy9mNnh3
LzZHc2pKTldIaXJJPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
Iiwibm9uY2UiOiI0dUh3TmhMQWJJWFRMUFpCUlhwcnFDSk91a0ZnSkNUNSJ9LCJj
aXBoZXJ0ZXh0IjoicnVSVm5jSXBwazZWaDFKbk9VYVhzNG5TTm5ZY016VEt5VXlh
OEkwaEhXWXM3ZG9IZjFtNEowcCswOXRDOTQ1b1JKUGVrVlF0MTd4YzBNZjhKWERG
UTlhRmJnbzdOaHFiSldHWU5sMlJ1N0dYaFB2YVd4cFBmRGxKQ0ErY2doVnllcFdz
TXgwY2tPVVY0dGUxamJZQkZhWXhFZ0hBY1FRekFTWTg0WXJ6N0FjUExjZXdOcU05
Z0w5MXN6Z014OVFSb1dWQ3F3ZTM4azBmSlE9PSJ9
-----END ENCRYPTED COSIGN PRIVATE KEY-----
`;
const cosignPublic = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqMgn6SpnVCp7QZ+nPW0Q+8O6nqvo
GdOLiYmhbt4+dhbkQ2FuuY6rNuDDzTfKlwFnFcNvCwBP3BQ627CZBcEJIg==
-----END PUBLIC KEY-----
`;

let keys = "";
let registry: TestRegistry;
beforeAll(async () => {
  if (unmet !== undefined) return;
  keys = mkdtempSync(join(tmpdir(), "trust-keys-"));
  chmodSync(keys, 0o700);
  registry = await startRegistry();
  for (const who of ["alice", "mallory"]) {
    await run(["gpg", "--homedir", keys, "--batch", "--passphrase", "", "--quick-generate-key", `${who}@example.com`, "default", "default", "never"]);
    writeFileSync(join(keys, `${who}.gpg`), await run(["gpg", "--homedir", keys, "--armor", "--export", `${who}@example.com`]));
  }
  writeFileSync(join(keys, "cosign.key"), cosignPrivate);
  writeFileSync(join(keys, "cosign.pub"), cosignPublic);
  writeFileSync(join(keys, "other.pub"), generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" }));
}, 60_000);
afterAll(async () => {
  if (unmet !== undefined) return;
  await registry[Symbol.asyncDispose]();
  await run(["gpgconf", "--homedir", keys, "--kill", "all"]);
  rmSync(keys, { recursive: true, force: true });
});

/** A machine with these requirements for the registry, a lookaside of its own, and Alice's ring. */
async function machineWith(requirements: readonly object[]): Promise<ImageContext> {
  const machine = await imageContext(`[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`);
  const config = join(machine.root, "home/.config/containers");
  mkdirSync(join(config, "registries.d"));
  writeFileSync(join(config, "registries.d/test.yaml"), `docker:\n  ${registry.host}:\n    lookaside: file://${machine.root}/lookaside\n    use-sigstore-attachments: true\n`);
  setPolicy(machine, requirements);
  return { ...machine, context: { ...machine.context, env: { ...machine.context.env, GNUPGHOME: keys } } };
}
function setPolicy({ root }: ImageContext, requirements: readonly object[], transport = "docker", scope = registry.host): void {
  writeFileSync(join(root, "home/.config/containers/policy.json"), JSON.stringify({ default: [{ type: "reject" }], transports: { [transport]: { [scope]: requirements } } }));
}
const signedBy = (who: string, signedIdentity?: object): object => ({ type: "signedBy", keyType: "GPGKeys", keyPath: join(keys, `${who}.gpg`), ...(signedIdentity === undefined ? {} : { signedIdentity }) });
const sigstoreBy = (name: string, signedIdentity?: object): object => ({ type: "sigstoreSigned", keyPath: join(keys, name), ...(signedIdentity === undefined ? {} : { signedIdentity }) });

async function pushAs({ context }: ImageContext, ref: string, input: object, destination = ref): Promise<void> {
  for await (const _item of push(context, { ref, destination, ...input })) { /* to the end */ }
}
/** Pulls afresh: what is stored already must not help. Returns the refusal, or "" */
async function pullFresh({ context, temporary: { store } }: ImageContext, ref: string): Promise<string> {
  if (store.images().length > 0) await remove(context, { all: true, force: true });
  try { await pullImages(context, { ref }); } catch (error) { expect([store.images(), store.layers()]).toEqual([[], []]); return messageOf(error); }
  return "";
}
async function failure(promise: Promise<unknown>): Promise<string> {
  try { await promise; } catch (error) { return messageOf(error); }
  return "";
}
let serial = 0;
const fresh = (): string => `${registry.host}/team/app${serial++}:v1`;

trust(title("signed by GnuPG on push: accepted with the key, refused unsigned, by another key, under another name, with a moved tag"), async () => {
  await using machine = await machineWith([signedBy("alice")]);
  const [name, unsigned, byOther] = [fresh(), fresh(), fresh()];
  for (const each of [name, unsigned, byOther]) await addImage(machine.temporary.store, each, [{ file: each }]);
  await pushAs(machine, name, { signBy: "alice@example.com" });
  await pushAs(machine, unsigned, {});
  await pushAs(machine, byOther, { signBy: "mallory@example.com" });
  const digest = (await run(["skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", `docker://${name}`])).trim();
  expect(await pullFresh(machine, name)).toBe("");
  expect(await pullFresh(machine, `${name.replace(/:v1$/, "")}@${digest}`)).toBe("");
  expect(await pullFresh(machine, unsigned)).toContain("Source image rejected: A signature was required, but no signature exists");
  expect(await pullFresh(machine, byOther)).toContain("Source image rejected: Invalid GPG signature");
  // The same image under another tag was never called so.
  await run(["skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", "--dest-tls-verify=false", `docker://${name}`, `docker://${name.replace(":v1", ":v2")}`]);
  expect(await pullFresh(machine, name.replace(":v1", ":v2"))).toContain(`Signature for identity "${name}" is not accepted`);
  // The tag now names another image; the signature of the old one is put beside it.
  await run(["skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", "--dest-tls-verify=false", `docker://${unsigned}`, `docker://${name}`]);
  expect(await pullFresh(machine, name)).toContain("no signature exists");
  const moved = (await run(["skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", `docker://${name}`])).trim();
  const folder = join(machine.root, "lookaside", `${name.slice(registry.host.length + 1, -3)}@${moved.replace(":", "=")}`);
  mkdirSync(folder);
  copyFileSync(join(folder, "..", `${name.slice(registry.host.length + 1, -3).split("/")[1]}@${digest.replace(":", "=")}/signature-1`), join(folder, "signature-1"));
  expect(await pullFresh(machine, name)).toContain(`Signature for digest ${digest} does not match`);
}, 60_000);

trust(title("the identities that a policy may ask for, and several requirements at once"), async () => {
  await using machine = await machineWith([signedBy("alice")]);
  const name = fresh();
  const repository = name.replace(/:v1$/, "");
  await addImage(machine.temporary.store, name, [{ file: name }]);
  await pushAs(machine, name, { signBy: "alice@example.com" });
  await run(["skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", "--dest-tls-verify=false", `docker://${name}`, `docker://${repository}:other`]);
  const cases: readonly (readonly [object, string, boolean])[] = [
    [{ type: "matchExact" }, name, true], [{ type: "matchExact" }, `${repository}:other`, false],
    [{ type: "matchRepository" }, `${repository}:other`, true],
    [{ type: "exactReference", dockerReference: name }, `${repository}:other`, true], [{ type: "exactReference", dockerReference: `${repository}:other` }, name, false],
    [{ type: "exactRepository", dockerRepository: repository }, `${repository}:other`, true], [{ type: "exactRepository", dockerRepository: `${repository}x` }, name, false],
    [{ type: "remapIdentity", prefix: registry.host, signedPrefix: "vendor.example" }, name, false], [{ type: "remapIdentity", prefix: "vendor.example", signedPrefix: registry.host }, name, true],
  ];
  for (const [identity, ref, accepted] of cases) {
    setPolicy(machine, [signedBy("alice", identity)]);
    const refusal = await pullFresh(machine, ref);
    expect([identity, ref, refusal === "", refusal]).toEqual([identity, ref, accepted, accepted ? "" : expect.stringContaining("is not accepted")]);
  }
  for (const second of [{ type: "reject" }, signedBy("mallory"), sigstoreBy("cosign.pub")]) {
    setPolicy(machine, [signedBy("alice"), second]);
    expect(await pullFresh(machine, name)).toContain("Source image rejected: ");
  }
  setPolicy(machine, [{ type: "signedBy", keyType: "GPGKeys", keyPaths: [join(keys, "mallory.gpg"), join(keys, "alice.gpg")] }]);
  expect(await pullFresh(machine, name)).toBe("");
  setPolicy(machine, [{ type: "signedBy", keyType: "GPGKeys", keyPath: "/no/such/key" }]);
  expect(await pullFresh(machine, name)).toContain("no such file");
}, 60_000);

trust(title("signed with a sigstore key on push: an attachment; wrong key, wrong passphrase, other identity refused"), async () => {
  await using machine = await machineWith([sigstoreBy("cosign.pub")]);
  const name = fresh();
  await addImage(machine.temporary.store, name, [{ file: name }]);
  expect(await failure(pushAs(machine, name, { signBySigstorePrivateKey: join(keys, "cosign.key"), signPassphrase: "guess" }))).toContain("decryption failed");
  await pushAs(machine, name, { signBySigstorePrivateKey: join(keys, "cosign.key"), signPassphrase: "secret" });
  expect(await pullFresh(machine, name)).toBe("");
  const digest = machine.temporary.store.image(name).digest ?? "";
  const tag = `${digest.replace(":", "-")}.sig`;
  expect((await run(["skopeo", "list-tags", "--tls-verify=false", `docker://${name.replace(/:v1$/, "")}`]))).toContain(tag);
  setPolicy(machine, [sigstoreBy("other.pub")]);
  expect(await pullFresh(machine, name)).toContain("cryptographic signature verification failed");
  setPolicy(machine, [{ type: "sigstoreSigned", keyPath: join(keys, "cosign.pub"), rekorPublicKeyPath: join(keys, "other.pub") }]);
  expect(await pullFresh(machine, name)).toContain("cannot be verified");
  setPolicy(machine, [sigstoreBy("cosign.pub", { type: "exactRepository", dockerRepository: "vendor.example/app" })]);
  expect(await pullFresh(machine, name)).toContain("is not accepted");
  // Signed twice: one attachment image, two payloads.
  setPolicy(machine, [sigstoreBy("cosign.pub")]);
  expect(await pullFresh(machine, name)).toBe("");
  await pushAs(machine, name, { removeSignatures: true, signBySigstorePrivateKey: join(keys, "cosign.key"), signPassphrase: "secret" });
  const attached = JSON.parse(await run(["skopeo", "inspect", "--raw", "--tls-verify=false", `docker://${name.replace(":v1", `:${tag}`)}`]));
  expect(attached.layers.length).toBeGreaterThanOrEqual(1);
}, 60_000);

trust(title("mixed: both kinds at once, one good among bad ones, none good"), async () => {
  await using machine = await machineWith([signedBy("alice"), sigstoreBy("cosign.pub")]);
  const name = fresh();
  await addImage(machine.temporary.store, name, [{ file: name }]);
  await pushAs(machine, name, { signBy: "alice@example.com", signBySigstorePrivateKey: join(keys, "cosign.key"), signPassphrase: "secret" });
  expect(await pullFresh(machine, name)).toBe("");
  const [folder = ""] = readdirSync(join(machine.root, "lookaside/team"));
  const signatures = join(machine.root, "lookaside/team", folder);
  copyFileSync(join(signatures, "signature-1"), join(signatures, "signature-3"));
  writeFileSync(join(signatures, "signature-1"), await run(["gpg", "--homedir", keys, "--batch", "--local-user", "mallory@example.com", "--armor", "--sign", "--output", "-", join(keys, "cosign.pub")]));
  expect(await pullFresh(machine, name)).toContain("unrecognized signature format");
  await Bun.write(join(signatures, "signature-1"), new Uint8Array(await Bun.file(join(signatures, "signature-3")).arrayBuffer()).fill(0, 40, 60));
  copyFileSync(join(signatures, "signature-3"), join(signatures, "signature-2"));
  rmSync(join(signatures, "signature-3"));
  expect(await pullFresh(machine, name)).toBe("");
  rmSync(join(signatures, "signature-2"));
  expect(await pullFresh(machine, name)).toContain("Source image rejected: Invalid GPG signature");
}, 60_000);

trust(title("image sign: numbered signatures beside what is in the registry"), async () => {
  await using machine = await machineWith([signedBy("alice")]);
  const { context, root } = machine;
  const name = fresh();
  await addImage(machine.temporary.store, name, [{ file: name }]);
  await pushAs(machine, name, {});
  expect(await failure(sign(context, { references: [name], signBy: "alice@example.com" }))).toContain("Invalid image name");
  expect(await failure(sign(context, { references: [`docker://${name}`], signBy: "nobody@example.com" }))).toContain("signing with key");
  expect(await failure(sign(context, { references: [`docker://${name}`], signBy: "alice@example.com", all: true }))).toContain("is not a multi-architecture image");
  await sign(context, { references: [`docker://${name}`], signBy: "mallory@example.com" });
  expect(await pullFresh(machine, name)).toContain("Source image rejected");
  await sign(context, { references: [`docker://${name}`], signBy: "alice@example.com" });
  expect(await pullFresh(machine, name)).toBe("");
  const [folder = ""] = readdirSync(join(root, "lookaside/team"));
  expect(readdirSync(join(root, "lookaside/team", folder)).toSorted()).toEqual(["signature-1", "signature-2"]);
  // What is in local storage is signed by its name there.
  const local = machine.temporary.store.image(name);
  await sign(context, { references: [`containers-storage:${name}`], signBy: "alice@example.com", directory: join(root, "home") });
  expect(readdirSync(join(root, "home", `${name.replace(/^[^/]*\//, "").replace(/:.*$/, "")}@${(local.digest ?? "").replace(":", "=")}`))).toEqual(["signature-1"]);
  expect(await failure(sign(context, { references: [`containers-storage:${local.id}`], signBy: "alice@example.com", directory: root }))).toContain("cannot determine canonical Docker reference");
}, 60_000);

trust(title("Skopeo accepts what we signed and we accept what Skopeo signed, from a directory too"), async () => {
  await using machine = await machineWith([signedBy("alice")]);
  const name = fresh();
  await addImage(machine.temporary.store, name, [{ file: name }]);
  await pushAs(machine, name, { signBy: "alice@example.com" });
  const configFolder = join(machine.root, "home/.config/containers");
  const skopeo = ["skopeo", "--policy", join(configFolder, "policy.json"), "--registries.d", join(configFolder, "registries.d")];
  await run([...skopeo, "copy", "--src-tls-verify=false", `docker://${name}`, `dir:${machine.root}/copied`]);
  expect(readdirSync(join(machine.root, "copied"))).toContain("signature-1");
  // In a directory the image has no name of its own: only fixed identities can fit.
  setPolicy(machine, [signedBy("alice", { type: "exactReference", dockerReference: name })], "dir", "");
  expect(await pullFresh(machine, `dir:${machine.root}/copied`)).toBe("");
  setPolicy(machine, [signedBy("alice")], "dir", "");
  expect(await pullFresh(machine, `dir:${machine.root}/copied`)).toContain("is not accepted");
  rmSync(join(machine.root, "copied/signature-1"));
  expect(await pullFresh(machine, `dir:${machine.root}/copied`)).toContain("no signature exists");
  setPolicy(machine, [signedBy("alice")]);
  const second = fresh();
  await run(["skopeo", "--insecure-policy", "--registries.d", join(configFolder, "registries.d"), "copy", "--dest-tls-verify=false", "--sign-by", "alice@example.com", `dir:${machine.root}/copied`, `docker://${second}`], { GNUPGHOME: keys });
  expect(await pullFresh(machine, second)).toBe("");
}, 60_000);

trust(title("every other transport is asked too"), async () => {
  await using machine = await machineWith([{ type: "insecureAcceptAnything" }]);
  const { context, root, temporary: { store } } = machine;
  await addImage(store, "localhost/plain:1", [{ file: "x" }]);
  const places = ["docker-archive", "oci-archive", "oci", "dir"].map((transport) => `${transport}:${root}/${transport}`);
  for (const destination of places) await pushAs(machine, "localhost/plain:1", {}, destination);
  for (const place of places) expect([place, await pullFresh(machine, place)]).toEqual([place, expect.stringContaining("is rejected by policy.")]);
  for (const place of places) {
    setPolicy(machine, [signedBy("alice")], place.slice(0, place.indexOf(":")), "");
    expect([place, await pullFresh(machine, place)]).toEqual([place, expect.stringContaining("no signature exists")]);
  }
  expect(await failure(pushAs(machine, "localhost/plain:1", { signBy: "alice@example.com" }, `dir:${root}/signed`))).not.toBe("");
  expect(existsSync(join(root, "signed/signature-1"))).toBe(false);
  expect(await failure(pullImages(context, { ref: places[0] ?? "", signaturePolicy: "/no/such/policy" }))).toContain("no such file");
}, 60_000);

test("a secretbox does not open with another key", () => {
  const box = JSON.parse(Buffer.from(cosignPrivate.replaceAll(/-----.*-----|\s/g, ""), "base64").toString());
  expect(openSecretbox(Buffer.from(box.ciphertext, "base64"), Buffer.from(box.cipher.nonce, "base64"), new Uint8Array(32))).toBeUndefined();
});
