/**
 * Makes the machine ready: npm packages (with the pinned Bun) and system packages. Node ≥ 18 without dependencies, because
 * nothing else is there yet. May be run at any time; when nothing is missing it only looks (well below a second).
 *
 *     node tools/setup.mjs [--test]      --test: also what only the test suite needs
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { enginePackages, extraFolders, managers, testPackages } from "./packages.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function main() {
  installNpmPackages();
  makeBunWork();
  installSystemPackages(process.argv.includes("--test") ? [...enginePackages, ...testPackages] : enginePackages);
  freeHybridControllers();
}

/**
 * On a hybrid machine (cgroup v1 beside v2) crun refuses to run while the v2 tree still holds a controller; mounting that
 * controller's v1 hierarchy frees it (docs/decisions/0002). Only as root, only where that is so; the mount lasts until the next boot.
 */
function freeHybridControllers() {
  const hybrid = "/sys/fs/cgroup/unified/cgroup.controllers";
  if (!existsSync(hybrid)) return;
  const held = readFileSync(hybrid, "utf8").split(/\s+/).filter((name) => /^[a-z_]+$/.test(name));
  const prefix = elevation();
  for (const name of held) {
    const folder = join("/sys/fs/cgroup", name);
    if (prefix === undefined) say(`as root: mkdir ${folder}; mount -t cgroup -o ${name} cgroup ${folder}   (crun needs it on hybrid cgroups)`);
    else if (existsSync(folder) || start([...prefix, "mkdir", folder])) start([...prefix, "mount", "-t", "cgroup", "-o", name, "cgroup", folder]);
  }
}

/**
 * What the lock file says, unless that is there already. `npm ci` refuses a lock file that lacks the builds of some package for
 * other platforms, which happens with registries that do not carry them; `npm install --no-save` takes it and writes nothing.
 */
function installNpmPackages() {
  if (isInstalled()) return;
  say("installing npm packages");
  const attempt = (command) => spawnSync("npm", [...command, "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const strict = attempt(["ci"]);
  if (strict.status === 0) return;
  const lenient = attempt(["install", "--no-save"]);
  if (lenient.status === 0 && isInstalled()) return;
  process.stderr.write(`${strict.stderr ?? ""}${lenient.stderr ?? ""}`);
  fail(strict.error === undefined ? "npm could not install the packages" : "npm is not here", "see the messages above; `npm install` shows more");
}

function isInstalled() {
  const read = (path) => JSON.parse(readFileSync(join(root, path), "utf8")).packages;
  try {
    const installed = read("node_modules/.package-lock.json");
    return Object.entries(read("package-lock.json")).every(([path, wanted]) => path === "" || wanted.optional === true || installed[path]?.version === wanted.version);
  } catch {
    return false;
  }
}

/** npm may be told not to run install scripts, and Bun's package is a stub until its script ran. */
function makeBunWork() {
  const bun = join(root, "node_modules/.bin/bun");
  const works = () => spawnSync(bun, ["--version"], { stdio: "ignore" }).status === 0;
  if (isUnpacked() && works()) return;
  say("unpacking bun");
  spawnSync(process.execPath, [join(root, "node_modules/bun/install.js")], { cwd: join(root, "node_modules/bun"), stdio: "inherit" });
  if (!works()) {
    fail(`the pinned bun does not run on this machine (${process.platform} ${process.arch})`, `see what is wrong: ${bun} --version`);
  }
}

/** The stub is a few hundred bytes. */
function isUnpacked() {
  try {
    return statSync(join(root, "node_modules/bun/bin/bun.exe")).size > 1_000_000;
  } catch {
    return false;
  }
}

function installSystemPackages(rows) {
  if (process.platform !== "linux") fail("containers need Linux", "run this in a Linux machine or VM");
  const missing = rows.filter((row) => find(row.need) === undefined);
  if (missing.length === 0) return;
  const manager = managers.find((candidate) => find(candidate.program) !== undefined);
  if (manager === undefined) return report(missing, "no known package manager (apt-get, dnf, apk, zypper, pacman) is here");
  const prefix = elevation();
  const wanted = [...new Set(missing.map((row) => row.packages[manager.name]).filter((name) => typeof name === "string"))];
  if (prefix === undefined) {
    const command = [...manager.install, ...wanted].join(" ");
    return report(missing, "not root, and sudo is not here", `run as root: ${manager.refresh ? `${manager.refresh.join(" ")} && ` : ""}${command}`);
  }
  say(`installing ${wanted.join(" ")}`);
  if (manager.refresh) start([...prefix, ...manager.refresh]);
  installAll(manager, prefix, wanted);
  report(rows.filter((row) => find(row.need) === undefined), "still missing after the installation");
}

/** All at once; where a release lacks one of them, one by one. */
function installAll(manager, prefix, names) {
  const install = (list) => start([...prefix, ...manager.install, ...list]);
  if (install(names)) return;
  for (const name of names) install([name]);
}

function start([program, ...args]) {
  // RUNLEVEL=1 keeps Debian's maintainer scripts from starting services that a package happens to bring. Output goes to stderr:
  // stdout belongs to what comes after the set-up.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  return spawnSync(program, args, { stdio: ["inherit", 2, 2], env }).status === 0;
}

/** argv prefix that makes us root; undefined when nothing does. */
function elevation() {
  if (process.getuid() === 0) return [];
  return find("sudo") === undefined ? undefined : ["sudo"];
}

function report(missing, why, command) {
  if (missing.length === 0) return;
  const names = (list) => list.map((row) => row.need).join(", ");
  const required = missing.filter((row) => row.optional !== true);
  const rest = missing.filter((row) => row.optional === true);
  if (rest.length > 0) say(`not found: ${names(rest)} (features that need them will say so)`);
  if (required.length > 0) fail(`not found: ${names(required)}: ${why}`, command ?? "install them, then run this again");
  else if (command !== undefined) say(`to have them, ${command}`);
}

/** Absolute path of a program or file, or undefined. */
function find(need) {
  if (need.startsWith("/")) return existsSync(need) ? need : undefined;
  return [...(process.env.PATH ?? "").split(":"), ...extraFolders].map((folder) => join(folder, need)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function fail(text, hint) {
  process.stderr.write(`setup: ${text}\n  ${hint}\n`);
  process.exit(1);
}

main();
