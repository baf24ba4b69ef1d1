import { describe, expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "./load.ts";
import { makeSandbox } from "./testing/sandbox.ts";

describe("loadConfig without files", () => {
  test("root gets the system's places and podman's defaults", () => {
    using box = makeSandbox();
    const config = loadConfig({}, box.env, box.root);
    expect(config.storage).toMatchObject({ graphRoot: "/var/lib/containers/storage", runRoot: "/run/containers/storage", additionalImageStores: [], transient: false });
    expect(config.paths).toMatchObject({ tmpDir: "/run/libpod", netnsDir: "/run/netns", exitDir: "/run/libpod/exits", volumePath: "/var/lib/containers/storage/volumes" });
    expect(config.containers).toMatchObject({ pidsLimit: 2048, shmSizeBytes: 65_536_000, umask: "0022", cgroupns: "private", netns: "private", logDriver: "k8s-file" });
    expect(config.containers.defaultCapabilities).toHaveLength(11);
    expect(config.engine).toMatchObject({ cgroupManager: "cgroupfs", eventsLogger: "file", detachKeys: "ctrl-p,ctrl-q", stopTimeoutSeconds: 10, lockType: "shm" });
    expect(config.network).toMatchObject({ defaultSubnet: "10.88.0.0/16", networkConfigDir: join(box.dir, "etc/networks") });
  });

  test("a user gets places of his own, and no default pids limit without delegation", () => {
    using box = makeSandbox();
    const config = loadConfig({}, box.env, box.user);
    expect(config.storage).toMatchObject({ graphRoot: join(box.dir, "home/.local/share/containers/storage"), runRoot: join(box.dir, "run/containers") });
    expect(config.paths).toMatchObject({ tmpDir: join(box.dir, "run/libpod/tmp"), netnsDir: join(box.dir, "run/netns") });
    expect(config.network.networkConfigDir).toBe(join(config.storage.graphRoot, "networks"));
    expect(config.containers.pidsLimit).toBe(0);
    expect(statSync(join(box.dir, "run/libpod")).mode & 0o7777).toBe(0o1700);
  });

  test("rootless systemd without a session bus falls back, and says so", () => {
    using box = makeSandbox();
    const config = loadConfig({}, box.env, { ...box.user, systemd: true });
    expect(config.engine.cgroupManager).toBe("cgroupfs");
    expect(config.warnings.at(-1)).toBe("Falling back to --cgroup-manager=cgroupfs");
    box.write("run/bus", "");
    expect(loadConfig({}, box.env, { ...box.user, systemd: true })).toMatchObject({ engine: { cgroupManager: "systemd" }, containers: { pidsLimit: 2048 }, warnings: [] });
  });
});

describe("containers.conf", () => {
  test("later files win; drop-ins in order of name; the override variable last", () => {
    using box = makeSandbox();
    box.write("share/containers.conf", '[containers]\npids_limit = 1\numask = "0001"\n');
    box.write("etc/containers.conf", "[containers]\npids_limit = 2\n");
    box.write("etc/containers.conf.d/20.conf", "[containers]\npids_limit = 4\n");
    box.write("etc/containers.conf.d/10.conf", "[containers]\npids_limit = 3\n");
    box.write("etc/containers.conf.d/30.conf.bak", "[containers]\npids_limit = 99\n");
    expect(loadConfig({}, box.env, box.root).containers).toMatchObject({ pidsLimit: 4, umask: "0001" });
    box.write("home/.config/containers/containers.conf", "[containers]\npids_limit = 5\n");
    expect(loadConfig({}, box.env, box.root).containers.pidsLimit).toBe(5);
    const override = box.write("override.conf", "[containers]\npids_limit = 7\n");
    const module = box.write("etc/containers.conf.modules/mine.conf", "[containers]\npids_limit = 6\n");
    expect(loadConfig({ modules: ["mine.conf"] }, box.env, box.root)).toMatchObject({ containers: { pidsLimit: 6 }, loadedModules: [module] });
    expect(loadConfig({ modules: ["mine.conf"] }, { ...box.env, CONTAINERS_CONF_OVERRIDE: override }, box.root).containers.pidsLimit).toBe(7);
  });

  test("CONTAINERS_CONF stands alone and must exist", () => {
    using box = makeSandbox();
    box.write("etc/containers.conf", "[containers]\npids_limit = 2\n");
    const only = box.write("only.conf", '[engine]\ndetach_keys = ""\n');
    expect(loadConfig({}, { ...box.env, CONTAINERS_CONF: only }, box.root)).toMatchObject({ containers: { pidsLimit: 2048 }, engine: { detachKeys: "" } });
    expect(() => loadConfig({}, { ...box.env, CONTAINERS_CONF: "/no/such" }, box.root)).toThrow("CONTAINERS_CONF file: faccessat /no/such: no such file or directory");
    expect(() => loadConfig({ modules: ["nope"] }, box.env, box.root)).toThrow(`parsing containers.conf: could not resolve module: open ${box.dir}/etc/containers.conf.modules/nope: no such file or directory\nopen `);
    expect(() => loadConfig({ cgroupManager: "foo" }, box.env, box.root)).toThrow("cgroup manager must be one of cgroupfs and systemd");
  });

  test("lists replace, unless a file says append; that holds for the files that follow", () => {
    using box = makeSandbox();
    const files = { "1": 'env = ["A=1"]', "2": 'env = ["B=2", {append=true}]', "3": 'env = ["C=3"]' };
    for (const [name, line] of Object.entries(files)) box.write(`etc/containers.conf.d/${name}.conf`, `[containers]\n${line}\n`);
    expect(loadConfig({}, box.env, box.root).containers.env).toEqual(["A=1", "B=2", "C=3"]);
    box.write("etc/containers.conf.d/4.conf", '[containers]\nenv = ["D=4", {append=false}]\n');
    expect(loadConfig({}, box.env, box.root).containers.env).toEqual(["D=4"]);
  });

  test("rootless overwrites of the administrator count for that user", () => {
    using box = makeSandbox();
    box.write("etc/containers.rootless.conf.d/1234/x.conf", '[containers]\numask = "0077"\n');
    expect(loadConfig({}, box.env, box.user).containers.umask).toBe("0077");
    expect(loadConfig({}, box.env, box.root).containers.umask).toBe("0022");
  });

  test("sizes, tables and flags arrive in the engine's shapes", () => {
    using box = makeSandbox();
    box.write("etc/containers.conf", [
      "[containers]", 'shm_size = "1g"', 'default_capabilities = ["chown", "CAP_KILL"]', "[engine]", 'events_logfile_max_size = "1m"',
      'runtimes_flags = { crun = ["debug"] }', "[engine.runtimes]", 'mine = ["/opt/mine"]', "[engine.service_destinations.vm]", 'uri = "ssh://core@h"',
      "[network]", 'default_subnet_pools = [{base = "10.100.0.0/16", size = 24}]',
    ].join("\n"));
    const config = loadConfig({ runtimeFlags: ["log-format=json"] }, box.env, box.root);
    expect(config.containers).toMatchObject({ shmSizeBytes: 1024 ** 3, defaultCapabilities: ["CAP_CHOWN", "CAP_KILL"] });
    expect(config.engine).toMatchObject({ eventsLogMaxSizeBytes: 1_000_000, runtimesFlags: ["--log-format=json"], runtimesFlagsByName: { crun: ["--debug"] }, runtimes: { mine: ["/opt/mine"] }, serviceDestinations: { vm: { uri: "ssh://core@h" } } });
    expect(config.engine.runtimes["crun"]).toContain("/usr/bin/crun");
    expect(config.network.defaultSubnetPools).toEqual([{ base: "10.100.0.0/16", size: 24 }]);
  });

  test.each([
    ["[containers]\npids_limit = \"many\"", 'key "containers.pids_limit": expected an integer, got "many"'],
    ["[containers]\nenv = \"A=1\"", 'key "containers.env": expected an array of strings, got "A=1"'],
    ["[containers]\nenv = [1]", 'key "containers.env": expected an array of strings'],
    ["[containers]\nenv = [{prepend=true}]", 'unsupported attribute "prepend"'],
    ["[containers]\nshm_size = \"big\"", 'key "containers.shm_size"'],
    ["containers = 1", 'key "containers": expected a table'],
    ["[containers\n", "at line"],
    ["[containers]\numask = \"9\"", "validating containers config: not a valid umask 9"],
    ["[containers]\nlog_size_max = 1", "log size max should be negative or >= 8192"],
    ["[containers]\ntz = \"Mars/North\"", "find timezone Mars/North in paths"],
    ["[engine]\ntmp_dir = \"here\"", 'temporary directory must be an absolute path - instead got "here"'],
    ["[engine]\npull_policy = \"maybe\"", 'invalid pull type from containers.conf "maybe"'],
    ["[engine.runtimes_flags]\nnone = [\"x\"]", 'invalid runtime "none" in [engine.runtimes_flags]'],
  ])("refuses %p and says where", (content, message) => {
    using box = makeSandbox();
    box.write("etc/containers.conf", content);
    expect(() => loadConfig({}, box.env, box.root)).toThrow(message);
  });

  test("unknown keys are told at debug level only; a comment with # in a string survives", () => {
    using box = makeSandbox();
    const file = box.write("etc/containers.conf", '# head\n[containers]\n  # more\nnew_thing = 1\nlog_tag = """\n# not a comment"""\n[future]\nx = 1\n');
    const config = loadConfig({}, box.env, box.root);
    expect(config.debug).toContain(`Failed to decode the keys ["containers.new_thing"] from "${file}".`);
    expect(config.containers.logTag).toBe("# not a comment");
  });
});

describe("storage", () => {
  test("options belong to the named driver; flags and variables replace them", () => {
    using box = makeSandbox();
    box.write("etc/storage.conf", '[storage]\ndriver = "overlay2"\n[storage.options]\nadditionalimagestores = ["/a", "/b"]\n[storage.options.overlay]\nmountopt = "nodev"\nmount_program = "/f"\n');
    expect(loadConfig({}, box.env, box.root).storage).toMatchObject({ driver: "overlay", additionalImageStores: ["/a", "/b"], mountOptions: "nodev", mountProgram: "/f", options: { "overlay.mountopt": "nodev" } });
    expect(loadConfig({ storageDriver: "vfs" }, box.env, box.root).storage).toMatchObject({ driver: "vfs", options: {}, additionalImageStores: [] });
    expect(loadConfig({ storageOpts: ["overlay.mountopt=nosuid"] }, box.env, box.root).storage.options).toEqual({ "overlay.mountopt": "nosuid" });
    expect(loadConfig({}, { ...box.env, STORAGE_OPTS: "overlay.size=1G", STORAGE_DRIVER: "vfs" }, box.root).storage).toMatchObject({ driver: "vfs", options: { "overlay.size": "1G" } });
  });

  test("--root moves what lies below it and leaves the run root", () => {
    using box = makeSandbox();
    const root = join(box.dir, "graph");
    const config = loadConfig({ root }, box.env, box.root);
    expect(config.storage).toMatchObject({ graphRoot: root, runRoot: "/run/containers/storage" });
    expect(config.paths).toMatchObject({ staticDir: join(root, "libpod"), volumePath: join(root, "volumes") });
    expect(() => loadConfig({ root, imagestore: root }, box.env, box.root)).toThrow("must either be not set or be a different than graphroot");
  });

  test("options count too when the driver is not named", () => {
    using box = makeSandbox();
    box.write("etc/storage.conf", `[storage]\ngraphroot = "${box.dir}/graph"\n[storage.options.overlay]\nmountopt = "nodev"\n`);
    expect(loadConfig({}, box.env, box.root).storage).toMatchObject({ driver: "overlay", options: { "overlay.mountopt": "nodev" } });
    expect(loadConfig({ root: join(box.dir, "other") }, box.env, box.root).storage.options).toEqual({});
  });

  test("the store's present driver is kept", () => {
    using box = makeSandbox();
    box.write("graph/vfs-images/images.json", "[]");
    expect(loadConfig({ root: join(box.dir, "graph") }, box.env, box.root).storage.driver).toBe("vfs");
  });

  test("a user's roots come from his own file or rootless_storage_path, never from root's", () => {
    using box = makeSandbox();
    box.write("etc/storage.conf", `[storage]\ndriver = "vfs"\ngraphroot = "/root-only"\nrootless_storage_path = "${box.dir}/pool/$UID"\n`);
    expect(loadConfig({}, box.env, box.user).storage).toMatchObject({ driver: "vfs", graphRoot: join(box.dir, "pool/1234") });
    box.write("home/.config/containers/storage.conf", '[storage]\ndriver = "overlay"\ngraphroot = "$HOME/mine"\n');
    expect(loadConfig({}, box.env, box.user).storage).toMatchObject({ driver: "overlay", graphRoot: join(box.dir, "home/mine"), runRoot: join(box.dir, "run/containers") });
    expect(() => loadConfig({}, { ...box.env, CONTAINERS_STORAGE_CONF: "/no/such" }, box.user)).toThrow("open /no/such: no such file or directory");
    expect(existsSync(join(box.dir, "pool"))).toBeFalse();
  });
});
