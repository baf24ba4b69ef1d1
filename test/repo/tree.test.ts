/** Names, texts and papers of the tree. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { listFiles, read, root } from "./files.ts";

const files = listFiles();
const texts = files.filter((path) => !/\.(?:gz|tar|zst|png|bin|db|sqlite)$/.test(path) && !path.startsWith("test/golden/"));

test("folders are named by what is in them", () => {
  const banned = new Set(["utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "lib", "shared"]);
  expect(files.filter((path) => dirname(path).split("/").some((part) => banned.has(part)))).toEqual([]);
});

test("no default exports, no enums, no namespaces", () => {
  const banned = /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?(?:enum|namespace)\s+\w+|^export default /m;
  expect(files.filter((path) => /^(?:src|test|tools|bench)\/.*\.ts$/.test(path) && banned.test(read(path)))).toEqual([]);
});

test("nothing names the machine it was written on", () => {
  // Built from parts, or this file would find itself.
  const machinePaths = new RegExp([["/work", "/(?:main|wt|shared|\\.)"].join(""), ["/opt", "/peer/"].join(""), ["/tmp", "/w/"].join("")].join("|"));
  expect(texts.filter((path) => machinePaths.test(read(path)))).toEqual([]);
});

test("the lock file names no private registry", () => {
  const hosts = [...read("package-lock.json").matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map(([, host]) => host);
  expect(hosts.filter((host) => host !== "registry.npmjs.org")).toEqual([]);
});

describe("papers", () => {
  test.each(["README.md", "CONTRIBUTING.md", "docs/ARCHITECTURE.md", "docs/DEPENDENCIES.md", ".ci/run"])("%s is there", (path) => { expect(existsSync(join(root, path))).toBeTrue(); });

  test("links between them lead somewhere", () => {
    const broken = files.filter((path) => path.endsWith(".md")).flatMap((path) => [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, target = ""]) => target).filter((target) => !existsSync(join(root, normalize(join(dirname(path), target))))).map((target) => `${path} → ${target}`));
    expect(broken).toEqual([]);
  });

  test("every npm package has its line", () => {
    const manifest = JSON.parse(read("package.json")) as { readonly dependencies: Record<string, string>; readonly devDependencies: Record<string, string> };
    const listed = read("docs/DEPENDENCIES.md");
    expect(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter((name) => !listed.includes(`\`${name}\``))).toEqual([]);
  });
});

/** A generator that is called with `--check` compares what it would write with what is there. */
const generators = files.filter((path) => /^tools\/gen-[\w-]+\.ts$/.test(path));
describe("generated files are current", () => {
  test.each(generators.length === 0 ? ["none"] : generators)("%s", (path) => {
    if (path === "none") return;
    const result = Bun.spawnSync([process.execPath, "run", path, "--check"], { cwd: root, stdout: "pipe", stderr: "pipe" });
    expect(`${result.exitCode} ${result.stdout.toString()}${result.stderr.toString()}`).toStartWith("0 ");
  });
});
