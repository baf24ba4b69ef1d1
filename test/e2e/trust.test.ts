/** `image trust`: policy.json edited and shown as Podman does. */
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEngine } from "../harness/engine.ts";

withEngine("image trust", { needs: ["root"] }, (engine) => {
  test("sets and shows; other entries stay; bad input leaves the file alone", async () => {
    const policy = join(engine.dir, "policy.json");
    const set = (...args: readonly string[]): Promise<string> => engine.ok("image", "trust", "set", "--policypath", policy, ...args);
    expect(await engine.fails(125, "image", "trust", "set", "--policypath", policy, "-t", "reject", "quay.io")).toContain("default trust policy must be set");
    await set("--type=accept", "default");
    await set("-t", "reject", "quay.io/x");
    await set("-t", "sigstoreSigned", "-f", "/tmp/k.pub", "-f", "k2.pub", "quay.io/y");
    const text = readFileSync(policy, "utf8");
    expect(text).toBe(JSON.stringify({
      default: [{ type: "insecureAcceptAnything" }],
      transports: { docker: { "quay.io/x": [{ type: "reject" }], "quay.io/y": [{ type: "sigstoreSigned", keyPath: "/tmp/k.pub" }, { type: "sigstoreSigned", keyPath: "k2.pub" }] } },
    }, null, 4));
    expect(await engine.fails(125, "image", "trust", "set", "--policypath", policy, "-t", "bogus", "default")).toBe("Error: invalid choice: bogus (choose from 'accept', 'reject', 'signedBy', 'sigstoreSigned')\n");
    expect(await engine.fails(125, "image", "trust", "set", "--policypath", policy, "quay.io/x")).toContain("at least one public key must be defined for type 'signedBy'");
    expect(await engine.fails(125, "image", "trust", "set", "--policypath", policy, "-t", "accept", "-f", "/k", "quay.io/x")).toContain("1 public keys unexpectedly provided");
    expect(readFileSync(policy, "utf8")).toBe(text);
    expect(await engine.ok("image", "trust", "show", "--policypath", policy, "--raw")).toBe(text);
    expect((await engine.ok("image", "trust", "show", "--policypath", policy)).split("\n").map((line) => line.trim())).toEqual([
      expect.stringMatching(/^TRANSPORT +NAME +TYPE +ID +STORE$/), expect.stringMatching(/^all +default +accept$/), expect.stringMatching(/^repository +quay\.io\/x +reject$/),
      expect.stringMatching(/^repository +quay\.io\/y +sigstoreSigned +N\/A$/), expect.stringMatching(/^repository +quay\.io\/y +sigstoreSigned +N\/A$/),
    ]);
    expect(JSON.parse(await engine.ok("image", "trust", "show", "--policypath", policy, "--json")).slice(0, 2)).toEqual([
      { transport: "all", name: "* (default)", repo_name: "default", type: "accept" }, { transport: "repository", name: "quay.io/x", repo_name: "quay.io/x", type: "reject" },
    ]);
    writeFileSync(policy, "[]");
    expect(await engine.fails(125, "image", "trust", "show", "--policypath", policy)).toContain("could not parse trust policies");
  });

  test("a policy that was named is the one that counts for load, pull and push", async () => {
    const archive = join(engine.dir, "image.tar");
    await engine.useImage();
    await engine.ok("save", "-q", "-o", archive, await engine.useImage());
    const policy = join(engine.dir, "reject.json");
    writeFileSync(policy, '{"default":[{"type":"reject"}]}');
    expect(await engine.fails(125, "pull", "-q", "--signature-policy", policy, `docker-archive:${archive}`)).toContain("Source image rejected: Running image docker-archive: is rejected by policy.");
    expect(await engine.fails(125, "push", "-q", "--sign-by", "nobody@example.com", await engine.useImage(), `dir:${engine.dir}/out`)).toContain("Cannot determine canonical Docker reference for destination dir:");
  });
});
