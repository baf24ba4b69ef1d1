/** CDI devices, and what else a container gets from flags that hardly anybody uses. */
import { beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, program, withEngine, type TestEngine } from "../harness/engine.ts";
import { startService } from "../harness/service.ts";

const none = ["--network", "none"] as const;

/** The program as a client: the engine's own global flags mean nothing there. */
async function remote(...args: readonly string[]): Promise<void> {
  const child = Bun.spawn([program, ...args], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stderr, status] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (status !== 0) throw new Error(`podman ${args.join(" ")}: status ${status}\n${stderr}`);
}

/** A kind of device of every sort that needs no hardware. */
function writeSpecs(engine: TestEngine): string {
  const directory = join(engine.dir, "cdi");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(engine.dir, "shown"), "from the host");
  writeFileSync(join(directory, "vendor.json"), JSON.stringify({
    cdiVersion: "0.6.0", kind: "vendor.com/device", containerEdits: { env: ["KIND=vendor"] },
    devices: [
      { name: "null", containerEdits: { env: ["ONE=1", "PATH=/cdi:/bin"], deviceNodes: [{ path: "/dev/one", hostPath: "/dev/null" }], mounts: [{ hostPath: join(engine.dir, "shown"), containerPath: "/shown", options: ["ro", "rbind", "rprivate"] }] } },
      { name: "made:up", containerEdits: { deviceNodes: [{ path: "/dev/two", type: "c", major: 10, minor: 229, permissions: "r" }], additionalGids: [4242] } },
      { name: "gone", containerEdits: { deviceNodes: [{ path: "/dev/no-such-node" }] } },
    ],
  }));
  writeFileSync(join(directory, "gpu.yaml"), ["cdiVersion: 0.5.0", "kind: amd.com/gpu", "devices:", "- name: all", "  containerEdits:", "    env: [GPU=amd]", "- name: 0", "  containerEdits: {env: [GPU=first]}", ""].join("\n"));
  writeFileSync(join(directory, "broken.yaml"), "kind: [");
  return directory;
}

for (const user of [false, true]) {
  withEngine(`CDI devices${user ? " of a user" : ""}`, { user, needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
    let cdi: readonly string[] = [];
    beforeAll(async () => { await engine.useImage(); cdi = ["--cdi-spec-dir", writeSpecs(engine)]; }, 60_000);

    test("nodes, mounts and variables of the device, and those of its kind", async () => {
      const shell = "echo $KIND $ONE $PATH; cat /shown; [ -c /dev/one ] && echo; echo x > /dev/one && echo written";
      expect(await engine.ok(...cdi, "run", "--rm", ...none, "--device", "vendor.com/device=null", busybox, "/bin/sh", "-c", shell)).toBe("vendor 1 /cdi:/bin\nfrom the host\nwritten");
    });

    test("GPUs are of the vendor that the machine has", async () => {
      expect(await engine.ok(...cdi, "run", "--rm", ...none, "--gpus", "all", busybox, "/bin/sh", "-c", "echo $GPU")).toBe("amd");
      expect(await engine.ok(...cdi, "run", "--rm", ...none, "--gpus", "0", busybox, "/bin/sh", "-c", "echo $GPU")).toBe("first");
    });

    test("an unknown device fails the start and says where was looked", async () => {
      const text = await engine.fails(126, ...cdi, "run", "--rm", ...none, "--device", "vendor.com/device=absent", busybox, "true");
      expect(text).toContain("setting up CDI devices: unresolvable CDI devices vendor.com/device=absent");
      expect(text).toContain("broken.yaml");
      expect(await engine.fails(127, ...cdi, "run", "--rm", ...none, "--device", "vendor.com/device=gone", busybox, "true")).toContain('failed to stat CDI host device "/dev/no-such-node"');
      expect(await engine.fails(126, "--cdi-spec-dir", engine.dir, "run", "--rm", ...none, "--gpus", "all", busybox, "true")).toContain("could not discover GPU vendor");
      expect(await engine.ok("ps", "-aq")).toBe("");
    });
  });
}

withEngine("devices by rule and by name", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); writeSpecs(engine); writeFileSync(join(engine.dir, "containers.conf"), `[engine]\nevents_logger = "file"\ncdi_spec_dirs = ["${engine.dir}/cdi"]\n[containers]\nlog_driver = "k8s-file"\n`); }, 60_000);

  test("a described node exists without the host's, with its permissions and its group", async () => {
    expect(await engine.ok("run", "--rm", ...none, "--device", "vendor.com/device=made:up", busybox, "sh", "-c", "id -G; : < /dev/two && echo opened; (: > /dev/two) 2> /dev/null || echo refused")).toBe("0 4242\nopened\nrefused");
  });

  test("Docker's clients ask for them too", async () => {
    const service = await startService(engine);
    try {
      const create = async (host: object): Promise<string> => {
        const answer = await fetch("http://d/v1.44/containers/create", { method: "POST", unix: service.path, headers: { "content-type": "application/json" }, body: JSON.stringify({ Image: busybox, Cmd: ["sh", "-c", "echo $KIND $GPU"], HostConfig: { NetworkMode: "none", ...host } }) });
        const { Id, message } = await answer.json() as { Id?: string; message?: string };
        if (Id === undefined) return message ?? "";
        const text = await engine.ok("start", "--attach", Id);
        await engine.ok("rm", Id);
        return text;
      };
      expect(await create({ DeviceRequests: [{ Driver: "cdi", DeviceIDs: ["vendor.com/device=null"] }] })).toBe("vendor");
      expect(await create({ Devices: [{ PathOnHost: "vendor.com/device=null", PathInContainer: "vendor.com/device=null", CgroupPermissions: "rwm" }] })).toBe("vendor");
      expect(await create({ DeviceRequests: [{ Driver: "", Count: -1, Capabilities: [["gpu"]] }] })).toBe("amd");
      expect(await create({ DeviceRequests: [{ Driver: "nvidia", DeviceIDs: ["0"], Capabilities: [["gpu"]] }] })).toBe("first");
      expect(await create({ DeviceRequests: [{ Driver: "tpu", Count: 1, Capabilities: [["tpu"]] }] })).toContain('could not select device driver "tpu" with capabilities: [["tpu"]]');
    } finally { await service.stop(); }
  });

  test("libpod's clients: device, GPUs, personality, chroot directories, class of service", async () => {
    const service = await startService(engine, ["--time", "0"], "libpod.sock");
    try {
      await remote("--url", service.url, "create", "--name", "all", ...none, "--device", "vendor.com/device=made:up", "--gpus", "all", "--personality", "LINUX32", "--chrootdirs", "/jail", "--rdt-class", "COS1", busybox, "true");
      const [shown] = JSON.parse(await engine.ok("inspect", "all")) as readonly { readonly Config: { readonly ChrootDirs?: readonly string[] }; readonly HostConfig: { readonly IntelRdtClosID?: string; readonly Devices: readonly unknown[] } }[];
      expect([shown?.Config.ChrootDirs, shown?.HostConfig.IntelRdtClosID, shown?.HostConfig.Devices]).toEqual([["/jail"], "COS1", []]);
      await engine.ok("rm", "all");
    } finally { await service.stop(); }
  });

  test("--personality changes what uname says", async () => {
    const machine = ["run", "--rm", ...none] as const;
    expect(await engine.ok(...machine, "--personality", "LINUX32", busybox, "uname", "-m")).toMatch(/^(?:i686|armv8l)$/);
    expect(await engine.ok(...machine, "--personality", "LINUX", busybox, "uname", "-m")).not.toBe("i686");
    expect(await engine.fails(126, ...machine, "--personality", "OS2", busybox, "true")).toContain("OS2");
  });

  test("--chrootdirs shows the container's names there too", async () => {
    expect(await engine.ok("run", "--rm", "--chrootdirs", "/jail,with comma", "--network", "host", busybox, "sh", "-c", "for f in hosts resolv.conf; do cmp /etc/$f '/jail,with comma/etc/'$f && echo same; done")).toBe("same\nsame");
  });

  test("--rdt-class where the kernel has none fails the start", async () => {
    expect(await engine.fails(126, "run", "--rm", ...none, "--rdt-class", "COS1", busybox, "true")).toMatch(/resctrl/i);
  });

  test("update --ulimit counts from the next start", async () => {
    await engine.ok("run", "-d", "--name", "limited", ...none, busybox, "sh", "-c", "ulimit -n; exec sleep 1000");
    const now = async (): Promise<string> => engine.ok("exec", "limited", "sh", "-c", "ulimit -n");
    const before = await now();
    await engine.ok("update", "--ulimit", "nofile=512:1024", "--ulimit", "nproc=77", "limited");
    await engine.ok("restart", "-t", "0", "limited");
    expect((await engine.ok("logs", "limited")).split("\n")).toEqual([before, "512"]);
    expect(await engine.ok("inspect", "--format", "{{range .HostConfig.Ulimits}}{{.Name}}={{.Soft}}:{{.Hard}} {{end}}", "limited")).toBe("RLIMIT_NOFILE=512:1024 RLIMIT_NPROC=77:77 ");
    expect(await engine.fails(125, "update", "--ulimit", "nofile:5", "limited")).toContain("invalid ulimit argument");
    await engine.ok("rm", "-f", "-t", "0", "limited");
  });
});
