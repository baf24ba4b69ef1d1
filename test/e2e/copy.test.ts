/** `cp` between machine and containers in every state, over mounts, and through the archive endpoints. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { busybox, withEngine, type Result, type RunOptions, type TestEngine } from "../harness/engine.ts";
import { runRemote, startService, type Service } from "../harness/service.ts";
import { tar } from "../harness/tar.ts";

const none = ["--network", "none"] as const;

type Run = (args: readonly string[], options?: RunOptions) => Promise<Result>;

/** Works for any engine: as root, as a user, through a service. */
function copiesBothWays(engine: TestEngine, prefix: string, run: Run): void {
  const ok = async (...args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await run(args);
    if (status !== 0) throw new Error(`podman ${args.join(" ")}: status ${status}\n${stderr}${stdout}`);
    return stdout.trimEnd();
  };
  const folder = (): string => join(engine.dir, `${prefix}-host`);
  const running = `${prefix}-running`;
  const read = (...path: readonly string[]): string => readFileSync(join(folder(), ...path), "utf8");
  beforeAll(async () => {
    await engine.useImage();
    mkdirSync(join(folder(), "dir/sub"), { recursive: true });
    writeFileSync(join(folder(), "file"), "content");
    writeFileSync(join(folder(), "dir/sub/deep"), "deep");
    Bun.spawnSync(["chmod", "-R", "a+rwX", folder()]);
    await ok("run", "-d", "--name", running, ...none, "--workdir", "/home", "--tmpfs", "/scratch", "-v", `${prefix}-vol:/vol`, busybox, "sleep", "1000");
    await ok("create", "--name", `${prefix}-created`, ...none, "--workdir", "/home", "-v", `${prefix}-vol2:/vol`, busybox, "sh", "-c", "cat /home/named; cat /vol/file; cat /tmp/dir/sub/deep");
  }, 60_000);

  test("files and directories land where their ending says", async () => {
    for (const [from, to, path] of [
      ["file", "/", "/file"], ["file", "named", "/home/named"], ["file", "/scratch", "/scratch/file"], ["file", "/vol/", "/vol/file"], ["dir", "/tmp", "/tmp/dir/sub/deep"],
      ["dir/.", "/var", "/var/sub/deep"], ["dir", "/new1", "/new1/sub/deep"], ["dir/.", "/new2", "/new2/sub/deep"],
    ] as const) {
      await ok("cp", `${folder()}/${from}`, `${running}:${to}`);
      expect(await ok("exec", running, "cat", path)).toBe(from === "file" ? "content" : "deep");
    }
  });

  test("a container that never ran finds what was copied before", async () => {
    await ok("cp", join(folder(), "file"), `${prefix}-created:named`);
    await ok("cp", join(folder(), "file"), `${prefix}-created:/vol`);
    await ok("cp", join(folder(), "dir"), `${prefix}-created:/tmp`);
    expect(await ok("start", "--attach", `${prefix}-created`)).toBe("contentcontentdeep");
  });

  test("out of a container, running or not", async () => {
    await ok("exec", running, "sh", "-c", "mkdir -p /out/sub && echo a > /out/a && echo b > /out/sub/b && ln -s /out /link && echo t > /scratch/t");
    await ok("cp", `${running}:/out`, join(folder(), "fresh"));
    await ok("cp", `${running}:/link/.`, join(folder(), "content"));
    await ok("cp", `${running}:/scratch/t`, folder());
    await ok("cp", `${prefix}-created:/vol/file`, join(folder(), "fresh/a"));
    expect([read("fresh/sub/b"), read("content/a"), read("t"), read("fresh/a")]).toEqual(["b\n", "a\n", "t\n", "content"]);
  });

  test("from one container to another", async () => {
    await ok("exec", running, "sh", "-c", "mkdir -p /pair && echo p > /pair/p");
    await ok("cp", `${running}:/pair/.`, `${prefix}-created:/var/pair2`);
    await ok("cp", `${prefix}-created:/var/pair2`, `${running}:/tmp/`);
    expect(await ok("exec", running, "cat", "/tmp/pair2/p")).toBe("p");
  });

  test("archives from standard input and to standard output", async () => {
    const input = await run(["cp", "-", `${running}:/tmp`], { stdin: gzipSync(tar([{ name: "in/" }, { name: "in/x", content: "packed" }])) });
    expect(input.stderr).toBe("");
    expect(await ok("exec", running, "cat", "/tmp/in/x")).toBe("packed");
    writeFileSync(join(folder(), "out.tar"), (await run(["cp", `${running}:/tmp/in`, "-"])).stdout);
    expect(Bun.spawnSync(["tar", "-xOf", join(folder(), "out.tar"), "in/x"]).stdout.toString()).toBe("packed");
    const bad = await run(["cp", "-", `${running}:/tmp`], { stdin: "no archive" });
    expect(bad).toMatchObject({ status: 125, stderr: "Error: source must be a (compressed) tar archive when copying from stdin\n" });
  });

  test("what cannot be is refused in Podman's words", async () => {
    const says = async (...args: readonly string[]): Promise<string> => {
      const { status, stderr } = await run(["cp", ...args]);
      expect(status).toBe(125);
      return stderr;
    };
    const file = join(folder(), "file");
    expect(await says(file, `${running}:/no/such/`)).toContain(`Error: "/no/such/" could not be found on container ${running}: no such file or directory\n`);
    expect(await says(`${running}:/tmp/*`, folder())).toContain(`Error: "/tmp/*" could not be found on container ${running}`);
    expect(await says(join(folder(), "none"), `${running}:/`)).toContain("none\" could not be found on the host: no such file or directory");
    expect(await says(join(folder(), "dir"), `${running}:/etc/passwd`)).toContain("Error: destination must be a directory when copying a directory\n");
    expect(await says(file, "absent:/")).toContain("Error: container \"absent\" does not exist\n");
    await ok("exec", running, "mkdir", "-p", "/kinds/file");
    expect(await says(file, `${running}:/kinds`)).toMatch(/ error creating "\/kinds\/file": .*: file exists/);
    await ok("cp", "--overwrite", file, `${running}:/kinds`);
    expect(await ok("exec", running, "cat", "/kinds/file")).toBe("content");
  });
}

withEngine("cp as root", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  describe("at home", () => { copiesBothWays(engine, "local", engine.run); });

  test("owners: the container's user, or the archive's with -a=false", async () => {
    await engine.useImage();
    await engine.ok("run", "-d", "--name", "owned", "--user", "1000", ...none, busybox, "sleep", "1000");
    await engine.run(["cp", "-", "owned:/tmp"], { stdin: tar([{ name: "a", content: "", uid: 42, gid: 43 }]) });
    expect(await engine.ok("exec", "owned", "stat", "-c", "%u:%g", "/tmp/a")).toBe("1000:1000");
    await engine.run(["cp", "-a=false", "-", "owned:/tmp"], { stdin: tar([{ name: "a", content: "", uid: 42, gid: 43 }]) });
    expect(await engine.ok("exec", "owned", "stat", "-c", "%u:%g", "/tmp/a")).toBe("42:43");
    await engine.ok("cp", "owned:/tmp/a", join(engine.dir, "mine"));
    expect(statSync(join(engine.dir, "mine")).uid).toBe(0);
  });

  test("ids of its own: files belong to the container's root, on its own tmpfs too", async () => {
    await engine.useImage();
    writeFileSync(join(engine.dir, "mapped"), "m");
    const maps = ["--uidmap", "0:700000:65536", "--gidmap", "0:700000:65536"];
    await engine.ok("run", "-d", "--name", "mapped", ...maps, ...none, "--tmpfs", "/scratch", busybox, "sleep", "1000");
    for (const place of ["/scratch/m", "/home/m", "/dev/shm/m"]) {
      await engine.ok("cp", join(engine.dir, "mapped"), `mapped:${place}`);
      expect(await engine.ok("exec", "mapped", "stat", "-c", "%u:%g", place)).toBe("0:0");
    }
    await engine.ok("cp", "mapped:/scratch/m", join(engine.dir, "back"));
    expect(readFileSync(join(engine.dir, "back"), "utf8")).toBe("m");
  });

  test("mounts of a container that does not run, one below another", async () => {
    await engine.useImage();
    const bound = join(engine.dir, "bound");
    mkdirSync(bound);
    writeFileSync(join(engine.dir, "new"), "new");
    await engine.ok("create", "--name", "nested", ...none, "-v", "outer:/a", "-v", `${bound}:/a/b`, busybox);
    await engine.ok("cp", join(engine.dir, "new"), "nested:/a/b/x");
    expect(readdirSync(bound)).toEqual(["x"]);
    expect(readdirSync(await engine.ok("volume", "inspect", "--format", "{{.Mountpoint}}", "outer"))).toEqual([]);
    expect(await engine.ok("ps", "-a", "--filter", "name=nested", "--format", "{{.State}}")).toBe("created");
  });

  test("paused containers and those with the host's processes", async () => {
    await engine.useImage();
    await engine.ok("run", "-d", "--name", "frozen", "--pid", "host", ...none, busybox, "sleep", "1000");
    await engine.ok("pause", "frozen");
    writeFileSync(join(engine.dir, "cold"), "cold");
    await engine.ok("cp", join(engine.dir, "cold"), "frozen:/tmp/");
    await engine.ok("cp", "frozen:/tmp/cold", join(engine.dir, "thawed"));
    await engine.ok("unpause", "frozen");
    expect(await engine.ok("exec", "frozen", "cat", "/tmp/cold")).toBe("cold");
  });

  test("links: the last one is followed inside, also into nothing; the host's are the user's", async () => {
    await engine.useImage();
    await engine.ok("run", "-d", "--name", "linked", ...none, busybox, "sh", "-c", `ln -s /tmp/made /tmp/dangling; ln -s ${engine.dir} /tmp/outside; sleep 1000`);
    await engine.ok("exec", "linked", "sh", "-c", "until [ -L /tmp/outside ]; do :; done");
    writeFileSync(join(engine.dir, "target"), "t");
    symlinkSync("target", join(engine.dir, "link"));
    await engine.ok("cp", join(engine.dir, "link"), "linked:/tmp/dangling");
    expect(await engine.ok("exec", "linked", "cat", "/tmp/made")).toBe("t");
    expect(await engine.fails(125, "cp", "linked:/tmp/outside/target", engine.dir)).toContain("could not be found on container");
    expect(await engine.fails(125, "cp", join(engine.dir, "target"), "linked:/tmp/outside/x")).toContain("could not be found on container");
  });

  describe("through the service", () => {
    let service: Service;
    beforeAll(async () => { service = await startService(engine); });
    afterAll(async () => { await service.stop(); });
    copiesBothWays(engine, "remote", async (args, options) => runRemote(engine, ["--url", service.url, ...args], options));

    test("the archive endpoints of both trees", async () => {
      await engine.ok("run", "-d", "--name", "served", ...none, busybox, "sh", "-c", "ln -s /nowhere /tmp/broken; sleep 1000");
      await engine.ok("exec", "served", "sh", "-c", "until [ -L /tmp/broken ]; do :; done");
      const call = async (method: string, tree: string, query: string, body?: Uint8Array): Promise<Response> => fetch(`http://d/v1.44${tree}/containers/served/archive?${query}`, { unix: service.path, method, ...(body === undefined ? {} : { body }) });
      const stat = (response: Response): unknown => JSON.parse(Buffer.from(response.headers.get("x-docker-container-path-stat") ?? "", "base64url").toString("utf8"));
      const archive = tar([{ name: "hello.txt", content: "hello", uid: 1042, gid: 1043, mode: 0o640 }]);
      expect((await call("PUT", "", "path=%2Ftmp%2F&noOverwriteDirNonDir=true", archive)).status).toBe(200);
      expect(await engine.ok("exec", "served", "stat", "-c", "%u:%g %a", "/tmp/hello.txt")).toBe("1042:1043 640");
      expect((await call("PUT", "/libpod", `path=/tmp&rename=${encodeURIComponent("{\"hello.txt\":\"b\"}")}`, archive)).status).toBe(200);
      expect(await engine.ok("exec", "served", "stat", "-c", "%u:%g", "/tmp/b")).toBe("0:0");
      for (const tree of ["", "/libpod"]) {
        const got = await call("GET", tree, "path=/tmp/hello.txt");
        expect(stat(got)).toMatchObject({ name: "hello.txt", size: 5, mode: 0o640, isDir: false, linkTarget: "/tmp/hello.txt" });
        expect(got.headers.get("content-type")).toBe("application/x-tar");
        expect(Buffer.from(await got.bytes()).subarray(512, 517).toString()).toBe("hello");
        const broken = await call("HEAD", tree, "path=/tmp/broken");
        expect([broken.status, stat(broken)]).toMatchObject([404, { linkTarget: "/nowhere" }]);
        expect(stat(await call("HEAD", tree, "path=/tmp"))).toMatchObject({ isDir: true, mode: 2 ** 31 + 2 ** 20 + 0o777 });
        expect([(await call("HEAD", tree, "path=/none")).status, (await call("GET", tree, "path=/none")).status, (await call("GET", tree, "")).status]).toEqual([404, 404, 400]);
      }
    });
  });
});

withEngine("cp as a user", { needs: ["user", "crun", "conmon"], user: true }, (engine) => {
  describe("at home", () => { copiesBothWays(engine, "user", engine.run); });

  test("with the user's own id inside", async () => {
    await engine.useImage();
    await engine.ok("run", "-d", "--name", "kept", "--userns", "keep-id", ...none, "--tmpfs", "/scratch:mode=1777", busybox, "sleep", "1000");
    const file = join(engine.dir, "kept");
    Bun.spawnSync(["install", "-m", "644", "/etc/hostname", file]);
    for (const place of ["/scratch/k", "/tmp/k"]) {
      await engine.ok("cp", file, `kept:${place}`);
      expect(await engine.ok("exec", "kept", "sh", "-c", `[ $(stat -c %u ${place}) = $(id -u) ] && echo mine`)).toBe("mine");
    }
  });
});
