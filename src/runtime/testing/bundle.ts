/** A throw-away container for tests: a busybox root file system, its directories, and a small specification. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newId } from "../../base/ids.ts";
import type { EngineConfig } from "../../config/types.ts";
import type { ContainerConfig, ContainerRecord } from "../../container/record.ts";
import type { SpecInput } from "../spec/input.ts";
import type { Spec } from "../spec/types.ts";
import type { ContainerPaths, CreateProcess } from "../types.ts";

const applets = ["sh", "true", "cat", "sleep", "echo", "ls", "id", "env", "stty", "kill", "tty", "head", "seq", "pwd", "mount", "ps", "dd", "hostname"];
const busyboxPaths = ["/bin/busybox", "/usr/bin/busybox"];

export interface TestBundle {
  readonly id: string;
  readonly root: string;
  readonly directory: string;
  readonly paths: ContainerPaths;
  readonly request: (args: readonly string[], change?: Partial<CreateProcess>) => CreateProcess & { readonly spec: Spec };
  readonly remove: () => void;
}

export const hasBusybox = (): boolean => busyboxPaths.some((path) => existsSync(path));

/** Below /var/tmp, which is a real file system. */
export function makeBundle(): TestBundle {
  const directory = mkdtempSync("/var/tmp/runtime-test-");
  const root = join(directory, "root");
  makeRoot(root);
  const id = newId();
  const paths: ContainerPaths = {
    bundle: join(directory, "userdata"), runDir: join(directory, "run"), exitDir: join(directory, "exits"), persistDir: join(directory, "persist", id),
    logPath: join(directory, "userdata", "ctr.log"),
  };
  return {
    id, root, directory, paths,
    request: (args, change = {}) => ({
      id, name: "test", paths, spec: minimalSpec(root, id, args, change.terminal ?? false), terminal: false, stdin: false, logDriver: "k8s-file",
      systemdCgroup: false, exitCommand: [], environment: {}, ...change as object,
    }),
    remove: () => { rmSync(directory, { recursive: true, force: true }); },
  };
}

function makeRoot(root: string): void {
  for (const name of ["bin", "proc", "sys", "dev", "etc", "tmp", "root"]) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(busyboxPaths.find((path) => existsSync(path)) ?? "", join(root, "bin/busybox"));
  for (const applet of applets) symlinkSync("busybox", join(root, "bin", applet));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1001:Web:/srv/web:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\nwheel:x:10:web,root\nweb:x:1001:\n");
}

export function minimalSpec(root: string, id: string, args: readonly string[], terminal: boolean): Spec {
  return {
    ociVersion: "1.0.2",
    process: { terminal, user: { uid: 0, gid: 0 }, args: [...args], env: ["PATH=/bin", "TERM=xterm"], cwd: "/" },
    root: { path: root },
    mounts: [{ destination: "/proc", type: "proc", source: "proc" }, { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755"] },
      { destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666", "mode=0620"] }],
    linux: { namespaces: [{ type: "pid" }, { type: "mount" }, { type: "ipc" }, { type: "uts" }], cgroupsPath: `/libpod_parent/libpod-${id}` },
  };
}

/** As much of a configuration as this layer reads. */
export function testConfig(): EngineConfig {
  return {
    rootless: false, uid: 0,
    engine: {
      runtime: "crun", runtimes: { crun: ["/usr/bin/crun"], runc: ["/usr/sbin/runc", "/usr/bin/runc"] }, runtimesFlags: [], runtimesFlagsByName: {}, runtimeSupportsJson: ["crun", "runc"],
      conmonPath: ["/usr/bin/conmon"], conmonEnvVars: [], noPivotRoot: false, hooksDir: [], cgroupManager: "cgroupfs",
    },
    containers: {
      logSizeMaxBytes: -1, keyring: true, umask: "0022", env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], defaultUlimits: [], defaultSysctls: ["net.ipv4.ping_group_range=0 0"],
      devices: [], annotations: [], privileged: false, init: false, cgroups: "enabled", pidsLimit: 2048, shmSizeBytes: 65536 * 1024, readOnly: false,
      defaultCapabilities: ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT"],
    },
    paths: { tmpDir: "/run/podman-runtime-test" },
  } as unknown as EngineConfig;
}

/** A record of a container that runs `command`, as create would make it. */
export function testRecord(bundle: TestBundle, command: readonly string[], change: Partial<ContainerConfig> = {}): ContainerRecord {
  const config: ContainerConfig = {
    version: 1, create: {}, createdAt: "2026-01-01T00:00:00Z", entrypoint: [], command, env: {}, workdir: "/", user: "", labels: {}, annotations: {},
    stopSignal: 15, stopTimeoutSeconds: 10, terminal: false, stdin: false, hostname: bundle.id.slice(0, 12), ociRuntime: "crun", cgroupManager: "cgroupfs",
    logDriver: "k8s-file", logPath: bundle.paths.logPath, network: { mode: "none", networks: [], ports: [] }, volumes: [], ulimits: [], uidMaps: [], gidMaps: [],
    staticDir: bundle.paths.bundle, runDir: bundle.paths.runDir, ...change,
  };
  return { id: bundle.id, name: "test", config, state: { status: "created" } };
}

/** Private namespaces, no files and no mounts, unless changed. */
export function testInput(bundle: TestBundle, command: readonly string[], change: Partial<ContainerConfig> = {}, input: Partial<SpecInput> = {}): SpecInput {
  const kind = "new" as const;
  return {
    record: testRecord(bundle, command, change), config: testConfig(), rootfs: bundle.root, mounts: [], files: {},
    namespaces: { network: { kind }, pid: { kind }, ipc: { kind }, uts: { kind }, cgroup: { kind: "host" }, user: { kind: "host" } }, ...input,
  };
}
