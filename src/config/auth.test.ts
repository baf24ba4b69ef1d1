import { describe, expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { findCredentials, listCredentials, parseCredentialsKey, removeAllCredentials, removeCredentials, storeCredentials, type AuthContext } from "./auth.ts";
import { loadPolicy, requirementsFor } from "./policy.ts";
import { createRegistryAccess } from "./registry-access.ts";
import { failureOf, makeSandbox, type Sandbox } from "./testing/sandbox.ts";

const encode = (text: string): string => Buffer.from(text).toString("base64");
const context = (box: Sandbox, more: Partial<AuthContext> = {}): AuthContext => ({ env: box.env, facts: box.user, ...more });
/** A helper that keeps its one answer in the script and notes what it was asked to store or erase. */
function helper(box: Sandbox, answer: string): AuthContext {
  box.write("bin/docker-credential-mine", `#!/bin/sh\nread -r line\ncase $1 in get) echo '${answer}';; list) echo '{"h.io":"u"}';; *) echo "$1 $line" >> ${box.dir}/log;; esac\n[ "$1" != get ] || case '${answer}' in {*) ;; *) exit 1;; esac\n`, 0o755);
  return context(box, { env: { ...box.env, PATH: `${box.dir}/bin:${process.env["PATH"]}` } });
}

describe("findCredentials", () => {
  test("the most specific entry, files in Podman's order", async () => {
    using box = makeSandbox();
    box.write("run/containers/auth.json", JSON.stringify({ auths: { "q.io/team": { auth: encode("team:p:w") }, "q.io": { auth: encode("all:pw") } } }));
    box.write("home/.docker/config.json", JSON.stringify({ auths: { "https://index.docker.io/v1/": { auth: encode("hub:pw") }, "https://old.io/v2/": { auth: encode("old:pw") }, "q.io": { auth: encode("no:no") } } }));
    box.write("home/.dockercfg", JSON.stringify({ "legacy.io/x": { auth: encode("leg:pw") } }));
    expect(await findCredentials("q.io/team/app", context(box))).toEqual({ username: "team", password: "p:w" });
    expect(await findCredentials("q.io/teams/app", context(box))).toEqual({ username: "all", password: "pw" });
    expect(await findCredentials("docker.io/library/alpine", context(box))).toMatchObject({ username: "hub" });
    expect(await findCredentials("old.io", context(box))).toMatchObject({ username: "old" });
    expect(await findCredentials("legacy.io/any", context(box))).toMatchObject({ username: "leg" });
    expect(await findCredentials("none.io", context(box))).toBeUndefined();
    expect([...(await listCredentials(context(box))).keys()].sort()).toEqual(["docker.io", "legacy.io", "old.io", "q.io", "q.io/team"]);
  });

  test("a file chosen by flag or variable is the only one", async () => {
    using box = makeSandbox();
    box.write("run/containers/auth.json", JSON.stringify({ auths: { "q.io": { auth: encode("a:b") } } }));
    const empty = box.write("empty.json", "{}");
    expect(await findCredentials("q.io", context(box, { authFile: empty }))).toBeUndefined();
    expect(await findCredentials("q.io", { ...context(box), env: { ...box.env, REGISTRY_AUTH_FILE: empty } })).toBeUndefined();
    expect(await failureOf(findCredentials("q.io", context(box, { authFile: empty, compatAuthFile: empty })))).toContain("can not be set simultaneously");
    expect(await failureOf(findCredentials("q.io", context(box, { authFile: box.write("bad.json", "{") })))).toContain("unmarshaling JSON");
    expect(await failureOf(findCredentials("q.io", { ...context(box), env: { ...box.env, XDG_RUNTIME_DIR: "/no/such" } }))).toContain("$XDG_RUNTIME_DIR does not exist");
  });

  test("helpers are asked by argument list, their output bounded, tokens recognised", async () => {
    using box = makeSandbox();
    box.write("run/containers/auth.json", JSON.stringify({ auths: {}, credHelpers: { "h.io": "mine" } }));
    expect(await findCredentials("h.io/app", helper(box, '{"Username":"u","Secret":"s"}'))).toEqual({ username: "u", password: "s" });
    expect(await findCredentials("h.io", helper(box, '{"Username":"<token>","Secret":"t"}'))).toEqual({ identityToken: "t" });
    expect(await findCredentials("h.io", helper(box, "credentials not found in native keychain"))).toBeUndefined();
    expect(await failureOf(findCredentials("h.io", helper(box, "locked")))).toContain("docker-credential-mine get, out: `locked`");
    box.write("run/containers/auth.json", JSON.stringify({ credHelpers: { "h.io": "absent" } }));
    expect(await failureOf(findCredentials("h.io", context(box)))).toContain('"docker-credential-absent": executable file not found');
    box.write("run/containers/auth.json", JSON.stringify({ credHelpers: { "h.io": "../../bin/sh" } }));
    expect(await failureOf(findCredentials("h.io", context(box)))).toContain("invalid credential helper name");
  });
});

describe("storing and removing", () => {
  test("a login is written privately and found again; logout removes it once", async () => {
    using box = makeSandbox();
    const file = join(box.dir, "run/containers/auth.json");
    expect(await storeCredentials("q.io", { username: "u", password: "p" }, context(box))).toBe(file);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ auths: { "q.io": { auth: encode("u:p") } } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await removeCredentials("q.io", context(box))).toBeTrue();
    expect(await removeCredentials("q.io", context(box))).toBeFalse();
    await storeCredentials("a.io", { username: "u", password: "p" }, context(box));
    await removeAllCredentials(context(box));
    expect(readFileSync(file, "utf8")).toBe('{\n\t"auths": {}\n}');
  });

  test("Docker's file keeps what is not ours, and its key for the Hub", async () => {
    using box = makeSandbox();
    const file = box.write("docker.json", JSON.stringify({ psFormat: "x", auths: { "o.io": { auth: "b" } } }));
    await storeCredentials("docker.io", { username: "u", password: "p" }, context(box, { compatAuthFile: file }));
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ psFormat: "x", auths: { "o.io": { auth: "b" }, "https://index.docker.io/v1/": { auth: encode("u:p") } } });
    expect(await failureOf(storeCredentials("q.io/x", { username: "u", password: "p" }, context(box, { compatAuthFile: file })))).toContain("Docker-compatible format with namespaced key");
  });

  test("a helper of registries.conf keeps them instead", async () => {
    using box = makeSandbox();
    const asked = { ...helper(box, "x"), credentialHelpers: ["mine"] };
    expect(await storeCredentials("h.io", { username: "u", password: "p" }, asked)).toBe("credential helper: mine");
    await removeAllCredentials(asked);
    expect(readFileSync(join(box.dir, "log"), "utf8")).toBe('store {"ServerURL":"h.io","Username":"u","Secret":"p"}\nerase h.io\n');
  });

  test("keys", () => {
    expect(parseCredentialsKey("https://r.io:5000/v2/")).toEqual({ key: "r.io:5000", registry: "r.io:5000" });
    expect(parseCredentialsKey("r.io/ns")).toEqual({ key: "r.io/ns", registry: "r.io" });
    expect(() => parseCredentialsKey("r.io/ns:1")).toThrow("contains a ':' character");
  });
});

test("registry access: flags over files, mirrors, certificate folders that exist", async () => {
  using box = makeSandbox();
  box.write("etc/registries.conf", '[[registry]]\nlocation = "p.io"\ninsecure = true\n');
  box.write("etc/certs.d/p.io/ca.crt", "x");
  const plain = createRegistryAccess({}, box.env, box.user);
  expect([plain.isInsecure("p.io"), plain.isInsecure("q.io")]).toEqual([true, false]);
  expect(plain.endpoints("p.io/x:1")).toEqual([{ reference: "p.io/x:1", insecure: true, mirror: false }]);
  expect(plain.certificateFolders("p.io")).toEqual([join(box.dir, "etc/certs.d/p.io")]);
  expect(await plain.credentials("p.io", "x")).toBeUndefined();
  const strict = createRegistryAccess({ tlsVerify: true, certDir: "/c", credentials: { username: "u", password: "p" } }, box.env, box.user);
  expect([strict.isInsecure("p.io"), strict.certificateFolders("p.io"), await strict.credentials("p.io")]).toEqual([false, ["/c"], { username: "u", password: "p" }]);
});

test("policy: the closest scope decides, and what is not understood is refused", () => {
  using box = makeSandbox();
  const accept = [{ type: "insecureAcceptAnything" }];
  const path = box.write("policy.json", JSON.stringify({ default: [{ type: "reject" }], transports: {
    docker: { "q.io": accept, "q.io/bad": [{ type: "reject" }], "*.ex.com": accept, "s.io": [{ type: "signedBy", keyType: "GPGKeys", keyPath: "/k" }] }, dir: { "": accept, "/x": [{ type: "reject" }] },
  } }));
  const policy = loadPolicy(path);
  const typeOf = (transport: string, scope: string): string => requirementsFor(policy, transport, scope).map(({ type }) => type).join();
  expect(typeOf("docker", "q.io/good/app:1")).toBe("insecureAcceptAnything");
  expect(typeOf("docker", "a.b.ex.com:5000/app:1")).toBe("insecureAcceptAnything");
  expect(typeOf("dir", "/y")).toBe("insecureAcceptAnything");
  expect(typeOf("docker", "q.io/bad/app:1")).toBe("reject");
  expect(typeOf("docker", "ex.com/app:1")).toBe("reject");
  expect(typeOf("dir", "/x/y")).toBe("reject");
  expect(requirementsFor(policy, "docker", "s.io/a:1")).toEqual([{ type: "signedBy", keyPaths: ["/k"], keyDatas: [], signedIdentity: { type: "matchRepoDigestOrExact" } }]);
  const refused = (requirement: object): (() => unknown) => () => loadPolicy(box.write("p", JSON.stringify({ default: [requirement] })));
  expect(() => loadPolicy(box.write("p2", '{"default":[]}'))).toThrow("must not be empty");
  expect(refused({ type: "maybe" })).toThrow('Unknown policy requirement type "maybe"');
  expect(refused({ type: "insecureAcceptAnything", unless: "x" })).toThrow('Unknown key "unless"');
  expect(refused({ type: "signedBy", keyType: "GPGKeys" })).toThrow("exactly one of keyPath");
  expect(refused({ type: "signedBy", keyType: "X509Certificates", keyPath: "/k" })).toThrow('Unimplemented "keyType"');
  expect(refused({ type: "sigstoreSigned", keyPath: "/k", keyData: "eA==" })).toThrow("exactly one of keyPath");
  expect(refused({ type: "signedBy", keyType: "GPGKeys", keyPath: "/k", signedIdentity: { type: "remapIdentity", prefix: "a" } })).toThrow("signedPrefix must not be empty");
  expect(() => loadPolicy("/no/such")).toThrow("no such file or directory");
});
