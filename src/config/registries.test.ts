import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { loadRegistries, resolveRegistry, isInsecureRegistry } from "./registries.ts";
import { recordShortName, shortNameFile } from "./short-name-file.ts";
import { localCandidates, resolveShortName } from "./short-names.ts";
import { failureOf, makeSandbox } from "./testing/sandbox.ts";

const load = (content: string, reference: string): unknown => {
  using box = makeSandbox();
  box.write("etc/registries.conf", content);
  return resolveRegistry(loadRegistries(box.env, box.root), reference);
};
const mirrored = '[[registry]]\nprefix = "a.io/team"\nlocation = "b.io/x"\n[[registry.mirror]]\nlocation = "m1.io"\ninsecure = true\n[[registry.mirror]]\nlocation = "m2.io/y"\npull-from-mirror = "digest-only"\n';
const digest = `sha256:${"a".repeat(64)}`;

describe("resolveRegistry", () => {
  test("a registry that nothing is said of is asked as it is", () => {
    expect(load("", "q.io/a/b:1")).toEqual([{ reference: "q.io/a/b:1", insecure: false, mirror: false }]);
  });

  test("mirrors first, prefix rewritten, restrictions kept", () => {
    expect(load(mirrored, "a.io/team/app:1")).toEqual([{ reference: "m1.io/app:1", insecure: true, mirror: true }, { reference: "b.io/x/app:1", insecure: false, mirror: false }]);
    expect(load(mirrored, `a.io/team/app@${digest}`)).toEqual([
      { reference: `m1.io/app@${digest}`, insecure: true, mirror: true }, { reference: `m2.io/y/app@${digest}`, insecure: false, mirror: true },
      { reference: `b.io/x/app@${digest}`, insecure: false, mirror: false },
    ]);
    expect(load(mirrored, "a.io/teamwork/app:1")).toEqual([{ reference: "a.io/teamwork/app:1", insecure: false, mirror: false }]);
    expect(load('[[registry]]\nlocation = "a.io"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "m.io"', "a.io/app:1")).toHaveLength(1);
  });

  test("wildcards cover subdomains; the longest prefix wins; blocked is an error", () => {
    const wild = '[[registry]]\nprefix = "*.example.com"\nlocation = "hub.io"\n[[registry]]\nprefix = "*.deep.example.com"\nblocked = true\n';
    expect(load(wild, "x.example.com/app:1")).toMatchObject([{ reference: "hub.io/app:1" }]);
    expect(load(wild, "example.com/app:1")).toMatchObject([{ reference: "example.com/app:1" }]);
    expect(load(wild, "other.io/x.example.com/app")).toMatchObject([{ reference: "other.io/x.example.com/app" }]);
    expect(() => load(wild, "x.deep.example.com/app:1")).toThrow("registry *.deep.example.com is blocked in");
  });

  test.each([
    ['[[registry]]\ninsecure = true', "both location and prefix are unset"],
    ['[[registry]]\nlocation = "https://a.io"', "invalid location 'https://a.io': URI schemes are not supported"],
    ['[[registry]]\nprefix = "a.io"', "location is unset and prefix is not in the format: *.example.com"],
    ['[[registry]]\nprefix = "*.a.io/x"\nlocation = "b.io"', "Wildcarded prefix should be in the format"],
    ['[[registry]]\nlocation = "a.io"\n[[registry]]\nprefix = "b.io"\nlocation = "a.io"\ninsecure = true', "conflicting 'insecure' setting"],
    ['short-name-mode = "loose"', 'invalid short-name mode: "loose"'],
    ['unqualified-search-registries = ["a.io/x"]', 'Invalid unqualified-search-registries entry "a.io/x"'],
    ['short-name-mode = "disabled"\n[registries.search]\nregistries = ["a.io"]', "mixing sysregistry v1/v2 is not supported"],
    ['[aliases]\nfoo = "bar"', 'invalid alias "bar": must contain registry and repository'],
    ['[aliases]\n"foo:1" = "a.io/foo"', 'invalid short name "foo:1": must not contain tag'],
  ])("refuses %p", (content, message) => { expect(() => load(content, "a.io/b")).toThrow(message); });
});

describe("files", () => {
  test("drop-ins merge by prefix, version 1 only in the main file, a user's file replaces the system's", () => {
    using box = makeSandbox();
    box.write("etc/registries.conf", "[registries.search]\nregistries = ['old.io']\n[registries.insecure]\nregistries = ['plain.io:5000']\n[registries.block]\nregistries = ['bad.io']\n");
    const v1 = loadRegistries(box.env, box.root);
    expect(v1.searchRegistries).toEqual(["old.io"]);
    expect(isInsecureRegistry(v1, "plain.io:5000")).toBeTrue();
    expect(() => resolveRegistry(v1, "bad.io/x")).toThrow("blocked");
    box.write("etc/registries.conf.d/1.conf", '[[registry]]\nlocation = "bad.io"\n');
    expect(resolveRegistry(loadRegistries(box.env, box.root), "bad.io/x")).toHaveLength(1);
    box.write("etc/registries.conf.d/2.conf", "[registries.search]\nregistries = ['x.io']\n");
    expect(() => loadRegistries(box.env, box.root)).toThrow("registry must be in v2 format but is in v1");
    box.write("home/.config/containers/registries.conf", 'unqualified-search-registries = ["mine.io"]\n');
    expect(loadRegistries(box.env, box.root).searchRegistries).toEqual(["mine.io"]);
    expect(() => loadRegistries({ ...box.env, CONTAINERS_REGISTRIES_CONF: "/no/such" }, box.root)).toThrow("loading registries configuration");
  });
});

describe("short names", () => {
  const conf = 'unqualified-search-registries = ["a.io", "docker.io"]\n[aliases]\nfedora = "reg.io/fedora"\ngone = "reg.io/gone"\n';

  test("aliases first, then the search registries; tags and digests stay", () => {
    using box = makeSandbox();
    const path = box.write("etc/registries.conf", conf);
    const config = loadRegistries(box.env, box.root);
    const file = shortNameFile(box.env, box.user);
    expect(resolveShortName("fedora:40", config, file)).toMatchObject({ candidates: ["reg.io/fedora:40"], description: `Resolved "fedora" as an alias (${path})`, ask: false });
    expect(resolveShortName("x/y", config, file)).toMatchObject({ candidates: ["a.io/x/y:latest", "docker.io/x/y:latest"], ask: true, recordAs: "x/y", description: `Resolving "x/y" using unqualified-search registries (${path})` });
    expect(resolveShortName(`alpine@${digest}`, config, file).candidates).toEqual([`a.io/alpine@${digest}`, `docker.io/library/alpine@${digest}`]);
    expect(resolveShortName("localhost/x", config, file)).toEqual({ candidates: ["localhost/x:latest"], ask: false });
    expect(localCandidates("fedora", config, file)).toEqual(["reg.io/fedora:latest", "localhost/fedora:latest", "a.io/fedora:latest", "docker.io/library/fedora:latest"]);
  });

  test("a recorded choice wins and survives with the others; an empty one takes an alias back", async () => {
    using box = makeSandbox();
    box.write("etc/registries.conf", conf);
    const config = loadRegistries(box.env, box.root);
    const file = shortNameFile(box.env, box.user);
    await recordShortName(file, "fedora", "other.io/fedora");
    await recordShortName(file, "gone", "");
    expect(resolveShortName("fedora", config, file).candidates).toEqual(["other.io/fedora:latest"]);
    expect(resolveShortName("gone", config, file).candidates).toEqual(["a.io/gone:latest", "docker.io/library/gone:latest"]);
    expect(readFileSync(file, "utf8")).toBe('[aliases]\n  "fedora" = "other.io/fedora"\n  "gone" = ""\n');
    expect(await failureOf(recordShortName(file, "bad", "nowhere"))).toContain("must contain registry and repository");
  });

  test("nothing to try is an error that says where it looked", () => {
    using box = makeSandbox();
    expect(() => resolveShortName("x", loadRegistries(box.env, box.root), "/none")).toThrow('short-name "x" did not resolve to an alias and no containers-registries.conf(5) was found');
    const path = box.write("etc/registries.conf", "");
    expect(() => resolveShortName("x", loadRegistries(box.env, box.root), "/none")).toThrow(`no unqualified-search registries are defined in "${path}"`);
  });
});
