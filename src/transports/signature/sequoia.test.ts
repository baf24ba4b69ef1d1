import { expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqSign } from "./sequoia.ts";

/** A program called sq that notes what it was given. */
async function withSq(body: string, work: (folder: string, env: Readonly<Record<string, string>>) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sq-test-"));
  try {
    writeFileSync(join(folder, "sq"), `#!/bin/sh\nprintf '%s\\n' "$@" >${folder}/args\n${body}\n`);
    chmodSync(join(folder, "sq"), 0o755);
    await work(folder, { PATH: `${folder}:${process.env["PATH"] ?? ""}` });
  } finally { rmSync(folder, { recursive: true, force: true }); }
}

test("sq gets the content, the key and the first line of the passphrase", async () => {
  await withSq('case "$1" in --password-file) cat "$2" >$(dirname $0)/pass;; esac; printf "signed:"; cat', async (folder, env) => {
    expect(Buffer.from(await sqSign(Buffer.from("payload"), "ABCD", env)).toString()).toBe("signed:payload");
    expect(readFileSync(join(folder, "args"), "utf8")).toBe("sign\n--signer\nABCD\n--message\n--binary\n-\n");
    writeFileSync(join(folder, "secret"), "let me in\nsecond line\n");
    await sqSign(Buffer.from("payload"), "ABCD", env, join(folder, "secret"));
    expect(readFileSync(join(folder, "pass"), "utf8")).toBe("let me in");
    expect(sqSign(Buffer.from("x"), "ABCD", env, join(folder, "absent"))).rejects.toThrow("reading passphrase file");
    expect(sqSign(Buffer.from("x"), "--output=/x", env)).rejects.toThrow("is not a fingerprint");
  });
});

test("what sq says of a failure, without its trace; and no sq at all", async () => {
  await withSq('printf "\\n  Error: Failed to resolve --signer X\\n\\n      0: <unknown>\\nbecause: X was not found\\n" >&2; exit 1', async (_folder, env) => {
    expect(sqSign(Buffer.from("x"), "X", env)).rejects.toThrow("error using --sign-by-sq-fingerprint: Failed to resolve --signer X; because: X was not found");
  });
  expect(sqSign(Buffer.from("x"), "X", { PATH: "/nonexistent" })).rejects.toMatchObject({ reason: "program-missing", hint: "install the package sq" });
});
