import { beforeAll, expect, test } from "bun:test";
import { closeSync, copyFileSync, mkdirSync, openSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";

withEngine("flags of run and create", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  test("--preserve-fds and --preserve-fd pass descriptors of the caller on", async () => {
    const image = await engine.useImage();
    await Bun.write(`${engine.dir}/passed`, "told\n");
    for (const [flag, from] of [["--preserve-fds=2", 4], ["--preserve-fd=4", 4]] as const) {
      const fd = openSync(`${engine.dir}/passed`, "r");
      const child = Bun.spawn([...engine.argv("run", "--rm", "--network", "none", flag, image, "sh", "-c", `cat <&${from}`)], { stdio: ["ignore", "pipe", "pipe", fd, fd] as never, env: engine.env, cwd: engine.dir });
      closeSync(fd);
      const [stdout, status] = await Promise.all([new Response(child.stdout as unknown as ReadableStream<Uint8Array>).text(), child.exited]);
      expect([flag, status, stdout]).toEqual([flag, 0, "told\n"]);
    }
  });

  const none = ["--network", "none"] as const;
  beforeAll(async () => { await engine.useImage(); }, 60_000);

  test("what the engine cannot do is refused at create, and nothing stays", async () => {
    const refused: (readonly [string, string[]])[] = [
      ["no pod with name or ID p found: no such pod", ["--pod", "p"]],
      ["new pod name must be at least one character", ["--pod", "new:"]],
      ["volume absent does not exist and nocreate option is set: no such volume", ["-v", "absent:/x:nocreate"]],
      ["no file paths matching glob \"/no-such-dir/*\"", ["--mount", "type=glob,src=/no-such-dir/*,dst=/x"]],
      ["mounts of type artifact are not supported yet", ["--mount", "type=artifact,src=a,dst=/x"]],
      ["sdnotify policy \"healthy\" requires a healthcheck to be set", ["--sdnotify", "healthy"]],
      ["looking up container \"absent\" for volumes-from", ["--volumes-from", "absent"]],
      ["cannot set shmsize when running in the", ["--ipc", "host", "--shm-size", "1m"]],
    ];
    for (const [message, flags] of refused) expect(await engine.fails(125, "create", ...none, ...flags, busybox, "true")).toContain(message);
    expect(await engine.ok("ps", "-aq")).toBe("");
  });

  test("--rootfs with a layer of its own leaves the directory as it is and is kept between starts", async () => {
    const root = join(engine.dir, "exploded");
    mkdirSync(join(root, "bin"), { recursive: true });
    copyFileSync("/bin/busybox", join(root, "bin/busybox"));
    for (const name of ["sh", "touch", "ls"]) symlinkSync("busybox", join(root, "bin", name));
    await engine.ok("create", "--name", "over", ...none, "--rootfs", `${root}:O`, "/bin/sh", "-c", "[ -e /made ] && exit 3; touch /made");
    for (const status of ["0", "3"]) {
      await engine.ok("start", "over");
      expect(await engine.ok("wait", "over")).toBe(status);
    }
    expect(readdirSync(root)).toEqual(["bin"]);
    await engine.ok("rm", "over");
  });

  test("--mount type=glob binds every path that matches", async () => {
    mkdirSync(join(engine.dir, "globbed"), { recursive: true });
    for (const name of ["a1", "a2", "b"]) writeFileSync(join(engine.dir, "globbed", name), "");
    expect(await engine.ok("run", "--rm", ...none, "--mount", `type=glob,src=${engine.dir}/globbed/a*,dst=/x`, busybox, "ls", "/x")).toBe("a1\na2");
  });

  test("--ipc: none has no /dev/shm, private is not joined", async () => {
    expect((await engine.run(["run", "--rm", ...none, "--ipc", "none", busybox, "ls", "/dev/shm"])).status).toBe(1);
    await engine.ok("create", "--name", "alone", "--ipc", "private", ...none, busybox, "true");
    expect(await engine.fails(125, "create", "--ipc", "container:alone", busybox, "true")).toContain("non-shareable IPC");
    await engine.ok("rm", "alone");
  });

  test("--ulimit host hands the caller's limits on", async () => {
    const own = Bun.spawnSync(["sh", "-c", "ulimit -n"]).stdout.toString().trim();
    expect(await engine.ok("run", "--rm", ...none, "--ulimit", "host", busybox, "sh", "-c", "ulimit -n")).toBe(own);
  });

  test("wait sees a change that comes while it waits", async () => {
    for (let round = 0; round < 3; round++) {
      await engine.ok("create", "--name", "later", ...none, busybox, "sleep", "100");
      const waited = engine.run(["wait", "--condition", "running", "later"]);
      await engine.ok("start", "later");
      expect((await waited).status).toBe(0);
      await engine.ok("rm", "-f", "-t", "0", "later");
    }
  });
});
