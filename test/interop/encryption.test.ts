/** Encrypted images: those of Skopeo (ocicrypt) read by us, ours by Skopeo; wrong keys are refused on the way in. */
import { expect, test } from "bun:test";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEngine } from "../harness/engine.ts";
import { buildImage, writeOciArchive } from "../harness/image.ts";

const needs = ["root", "skopeo", "openssl", "gpg"];
const image = buildImage({ layers: [[{ name: "one", content: "first layer\n" }], [{ name: "two", content: "second layer\n" }]] });

interface Pair { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
interface Manifest { readonly layers: readonly { readonly mediaType: string; readonly annotations?: Readonly<Record<string, string>> }[] }

withEngine("encrypted images", { needs }, (engine) => {
  const keys = (): Readonly<Record<string, string>> => {
    const folder = join(engine.dir, "keys");
    const path = (name: string): string => join(folder, name);
    if (!existsSync(folder)) {
      mkdirSync(folder);
      const pem = (name: string, pair: Pair, options: { readonly cipher?: string; readonly passphrase?: string } = {}): void => {
        writeFileSync(path(`${name}.pub`), pair.publicKey.export({ type: "spki", format: "pem" }));
        writeFileSync(path(name), pair.privateKey.export({ type: "pkcs8", format: "pem", ...options }));
      };
      const rsa = (): Pair => generateKeyPairSync("rsa", { modulusLength: 2048 });
      pem("rsa", rsa());
      pem("other", rsa());
      pem("ec", generateKeyPairSync("ec", { namedCurve: "P-256" }));
      pem("locked", rsa(), { cipher: "aes-256-cbc", passphrase: "let me in" });
      expect(Bun.spawnSync(["openssl", "req", "-new", "-x509", "-key", path("rsa"), "-subj", "/CN=test", "-days", "1000", "-out", path("cert.pem")]).exitCode).toBe(0);
    }
    return { rsa: path("rsa"), rsaPub: path("rsa.pub"), ec: path("ec"), ecPub: path("ec.pub"), other: path("other"), locked: path("locked"), lockedPub: path("locked.pub"), cert: path("cert.pem"), path: folder };
  };
  const skopeo = (...args: readonly string[]): void => {
    const { exitCode, stderr } = Bun.spawnSync(["skopeo", "--insecure-policy", ...args], { env: { ...process.env, GNUPGHOME: join(engine.dir, "gnupg") } });
    expect([args.join(" "), exitCode, exitCode === 0 ? "" : stderr.toString()]).toEqual([args.join(" "), 0, ""]);
  };
  const manifestIn = (layout: string): Manifest => {
    const read = (digest: string): string => readFileSync(join(layout, "blobs/sha256", digest.slice(7)), "utf8");
    return JSON.parse(read(JSON.parse(readFileSync(join(layout, "index.json"), "utf8")).manifests[0].digest)) as Manifest;
  };
  const types = (layout: string): readonly string[] => manifestIn(layout).layers.map(({ mediaType }) => mediaType.replace(/^.*\.tar/, ""));
  const loadPlain = async (): Promise<string> => {
    const archive = join(engine.dir, "plain.tar");
    writeOciArchive(image, archive, "localhost/plain:latest");
    await engine.ok("load", "-q", "-i", archive);
    return archive;
  };
  const id = image.config.digest.slice(7);

  for (const kind of ["rsa", "ec", "locked", "pkcs7"] as const) {
    test(`${kind}: encrypted by either, decrypted by either`, async () => {
      const files = keys();
      const [key, recipient] = { rsa: [files["rsa"], `jwe:${files["rsaPub"]}`], ec: [files["ec"], `jwe:${files["ecPub"]}`], locked: [`${files["locked"]}:pass=let me in`, `jwe:${files["lockedPub"]}`], pkcs7: [files["rsa"], `pkcs7:${files["cert"]}`] }[kind] as [string, string];
      const extra = kind === "pkcs7" ? ["--decryption-key", files["cert"] ?? ""] : [];
      const archive = await loadPlain();
      const [ours, theirs, plain] = ["ours", "theirs", "opened"].map((name) => join(engine.dir, `${kind}-${name}`)) as [string, string, string];
      await engine.ok("push", "-q", "--encryption-key", recipient, "localhost/plain", `oci:${ours}:x`);
      expect(types(ours)).toEqual(["+gzip+encrypted", "+gzip+encrypted"]);
      // Skopeo 1.9 takes no passphrases.
      if (kind !== "locked") {
        skopeo("copy", "--decryption-key", key, ...extra, `oci:${ours}:x`, `oci:${plain}:x`);
        expect(types(plain)).toEqual(["+gzip", "+gzip"]);
      }
      skopeo("copy", "--encryption-key", recipient, `oci-archive:${archive}`, `oci:${theirs}:x`);
      for (const layout of [ours, theirs]) {
        await engine.ok("rmi", "--all", "--force");
        expect(await engine.ok("pull", "-q", "--decryption-key", key, ...extra, `oci:${layout}:x`)).toBe(id);
      }
      const mounted = await engine.ok("image", "mount", id);
      expect([readFileSync(join(mounted, "one"), "utf8"), readFileSync(join(mounted, "two"), "utf8")]).toEqual(["first layer\n", "second layer\n"]);
      await engine.ok("image", "unmount", id);
      expect(JSON.parse(await engine.ok("image", "inspect", id))[0].Id).toBe(id);
      await engine.ok("rmi", "--all", "--force");
    }, 60_000);
  }

  test("only some layers, for several keys at once; what fails says why", async () => {
    const files = keys();
    await loadPlain();
    const layout = join(engine.dir, "some");
    await engine.ok("push", "-q", "--encryption-key", `jwe:${files["rsaPub"]},jwe:${files["ecPub"]}`, "--encrypt-layer", "-1", "localhost/plain", `oci:${layout}:x`);
    expect(types(layout)).toEqual(["+gzip", "+gzip+encrypted"]);
    expect(Object.keys(manifestIn(layout).layers[1]?.annotations ?? {})).toEqual(["org.opencontainers.image.enc.keys.jwe", "org.opencontainers.image.enc.pubopts"]);
    for (const key of ["rsa", "ec"] as const) skopeo("copy", "--decryption-key", files[key] ?? "", `oci:${layout}:x`, `oci:${layout}-${key}:x`);
    // Layers that are here already do not open it to somebody without the key.
    expect(await engine.fails(125, "pull", "-q", `oci:${layout}:x`)).toContain("missing private key needed for decryption");
    expect(await engine.fails(125, "pull", "-q", "--decryption-key", files["other"] ?? "", `oci:${layout}:x`)).toContain("no suitable key unwrapper found or none of the private keys could be used for decryption");
    await engine.ok("pull", "-q", "--decryption-key", files["ec"] ?? "", `oci:${layout}:x`);
    await engine.ok("rmi", "--all", "--force");
    expect(await engine.fails(125, "pull", "-q", "--decryption-key", files["locked"] ?? "", `oci:${layout}:x`)).toContain("Missing password for encrypted private key");
    expect(await engine.fails(125, "pull", "-q", "--decryption-key", `${files["locked"]}:wrong`, `oci:${layout}:x`)).toContain("Wrong password");
    await loadPlain();
    const push = async (...flags: readonly string[]): Promise<string> => engine.fails(125, "push", "-q", ...flags, "localhost/plain", `oci:${layout}-no:x`);
    expect(await push("--encryption-key", `jwe:${files["rsa"]}`)).toContain("File provided is not a public key");
    expect(await push("--encryption-key", `pkcs7:${files["rsaPub"]}`)).toContain("File provided is not an x509 cert");
    expect(await push("--encryption-key", "whatever")).toContain("invalid encryption keys: Invalid recipient format");
    expect(await push("--encryption-key", `jwe:${files["rsaPub"]}`, "--encrypt-layer", "2")).toContain("when choosing layers to encrypt, layer index 2 out of range (2 layers exist)");
    expect(await push("--encryption-key", `jwe:${files["rsaPub"]}`, "--format", "v2s2")).toContain("encrypted images need the OCI format");
    await engine.ok("rmi", "--all", "--force");
  }, 60_000);

  test("OpenPGP, by gpg", async () => {
    const home = join(engine.dir, "gnupg");
    mkdirSync(home, { mode: 0o700 });
    const gpg = (...args: readonly string[]): Buffer => { const { stdout, exitCode, stderr } = Bun.spawnSync(["gpg", "--homedir", home, "--batch", "--passphrase", "", ...args]); expect([args[0], exitCode, exitCode === 0 ? "" : stderr.toString()]).toEqual([args[0], 0, ""]); return stdout; };
    gpg("--quick-generate-key", "someone@example.com", "rsa2048", "default", "never");
    gpg("--quick-add-key", gpg("--list-keys", "--with-colons").toString().split("\n").find((line) => line.startsWith("fpr"))?.split(":")[9] ?? "", "rsa2048", "encr", "never");
    writeFileSync(join(engine.dir, "secret.asc"), gpg("--armor", "--export-secret-keys", "someone@example.com"));
    await loadPlain();
    const layout = join(engine.dir, "pgp");
    const pushed = await engine.run(["push", "-q", "--encryption-key", "pgp:someone@example.com", "localhost/plain", `oci:${layout}:x`], { env: { GNUPGHOME: home } });
    expect([pushed.status, pushed.stderr]).toEqual([0, ""]);
    expect(types(layout)).toEqual(["+gzip+encrypted", "+gzip+encrypted"]);
    await engine.ok("rmi", "--all", "--force");
    expect(await engine.ok("pull", "-q", "--decryption-key", join(engine.dir, "secret.asc"), `oci:${layout}:x`)).toBe(id);
    await engine.ok("rmi", "--all", "--force");
    Bun.spawnSync(["gpgconf", "--homedir", home, "--kill", "gpg-agent"]);
  }, 60_000);
});
