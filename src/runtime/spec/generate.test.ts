import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerConfig } from "../../container/record.ts";
import { waitForProcess } from "../../sys/index.ts";
import { attach } from "../attach.ts";
import { waitForExit } from "../exit.ts";
import { openRuntime } from "../open.ts";
import { attachSocketOf } from "../prepare.ts";
import { makeBundle, testConfig, testInput, type TestBundle } from "../testing/bundle.ts";
import { generateSpec } from "./generate.ts";
import type { HostFacts, SpecInput } from "./input.ts";
import { capabilityNames } from "./capability-names.ts";
import type { Spec } from "./types.ts";

let bundle: TestBundle;
beforeEach(() => { bundle = makeBundle(); });
afterEach(() => { bundle.remove(); });

const host: Partial<HostFacts> = { cgroupVersion: 2, canRaiseLimits: true, capabilities: capabilityNames.toSorted(), hostname: "machine", machine: "x86_64", hasApparmor: false };
const generate = (change: Partial<ContainerConfig> = {}, input: Partial<SpecInput> = {}): Promise<Spec> => generateSpec(testInput(bundle, ["true"], change, { host, ...input }));
const optionsOf = (spec: Spec, destination: string): string[] | undefined => spec.mounts.find((mount) => mount.destination === destination)?.options;

describe("generateSpec", () => {
  test("a plain container has Podman's defaults", async () => {
    const spec = await generate({ imageId: "0".repeat(64) });
    expect(spec.process.capabilities?.bounding).toEqual(testConfig().containers.defaultCapabilities.toSorted());
    expect(spec.process.capabilities?.inheritable).toEqual([]);
    expect(spec.process.user).toEqual({ uid: 0, gid: 0, umask: 0o22, additionalGids: [10] });
    expect(spec.process.env).toEqual(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "container=podman", "HOME=/root", `HOSTNAME=${bundle.id.slice(0, 12)}`]);
    expect(spec.process.rlimits).toEqual([{ type: "RLIMIT_NOFILE", hard: 1048576, soft: 1048576 }, { type: "RLIMIT_NPROC", hard: 1048576, soft: 1048576 }]);
    expect(spec.mounts.map((mount) => mount.destination)).toEqual(["/proc", "/dev", "/sys", "/dev/pts", "/dev/mqueue", "/dev/shm", "/sys/fs/cgroup"]);
    expect(spec.linux.resources).toEqual({ pids: { limit: 2048 }, devices: [{ allow: false, access: "rwm" }] });
    expect(spec.linux.sysctl).toEqual({ "net.ipv4.ping_group_range": "0 0" });
    expect(spec.linux.cgroupsPath).toBe(`/libpod_parent/libpod-${bundle.id}`);
    expect(spec.linux.maskedPaths).toContain("/proc/kcore");
    expect(spec.annotations).toMatchObject({ "io.container.manager": "libpod", "org.systemd.property.TimeoutStopUSec": "uint64 10000000" });
  });

  test("a user without a name gets one, only its own capabilities, and lowered default limits", async () => {
    const limits = { hardLimits: { nofile: 5000, nproc: -1 }, canRaiseLimits: false };
    const create = { security: { capDrop: ["all"], capAdd: ["net_admin"] }, groupAdd: ["77"], resources: { ulimits: [{ name: "core", soft: -1, hard: -1 }] } };
    const spec = await generate({ user: "1234:55", workdir: "/srv", create, ulimits: create.resources.ulimits }, { host: { ...host, ...limits } });
    expect(spec.process.user).toEqual({ uid: 1234, gid: 55, umask: 0o22, additionalGids: [55, 77] });
    expect(spec.process.capabilities?.ambient).toEqual(["CAP_NET_ADMIN"]);
    expect(spec.process.rlimits).toEqual([{ type: "RLIMIT_CORE", hard: 2 ** 64, soft: 2 ** 64 }, { type: "RLIMIT_NOFILE", hard: 5000, soft: 5000 }, { type: "RLIMIT_NPROC", hard: 1048576, soft: 1048576 }]);
    expect(spec.process.env).toContain("HOME=/srv");
    await generate({ user: "1234:55", workdir: "/srv", create });
    expect(readFileSync(join(bundle.root, "etc/passwd"), "utf8").match(/^1234:/gm)).toHaveLength(1);
    expect(readFileSync(join(bundle.root, "etc/group"), "utf8")).toEndWith("\n55:x:55:1234\n");
  });

  test("read-only, init, tmpfs and binds", async () => {
    mkdirSync(bundle.paths.bundle);
    const create = { security: { readOnly: true } };
    const spec = await generate({ create, user: "4321" }, {
      initBinary: "/usr/bin/catatonit", files: { hosts: "/etc/hosts" },
      mounts: [{ type: "tmpfs", destination: "/foo/", options: ["rw", "size=10m"] }, { type: "bind", source: "/var/tmp", destination: "/tmp", options: ["ro"] }],
    });
    expect(spec.process.args).toEqual(["/run/podman-init", "--", "true"]);
    expect(spec.root.readonly).toBe(true);
    expect(optionsOf(spec, "/foo")).toEqual(["rw", "size=10m", "rprivate", "nosuid", "nodev", "tmpcopyup"]);
    expect(optionsOf(spec, "/tmp")).toEqual(["ro", "rprivate", "rbind"]);
    expect(optionsOf(spec, "/var/tmp")).toEqual(["rw", "rprivate", "nosuid", "nodev", "tmpcopyup"]);
    expect(optionsOf(spec, "/etc/hosts")).toEqual(["bind", "rprivate", "ro", "nosuid", "noexec", "nodev"]);
    expect(optionsOf(spec, "/etc/passwd")).toEqual(["bind", "rprivate", "ro", "nosuid", "noexec", "nodev"]);
    expect(readFileSync(join(bundle.root, "etc/passwd"), "utf8")).not.toContain("4321");
  });

  test("--init and --tz find their files on the host", async () => {
    const own = join(bundle.directory, "my-init");
    writeFileSync(own, "", { mode: 0o755 });
    const spec = await generate({ create: { init: true, initPath: own, timezone: "local" } });
    expect(spec.process.args[0]).toBe("/run/podman-init");
    expect(spec.mounts).toContainEqual({ destination: "/run/podman-init", type: "bind", source: own, options: ["bind", "ro", "private"] });
    expect(spec.mounts.find((mount) => mount.destination === "/etc/localtime")?.source).toBe(join(bundle.paths.runDir, "localtime"));
    expect(generate({ create: { init: true, initPath: "/nosuch" } })).rejects.toThrow("container-init binary not found on the host: stat /nosuch: no such file or directory");
    expect(generate({ create: { timezone: "Mars/North" } })).rejects.toThrow("finding timezone");
  });

  test("privileged lifts what the default forbids", async () => {
    const spec = await generate({ create: { security: { privileged: true } } });
    expect(spec.process.capabilities?.bounding).toHaveLength(capabilityNames.length);
    expect(spec.linux.seccomp).toBeUndefined();
    expect(spec.linux.maskedPaths).toBeUndefined();
    expect(spec.linux.resources?.devices).toEqual([{ allow: true, access: "rwm" }]);
    expect(spec.linux.devices?.map((device) => device.path)).toContain("/dev/null");
    expect(optionsOf(spec, "/sys")).toContain("rw");
  });

  test.each([
    [{ create: { security: { capAdd: ["nosuch"] } } }, '"CAP_NOSUCH": unknown capability'],
    [{ create: { security: { capAdd: ["chown"], capDrop: ["CAP_CHOWN"] } } }, 'capability "CAP_CHOWN" cannot be dropped and added'],
    [{ create: { security: { capAdd: ["all"], capDrop: ["all"] } } }, "adding all caps and removing all caps not allowed"],
    [{ create: { security: { seccomp: "/nosuch" } } }, "opening seccomp profile failed: open /nosuch: no such file or directory"],
    [{ create: { security: { apparmor: "foo" } } }, 'apparmor profile "foo" specified, but Apparmor is not enabled on this system'],
    [{ create: { storage: { devices: [{ hostPath: "/dev/nosuch" }] } } }, "stat /dev/nosuch: no such file or directory"],
    [{ user: "nosuch" }, "unable to find user nosuch: no matching entries in passwd file"],
    [{ user: ":nosuch" }, "unable to find group nosuch: no matching entries in group file"],
    [{ create: { workdir: "/nowd" }, workdir: "/nowd" }, 'workdir "/nowd" does not exist on container '],
  ] as [Partial<ContainerConfig>, string][])("%j is refused", async (change, message) => {
    expect(generate(change)).rejects.toThrow(message);
  });

  test("a mount source that is absent, an unknown option, a sysctl of the host's namespace", async () => {
    const bind = (source: string, ...options: string[]): Partial<SpecInput> => ({ mounts: [{ type: "bind", source, destination: "/x", options }] });
    expect(generate({}, bind("/nosuch"))).rejects.toThrow("statfs /nosuch: no such file or directory");
    expect(generate({}, bind("/tmp", "foo"))).rejects.toThrow('unknown mount option "foo": invalid mount option');
    expect(generate({}, bind("/tmp", "ro", "rw"))).rejects.toThrow("only one of 'rw' and 'ro' can be used: duplicate mount option passed");
    expect(generate({}, bind("/tmp", "U"))).rejects.toThrow('chowning host path "/tmp" is not allowed. You can manually `chown -R 0:0 /tmp`');
    const { namespaces } = testInput(bundle, []);
    expect(generate({ create: { security: { sysctls: { "net.x": "1" } } } }, { namespaces: { ...namespaces, network: { kind: "host" } } }))
      .rejects.toThrow("sysctl net.x=1 can't be set since Network Namespace set to host: invalid argument");
  });

  test("hostile roots: a FIFO or an escaping link as /etc/passwd", async () => {
    const passwd = join(bundle.root, "etc/passwd");
    rmSync(passwd);
    Bun.spawnSync(["mkfifo", passwd]);
    expect(generate({ user: "web" })).rejects.toThrow("is not a regular file");
    rmSync(passwd);
    symlinkSync("../../../../../../etc/shadow", passwd);
    expect(generate({ user: "root" })).rejects.toThrow("unable to find user root");
    rmSync(join(bundle.root, "tmp"), { recursive: true });
    symlinkSync("/../../../../var/outside", join(bundle.root, "tmp"));
    const spec = await generate({}, { mounts: [{ type: "tmpfs", destination: "/tmp/x", options: [] }] });
    expect(spec.mounts.map((mount) => mount.destination)).toContain("/tmp/x");
  });

  test("hooks: conditions, stages, precedence of directories", async () => {
    const hooks = join(bundle.directory, "hooks");
    mkdirSync(hooks);
    const write = (name: string, content: object): void => { writeFileSync(join(hooks, name), JSON.stringify(content)); };
    write("a.json", { version: "1.0.0", hook: { path: "/bin/true" }, when: { commands: ["^true$"] }, stages: ["prestart"] });
    write("b.json", { version: "1.0.0", hook: { path: "/bin/true" }, when: { annotations: { "^x$": "y" } }, stages: ["poststop"] });
    const spec = await generate({}, { hookDirs: ["/nosuch", hooks] });
    expect(spec.hooks).toEqual({ createRuntime: [{ path: "/bin/true" }] });
    write("c.json", { version: "2", hook: { path: "/bin/true" }, when: {}, stages: [] });
    expect(generate({}, { hookDirs: [hooks] })).rejects.toThrow("unexpected hook version");
  });
});

/** Runs a generated specification for real and gives its output. */
async function run(command: string, change: Partial<ContainerConfig> = {}, input: Partial<SpecInput> = {}): Promise<string> {
  const runtime = openRuntime({ config: testConfig(), env: process.env });
  const spec = await generateSpec(testInput(bundle, ["sh", "-c", command], change, input));
  const { conmonPid } = await runtime.create({ ...bundle.request([]), spec });
  try {
    const session = await attach({ socketPath: attachSocketOf(bundle.paths), terminal: false, stdin: false, stdout: true, stderr: true, detachKeys: "" });
    await runtime.start(bundle.id);
    let output = "";
    for await (const frame of session.output) output += Buffer.from(frame.data).toString();
    await waitForExit({ paths: bundle.paths, id: bundle.id, conmonPid });
    return output;
  } finally {
    await runtime.delete(bundle.id, true);
    await waitForProcess(conmonPid);
  }
}

describe("a generated specification runs", () => {
  test("as root, and as a user of the container", async () => {
    expect(await run("id; pwd; cat /proc/self/status | head -60 | while read k v; do [ $k = CapEff: ] && echo $v; done; hostname", { workdir: "/made/here" }))
      .toBe(`uid=0(root) gid=0(root) groups=10(wheel)\n/made/here\n00000000800405fb\n${bundle.id.slice(0, 12)}\n`);
    expect(await run("id; umask; echo $HOME", { user: "web", create: { umask: "0077" } })).toBe("uid=1000(web) gid=1001(web) groups=10(wheel),1001(web)\n0077\n/srv/web\n");
  });

  test("masked, read-only and writable places", async () => {
    const output = await run("echo x > /proc/sys/kernel/hostname; echo y > /tmp/ok && cat /tmp/ok; echo z > /no", { create: { security: { readOnly: true } } });
    expect(output).toContain("can't create /proc/sys/kernel/hostname: Read-only file system");
    expect(output).toContain("y\n");
    expect(output).toContain("can't create /no: Read-only file system");
  });

  test("with the built-in system call policy", async () => {
    const { defaultProfile } = await import("./seccomp-default.ts");
    const profile = join(bundle.directory, "seccomp.json");
    writeFileSync(profile, JSON.stringify(defaultProfile()));
    const create = { security: { seccomp: profile } };
    expect(await run("echo fine; mount -t tmpfs x /tmp; hostname other", { create })).toMatch(/^fine\nmount: .*(denied|permitted).*\nhostname: sethostname: Operation not permitted\n$/);
  });
});
