import { expect, test } from "bun:test";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { openStream, sealStream } from "./cipher.ts";
import { unwrapJwe, wrapJwe } from "./jwe.ts";

async function* chunks(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> { for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size); }
async function all(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
const content = Buffer.from("what is in a layer ".repeat(1000));

test("what is encrypted is decrypted, however it is cut; what was changed is refused at the end", async () => {
  const { stream, options } = sealStream(chunks(content, 1000), "sha256:x");
  const sealed = await all(stream);
  const { secret, open } = options();
  expect(sealed.equals(content)).toBe(false);
  for (const size of [1, 15, 16, 17, 100_000]) expect((await all(openStream(chunks(sealed, size), secret, open))).equals(content)).toBe(true);
  sealed[100] = (sealed[100] ?? 0) ^ 1;
  expect(all(openStream(chunks(sealed, 4096), secret, open))).rejects.toThrow("could not properly decrypt byte stream");
  expect(all(openStream(chunks(sealed, 4096), secret, { ...open, cipher: "ROT13" }))).rejects.toThrow("unsupported cipher type");
  expect(all(openStream(chunks(sealed, 4096), { ...secret, symkey: "AAAA" }, open))).rejects.toThrow("invalid key length of 3 bytes");
});

const pair = (kind: "rsa" | "P-256" | "P-384" | "P-521"): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } =>
  kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ec", { namedCurve: kind });

test("keys of every kind, alone and together; a stranger's opens nothing", () => {
  const pairs = (["rsa", "P-256", "P-384", "P-521"] as const).map(pair);
  for (const { publicKey, privateKey } of pairs) {
    const message = wrapJwe(content, [publicKey]);
    expect(JSON.parse(Buffer.from(message).toString())).not.toHaveProperty("recipients");
    expect(Buffer.from(unwrapJwe(message, [privateKey]) ?? []).equals(content)).toBe(true);
  }
  const together = wrapJwe(content, pairs.map(({ publicKey }) => publicKey));
  const stranger = pair("rsa").privateKey;
  for (const { privateKey } of pairs) expect(Buffer.from(unwrapJwe(together, [stranger, privateKey]) ?? []).equals(content)).toBe(true);
  expect(unwrapJwe(together, [stranger, pair("P-256").privateKey])).toBeUndefined();
});

test("a message in the compact form, and what is none", () => {
  const { publicKey, privateKey } = pair("rsa");
  const { protected: secured, encrypted_key: key, iv, ciphertext, tag } = JSON.parse(Buffer.from(wrapJwe(content, [publicKey])).toString()) as Record<string, string>;
  expect(Buffer.from(unwrapJwe(Buffer.from([secured, key, iv, ciphertext, tag].join(".")), [privateKey]) ?? []).equals(content)).toBe(true);
  for (const bad of ["", "{", "[]x", '{"recipients":5}']) expect(() => unwrapJwe(Buffer.from(bad), [privateKey])).toThrow("jose.ParseEncrypted failed");
  const changed = JSON.stringify({ protected: secured, encrypted_key: key, iv, ciphertext: `A${ciphertext?.slice(1)}`, tag: "AAAAAAAAAAAAAAAAAAAAAA" });
  expect(unwrapJwe(Buffer.from(changed), [privateKey])).toBeUndefined();
});
