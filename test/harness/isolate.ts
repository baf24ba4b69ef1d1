/**
 * Runs a command in a small world of its own: mount, network, pid and uts namespaces, an empty /run, a loopback device and an
 * unprivileged users `ptest` and `psingle`. Whatever a test forgets there ends with it, tests may run beside each other and beside the machine's
 * own containers, and traffic cannot leave. Root only; without root the command runs as it is.
 *
 *     bun run test/harness/isolate.ts COMMAND ARG…
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Tells the harness inside that leaks can be told from the machine's own state. */
export const isolatedVariable = "PTEST_ISOLATED";
/** The program where the test user can read it: a clone may lie in root's home. */
export const publicFolder = "/run/ptest-program";
export interface TestUser { readonly name: string; readonly uid: number; readonly subStart?: number; readonly subSize?: number }
export const testUser = { name: "ptest", uid: 61_001, subStart: 3_000_000, subSize: 65_536 };
/** Has no subordinate ids. */
export const singleUser: TestUser = { name: "psingle", uid: 61_002 };

/** argv that runs `command` isolated; `command` itself where that is not possible. */
export function isolated(command: readonly string[]): readonly string[] {
  if (process.getuid?.() !== 0 || process.env[isolatedVariable] === "1") return command;
  const inside = [process.execPath, "run", join(import.meta.dir, "isolate.ts"), "--inside"];
  // sh is process 1: unlike a JavaScript runtime it reaps the orphans of conmon. No exec, or it would be replaced.
  return ["unshare", "--mount", "--net", "--pid", "--uts", "--fork", "--kill-child", "--mount-proc", "--propagation", "private", "--",
    "sh", "-c", '"$@"; exit $?', "sh", ...inside, ...command];
}

function prepare(): void {
  const resolver = readResolver();
  mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run");
  for (const folder of ["/run/lock", "/run/user"]) mkdirSync(folder, { recursive: true });
  if (resolver !== undefined && !existsSync("/etc/resolv.conf")) {
    mkdirSync(dirname(resolver.path), { recursive: true });
    writeFileSync(resolver.path, resolver.content);
  }
  check(["ip", "link", "set", "lo", "up"]);
  addOutside();
  addUsers([testUser, singleUser]);
  const dist = join(import.meta.dir, "../../dist");
  mkdirSync(publicFolder);
  if (existsSync(dist)) mount("--bind", dist, publicFolder);
  // As systemd leaves it on a usual machine; only copies of this namespace see it.
  mount("--make-rshared", "/");
  for (const device of ["/dev/net/tun", "/dev/fuse"]) if (existsSync(device)) chmodSync(device, 0o666);
}

/** A way out that leads nowhere (documentation addresses): pasta and others look for an interface with a default route. */
function addOutside(): void {
  check(["ip", "link", "add", "outside0", "type", "veth", "peer", "name", "outside1"]);
  check(["ip", "link", "set", "outside1", "up"]);
  check(["ip", "address", "add", "192.0.2.10/24", "dev", "outside0"]);
  check(["ip", "-6", "address", "add", "2001:db8::10/64", "dev", "outside0", "nodad"]);
  check(["ip", "link", "set", "outside0", "up"]);
  check(["ip", "route", "add", "default", "via", "192.0.2.1"]);
  check(["ip", "-6", "route", "add", "default", "via", "2001:db8::1", "dev", "outside0"]);
}

/** /etc/resolv.conf is often a link into /run, which is about to be covered. */
function readResolver(): { readonly path: string; readonly content: string } | undefined {
  try { return { path: realpathSync("/etc/resolv.conf"), content: readFileSync("/etc/resolv.conf", "utf8") }; } catch { return undefined; }
}

/** Users seen only in here: copies of four files are mounted over the machine's. */
function addUsers(users: readonly TestUser[]): void {
  for (const { name, uid } of users) {
    mkdirSync(homeOf(name), { recursive: true, mode: 0o700 });
    mkdirSync(`/run/user/${uid}`, { recursive: true, mode: 0o700 });
    check(["chown", `${uid}:${uid}`, homeOf(name), `/run/user/${uid}`]);
  }
  const ranges = users.flatMap(({ name, subStart, subSize }) => subStart === undefined ? [] : [`${name}:${subStart}:${subSize}`]);
  const lines = { passwd: users.map(({ name, uid }) => `${name}:x:${uid}:${uid}::${homeOf(name)}:/bin/sh`), group: users.map(({ name, uid }) => `${name}:x:${uid}:`), subuid: ranges, subgid: ranges };
  for (const [file, added] of Object.entries(lines)) {
    const original = `/etc/${file}`;
    const content = existsSync(original) ? readFileSync(original, "utf8") : "";
    if (!existsSync(original)) continue; // nothing to mount over; rootless tests will say so
    const copy = `/run/${file}`;
    writeFileSync(copy, `${content}${content === "" || content.endsWith("\n") ? "" : "\n"}${added.join("\n")}\n`, { mode: 0o644 });
    mount("--bind", copy, original);
  }
}

const homeOf = (name: string): string => `/run/home-${name}`;

function mount(...args: string[]): void { check(["mount", ...args]); }

function check(argv: readonly string[]): void {
  const result = Bun.spawnSync([...argv], { stdout: "ignore", stderr: "pipe" });
  if (result.exitCode !== 0) throw new Error(`${argv.join(" ")}: ${result.stderr.toString().trim()}`);
}

async function main(argv: readonly string[]): Promise<number> {
  const inside = argv[0] === "--inside";
  if (inside) prepare();
  const command = inside ? argv.slice(1) : isolated(argv);
  const child = Bun.spawn([...command], { stdio: ["inherit", "inherit", "inherit"], env: { ...process.env, ...(inside ? { [isolatedVariable]: "1" } : {}) } });
  return await child.exited;
}

if (import.meta.main) {
  if (process.argv.length < 3) {
    process.stderr.write("usage: bun run test/harness/isolate.ts COMMAND ARG…\n");
    process.exit(2);
  }
  process.exit(await main(process.argv.slice(2)));
}

