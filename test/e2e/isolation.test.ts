/**
 * Isolation, read back: what was asked for is what the kernel says, from inside the container, from /proc and from the cgroup's files.
 * Holds on cgroup v1 (this machine's) and on v2 (test/vm runs it there).
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { busybox, withEngine, type TestEngine } from "../harness/engine.ts";
import { startService } from "../harness/service.ts";

const isUnified = existsSync("/sys/fs/cgroup/cgroup.controllers");
const none = ["--network", "none"] as const;
const defaultCaps = "00000000800405fb";

/** Runs a shell in a new container with these flags. */
const shell = async (engine: TestEngine, flags: readonly string[], script: string): Promise<string> => engine.ok("run", "--rm", ...none, ...flags, busybox, "sh", "-c", script);

/** A program of 150 bytes (x86-64) that makes one system call without arguments and exits with its errno. */
function writeCaller(engine: TestEngine, number: number): string {
  const code = Buffer.from("b80000000031ff31f631d24531d24531c00f05f7d889c7b83c0000000f05", "hex");
  code.writeUInt32LE(number, 1);
  const header = Buffer.alloc(120);
  header.set(Buffer.from("7f454c46020101000000000000000000", "hex"));
  header.writeUInt16LE(2, 16); header.writeUInt16LE(62, 18); header.writeUInt32LE(1, 20); header.writeBigUInt64LE(0x400078n, 24); header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(64, 52); header.writeUInt16LE(56, 54); header.writeUInt16LE(1, 56);
  header.writeUInt32LE(1, 64); header.writeUInt32LE(5, 68); header.writeBigUInt64LE(0x400000n, 80); header.writeBigUInt64LE(0x400000n, 88);
  for (const offset of [96, 104]) header.writeBigUInt64LE(BigInt(120 + code.length), offset);
  header.writeBigUInt64LE(0x1000n, 112);
  const path = join(engine.dir, "call");
  writeFileSync(path, Buffer.concat([header, code]), { mode: 0o755 });
  return path;
}

/** Lines of /proc/self/status by name. */
function fields(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split("\n").map((line) => [line.split(":")[0] ?? "", line.slice(line.indexOf(":") + 1).trim()]));
}
const status = async (engine: TestEngine, ...flags: readonly string[]): Promise<Readonly<Record<string, string>>> => fields(await shell(engine, flags, "cat /proc/self/status"));

/** A file of the container's own cgroup, seen from outside; undefined where this kernel has none. */
function cgroupFile(pid: number, id: string, controller: string, name: string): string | undefined {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n").map((line) => line.split(":"));
  const [, , ...path] = lines.find(([number, names = ""]) => (isUnified ? number === "0" : names.split(",").includes(controller))) ?? [];
  let directory = join("/sys/fs/cgroup", isUnified ? "" : controller, path.join(":"));
  // The runtime may put the processes one deeper than the limits.
  while (!basename(directory).includes(id) && directory.length > "/sys/fs/cgroup".length) directory = dirname(directory);
  const file = join(directory, name);
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}
const disk = (): string | undefined => readdirSync("/sys/block").filter((name) => /^[vs]d[a-z]$|^nvme\d+n\d+$/.test(name) && existsSync(`/dev/${name}`)).map((name) => `/dev/${name}`)[0];
const numbers = (device: string): string => readFileSync(`/sys/block/${basename(device)}/dev`, "utf8").trim();

async function started(engine: TestEngine, name: string, ...flags: readonly string[]): Promise<{ readonly pid: number; readonly id: string }> {
  const id = await engine.ok("run", "-d", "--name", name, ...none, ...flags, busybox, "sleep", "1000");
  return { id, pid: Number(await engine.ok("inspect", "--format", "{{.State.Pid}}", name)) };
}

withEngine("isolation", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); }, 60_000);
  const run = async (flags: readonly string[], script: string): Promise<string> => shell(engine, flags, script);

  describe("limits", () => {
    let limited: { readonly pid: number; readonly id: string };
    const device = disk();
    beforeAll(async () => {
      limited = await started(engine, "limited", "--cpu-shares", "512", "--cpu-period", "50000", "--cpu-quota", "25000", "--cpuset-cpus", "0", "--cpuset-mems", "0", "--memory", "64m", "--memory-swap", "96m", "--memory-reservation", "32m",
        ...(isUnified ? [] : ["--memory-swappiness", "42", "--oom-kill-disable"]), "--pids-limit", "77", "--oom-score-adj", "321",
        ...(device === undefined ? [] : ["--device-read-bps", `${device}:1mb`, "--device-write-bps", `${device}:2mb`, "--device-read-iops", `${device}:100`, "--device-write-iops", `${device}:200`]));
    });
    afterAll(async () => { await engine.ok("rm", "-f", "-t", "0", "limited"); });
    const file = (controller: string, name: string): string | undefined => cgroupFile(limited.pid, limited.id, controller, name);

    test("processor", () => {
      if (isUnified) {
        // The formula from shares to weights changed in crun 1.23.
        expect(["20", "59"]).toContain(file("cpu", "cpu.weight") ?? "");
        expect(file("cpu", "cpu.max")).toBe("25000 50000");
      } else expect([file("cpu", "cpu.shares"), file("cpu", "cpu.cfs_period_us"), file("cpu", "cpu.cfs_quota_us")]).toEqual(["512", "50000", "25000"]);
      expect([file("cpuset", "cpuset.cpus"), file("cpuset", "cpuset.mems")]).toEqual(["0", "0"]);
    });

    test("memory", () => {
      const mib = 1024 * 1024;
      if (isUnified) expect([file("memory", "memory.max"), file("memory", "memory.swap.max"), file("memory", "memory.low")].map(Number)).toEqual([64 * mib, 32 * mib, 32 * mib]);
      else {
        expect([file("memory", "memory.limit_in_bytes"), file("memory", "memory.memsw.limit_in_bytes"), file("memory", "memory.soft_limit_in_bytes")].map(Number)).toEqual([64 * mib, 96 * mib, 32 * mib]);
        expect([file("memory", "memory.swappiness"), file("memory", "memory.oom_control")?.split("\n")[0]]).toEqual(["42", "oom_kill_disable 1"]);
      }
      expect(readFileSync(`/proc/${limited.pid}/oom_score_adj`, "utf8")).toBe("321\n");
    });

    test("processes and disks", () => {
      expect(file("pids", "pids.max")).toBe("77");
      if (device === undefined) return;
      const at = numbers(device);
      if (isUnified) expect(file("io", "io.max")).toBe(`${at} rbps=1048576 wbps=2097152 riops=100 wiops=200`);
      else expect(["read_bps", "write_bps", "read_iops", "write_iops"].map((kind) => file("blkio", `blkio.throttle.${kind}_device`))).toEqual([`${at} 1048576`, `${at} 2097152`, `${at} 100`, `${at} 200`]);
    });

    test("update changes them while it runs", async () => {
      await engine.ok("update", "--cpu-shares", "256", "--memory", "80m", "--memory-swap", "120m", "--pids-limit", "55", "limited");
      expect(file("pids", "pids.max")).toBe("55");
      expect(Number(file("memory", isUnified ? "memory.max" : "memory.limit_in_bytes"))).toBe(80 * 1024 * 1024);
      if (!isUnified) expect(file("cpu", "cpu.shares")).toBe("256");
      const cpu = (): readonly (string | undefined)[] => (isUnified ? (file("cpu", "cpu.max") ?? "").split(" ") : [file("cpu", "cpu.cfs_quota_us"), file("cpu", "cpu.cfs_period_us")]);
      await engine.ok("update", "--cpus", "0.4", "limited");
      expect(cpu()).toEqual(["40000", "100000"]);
      await engine.ok("update", "--cpu-quota", "30000", "limited");
      expect(cpu()).toEqual(["30000", "100000"]);
    });
  });

  test("a limit of processes and one of memory hold", async () => {
    expect((await engine.run(["run", "--rm", ...none, "--pids-limit", "5", busybox, "sh", "-c", "for i in 1 2 3 4 5 6 7 8; do sleep 3 & done"])).stderr).toContain("can't fork");
    const { status: code } = await engine.run(["run", "--name", "hungry", ...none, "--memory", "12m", "--memory-swap", "12m", busybox, "sh", "-c", "x=a; while :; do x=$x$x; done"]);
    expect(code).toBe(137);
    expect(await engine.ok("inspect", "--format", "{{.State.OOMKilled}}", "hungry")).toBe("true");
    await engine.ok("rm", "hungry");
  });

  test("huge pages and files of cgroup v2 over the API", async () => {
    const service = await startService(engine);
    try {
      const body = { name: "huge", image: busybox, command: ["sleep", "1000"], netns: { nsmode: "none" }, resource_limits: { hugepageLimits: [{ pageSize: "2MB", limit: 4 * 1024 * 1024 }] }, ...(isUnified ? { unified: { "memory.high": "50000000" } } : {}) };
      const made = await fetch("http://d/v5.0.0/libpod/containers/create", { method: "POST", unix: service.path, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
      const { Id = "" } = await made.json() as { Id?: string };
      await engine.ok("start", "huge");
      const pid = Number(await engine.ok("inspect", "--format", "{{.State.Pid}}", "huge"));
      expect([cgroupFile(pid, Id, "hugetlb", isUnified ? "hugetlb.2MB.max" : "hugetlb.2MB.limit_in_bytes"), undefined].includes("4194304")).toBe(true);
      if (isUnified) expect(cgroupFile(pid, Id, "memory", "memory.high")).toBe("49999872");
      await engine.ok("rm", "-f", "-t", "0", "huge");
    } finally { await service.stop(); }
  });

  test("capabilities: defaults, added, dropped, of a user; inheritable ones only where they are asked for", async () => {
    const zero = "0000000000000000";
    expect(await status(engine)).toMatchObject({ CapInh: zero, CapPrm: defaultCaps, CapEff: defaultCaps, CapBnd: defaultCaps, CapAmb: zero, NoNewPrivs: "0", Seccomp: "2", Umask: "0022", Groups: "" });
    expect(await status(engine, "--cap-drop", "all")).toMatchObject({ CapInh: zero, CapPrm: zero, CapEff: zero, CapBnd: zero, CapAmb: zero });
    expect(await status(engine, "--cap-add", "sys_time", "--cap-drop", "chown,CAP_KILL")).toMatchObject({ CapInh: zero, CapPrm: "00000000820405da", CapBnd: "00000000820405da", CapAmb: zero });
    expect(await status(engine, "--user", "1000")).toMatchObject({ CapInh: zero, CapPrm: zero, CapEff: zero, CapBnd: defaultCaps, CapAmb: zero, Uid: "1000\t1000\t1000\t1000" });
    expect(await status(engine, "--user", "1000", "--cap-add", "net_admin")).toMatchObject({ CapInh: "0000000000001000", CapPrm: "0000000000001000", CapAmb: "0000000000001000" });
    const own = fields(readFileSync("/proc/self/status", "utf8"));
    expect(await status(engine, "--privileged")).toMatchObject({ CapInh: zero, CapBnd: own["CapBnd"], Seccomp: "0" });
  });

  test("exec has what the container has, and no more", async () => {
    await started(engine, "held", "--cap-drop", "chown", "--security-opt", "no-new-privileges", "--group-add", "4242", "--umask", "0077");
    const of = async (...flags: readonly string[]): Promise<Readonly<Record<string, string>>> => fields(await engine.ok("exec", ...flags, "held", "cat", "/proc/self/status"));
    expect(await of()).toMatchObject({ CapInh: "0000000000000000", CapBnd: "00000000800405fa", CapEff: "00000000800405fa", NoNewPrivs: "1", Seccomp: "2", Groups: "0 4242", Umask: "0077" });
    expect(await of("--user", "1000")).toMatchObject({ CapInh: "0000000000000000", CapEff: "0000000000000000", CapPrm: "0000000000000000", NoNewPrivs: "1" });
    expect((await of("--privileged"))["CapBnd"]).toBe(fields(readFileSync("/proc/self/status", "utf8"))["CapBnd"]);
    await engine.ok("rm", "-f", "-t", "0", "held");
  });

  test("seccomp: a call that is not allowed fails, unconfined it passes, a profile decides by itself", async () => {
    if (process.arch === "x64") {
      // kcmp(2): the kernel knows no process 0 (ESRCH); the default profile asks for CAP_SYS_PTRACE before that (EPERM).
      const call = ["-v", `${writeCaller(engine, 312)}:/call:ro`] as const;
      expect(await run([...call], "/call; echo $?")).toBe("1");
      expect(await run([...call, "--cap-add", "sys_ptrace"], "/call; echo $?")).toBe("3");
      expect(await run([...call, "--security-opt", "seccomp=unconfined"], "grep Seccomp: /proc/self/status; /call; echo $?")).toBe("Seccomp:\t0\n3");
    }
    const profile = join(engine.dir, "profile.json");
    writeFileSync(profile, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["chmod", "fchmodat", "fchmodat2", "fchmod"], action: "SCMP_ACT_ERRNO", errnoRet: 28 }] }));
    expect(await run(["--security-opt", `seccomp=${profile}`], "touch /f; chmod 600 /f 2>&1; grep Seccomp: /proc/self/status")).toBe("chmod: /f: No space left on device\nSeccomp:\t2");
  });

  test("kernel files: masked, unmasked, read-only; options of /proc", async () => {
    const [hidden = "", other = ""] = ["/proc/keys", "/proc/timer_list", "/proc/interrupts", "/proc/kcore"].filter((path) => existsSync(path));
    const look = `for f in ${hidden} ${other} /proc/version; do [ -c $f ] && echo masked || echo seen; done; grep -c ' /proc/sys proc ro' /proc/self/mounts; (echo 1 > /proc/sys/kernel/domainname) 2>/dev/null && echo written || echo refused`;
    expect(await run([], `${look}; ls /sys/firmware | wc -l`)).toBe("masked\nmasked\nseen\n1\nrefused\n0");
    expect(await run(["--security-opt", `unmask=${hidden}:/proc/sys`, "--security-opt", "mask=/proc/version"], look)).toBe("seen\nmasked\nmasked\n0\nwritten");
    expect(await run(["--security-opt", "unmask=ALL"], "grep -c ' /proc/' /proc/self/mounts || true")).toBe("0");
    expect(await run(["--security-opt", "proc-opts=hidepid=2,nosuid"], "grep ' /proc ' /proc/self/mounts")).toMatch(/hidepid=(?:2|invisible)/);
  });

  test("read-only roots, with and without writable places", async () => {
    const script = "for d in / /tmp /run /var/tmp /dev/shm /dev; do touch $d/x 2>/dev/null && echo $d; done; true";
    expect((await run(["--read-only"], script)).split("\n")).toEqual(["/tmp", "/run", "/var/tmp", "/dev/shm", "/dev"]);
    expect(await run(["--read-only", "--read-only-tmpfs=false"], script)).toBe("");
  });

  test("namespaces: own ones, the host's, another container's", async () => {
    const kinds = ["pid", "net", "ipc", "uts", "mnt", "user", "cgroup"] as const;
    const host = Object.fromEntries(kinds.map((kind) => [kind, readlinkSync(`/proc/self/ns/${kind}`)]));
    const inside = async (...flags: readonly string[]): Promise<Readonly<Record<string, string>>> => {
      const text = await engine.ok("run", "--rm", ...flags, busybox, "sh", "-c", `for n in ${kinds.join(" ")}; do echo $n $(readlink /proc/self/ns/$n); done`);
      return Object.fromEntries(text.split("\n").map((line) => line.split(" ") as [string, string]));
    };
    const shared = (found: Readonly<Record<string, string>>, other: Readonly<Record<string, string | undefined>>): string => kinds.filter((kind) => found[kind] === other[kind]).join(" ");
    expect(shared(await inside(...none), host)).toBe(isUnified ? "user" : "user cgroup");
    expect(shared(await inside("--pid", "host", "--network", "host", "--ipc", "host", "--uts", "host", "--cgroupns", "host"), host)).toBe("pid net ipc uts user cgroup");
    expect(shared(await inside(...none, "--cgroupns", "private", "--uidmap", "0:100000:1000"), host)).toBe("");
    const { pid } = await started(engine, "joined");
    const other = Object.fromEntries(kinds.map((kind) => [kind, readlinkSync(`/proc/${pid}/ns/${kind}`)]));
    expect(shared(await inside("--pid", "container:joined", "--network", "container:joined", "--ipc", "container:joined", "--uts", "container:joined"), other)).toBe(isUnified ? "pid net ipc uts user" : "pid net ipc uts user cgroup");
    await engine.ok("rm", "-f", "-t", "0", "joined");
  });

  test("ids are mapped, inside and outside", async () => {
    const { pid } = await started(engine, "mapped", "--uidmap", "0:100000:5000", "--gidmap", "0:200000:6000");
    expect([readFileSync(`/proc/${pid}/uid_map`, "utf8"), readFileSync(`/proc/${pid}/gid_map`, "utf8")].map((text) => text.trim().split(/\s+/).join(" "))).toEqual(["0 100000 5000", "0 200000 6000"]);
    expect([statSync(`/proc/${pid}`).uid, statSync(`/proc/${pid}`).gid]).toEqual([100_000, 200_000]);
    expect(await engine.ok("exec", "mapped", "sh", "-c", "id -u; stat -c %u:%g /etc/passwd /etc/hosts; grep -h -c . /proc/self/setgroups")).toBe("0\n0:0\n0:0\n1");
    await engine.ok("rm", "-f", "-t", "0", "mapped");
  });

  test("ulimits, sysctls, groups, umask", async () => {
    expect(await run(["--ulimit", "nofile=100:200", "--ulimit", "core=0", "--ulimit", "memlock=65536"], "ulimit -Sn; ulimit -Hn; ulimit -c; ulimit -l")).toBe("100\n200\n0\n64");
    expect(await run(["--sysctl", "net.ipv4.ip_forward=1", "--sysctl", "kernel.msgmax=4321", "--sysctl", "fs.mqueue.msg_max=20"], "cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax /proc/sys/fs/mqueue/msg_max")).toBe("1\n4321\n20");
    expect(await run(["--user", "user", "--group-add", "4242,nogroup"], "id -G")).toBe("1000 4242 65534");
    expect(await run(["--umask", "0027"], "umask; mkdir /d; stat -c %a /d")).toBe("0027\n750");
  });

  test("devices: only the given ones, with the given access; rules for what is made later", async () => {
    const open = "(: < $D) 2>/dev/null && echo read; (: > $D) 2>/dev/null && echo written; true";
    const make = `mknod /f c 10 229; D=/f; ${open}`;
    expect(await run(["--cap-add", "mknod"], make)).toBe("");
    expect(await run(["--cap-add", "mknod", "--device-cgroup-rule", "c 10:229 rwm"], make)).toBe("read\nwritten");
    expect(await run(["--device", "/dev/fuse:/dev/f:r"], `D=/dev/f; ${open}`)).toBe("read");
    expect(await run(["--device", "/dev/fuse"], `D=/dev/fuse; ${open}`)).toBe("read\nwritten");
    expect(await run([], "ls /dev | tr '\\n' ' '")).toBe("core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero ");
  });
});

withEngine("isolation of a user", { user: true, needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); }, 60_000);

  test("capabilities, seccomp, privileges, files, limits of the process", async () => {
    expect(await status(engine)).toMatchObject({ CapInh: "0000000000000000", CapEff: defaultCaps, CapBnd: defaultCaps, CapAmb: "0000000000000000", Seccomp: "2", NoNewPrivs: "0" });
    expect(await status(engine, "--user", "1000", "--security-opt", "no-new-privileges")).toMatchObject({ CapEff: "0000000000000000", CapPrm: "0000000000000000", NoNewPrivs: "1" });
    expect(await shell(engine, ["--read-only"], "touch /x 2>/dev/null || echo refused; [ -c /proc/keys ] && echo masked; true")).toBe("refused\nmasked");
    expect(await shell(engine, ["--ulimit", "nofile=100:200", "--sysctl", "net.ipv4.ip_forward=1", "--umask", "0077"], "ulimit -Sn; ulimit -Hn; cat /proc/sys/net/ipv4/ip_forward; umask")).toBe("100\n200\n1\n0077");
    expect(await shell(engine, ["--group-add", "4242"], "id -G")).toBe("0 4242");
  });

  test("the user outside is nobody inside but root", async () => {
    const { pid } = await started(engine, "mine");
    expect(statSync(`/proc/${pid}`).uid).toBe(61_001);
    expect(readlinkSync(`/proc/${pid}/ns/user`)).not.toBe(readlinkSync("/proc/self/ns/user"));
    await engine.ok("rm", "-f", "-t", "0", "mine");
  });

  test("limits hold where the machine lets a user set them, and are told where not", async () => {
    const { status: code, stderr, stdout } = await engine.run(["run", "-d", "--name", "small", ...none, "--memory", "50m", "--pids-limit", "40", busybox, "sleep", "1000"]);
    expect(code).toBe(0);
    const pid = Number(await engine.ok("inspect", "--format", "{{.State.Pid}}", "small"));
    if (isUnified) expect([cgroupFile(pid, stdout.trim(), "memory", "memory.max"), cgroupFile(pid, stdout.trim(), "pids", "pids.max")]).toEqual(["52428800", "40"]);
    else expect(stderr).toContain("Resource limits are not supported and ignored on cgroups V1 rootless systems");
    await engine.ok("rm", "-f", "-t", "0", "small");
  });
});
