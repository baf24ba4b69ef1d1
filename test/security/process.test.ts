/**
 * What a container's process gets of ours: capabilities it could pass on (CVE-2022-27649's class), groups (CVE-2022-2989, -2990), open
 * descriptors and directories of the host (CVE-2024-21626), and a way to the programs that started it (CVE-2019-5736).
 */
import { beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busyboxLayer, buildImage, writeOciArchive } from "../harness/image.ts";
import { withEngine } from "../harness/engine.ts";

const none = ["--network", "none"] as const;
const zero = "0000000000000000";
const image = "localhost/groups:latest";

withEngine("what a process gets of ours", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => {
    const files = [
      { name: "etc/group", content: "root:x:0:\nwheel:x:10:root\nuser:x:1000:\nvideo:x:44:user\naudio:x:29:user\n" }, { name: "work", link: engine.dir },
    ];
    writeOciArchive(buildImage({ layers: [busyboxLayer(), files], config: { Cmd: ["sh"] } }), join(engine.dir, "image.tar"), image);
    await engine.ok("load", "-q", "-i", join(engine.dir, "image.tar"));
    writeFileSync(join(engine.dir, "secret"), "of the host");
  }, 60_000);

  test("nothing to pass on to programs with file capabilities, in run, exec and health checks", async () => {
    await engine.ok("run", "-d", "--name", "caps", ...none, "--health-cmd", "grep CapInh /proc/self/status; ls /proc/self/fd", "--health-interval", "disable", image, "sleep", "1000");
    const sets = (text: string): string => text.split("\n").filter((line) => /^Cap(?:Inh|Amb)/.test(line)).map((line) => line.split(/\s+/)[1] ?? "").join(" ");
    for (const flags of [[], ["--user", "1000"], ["--user", "0:1000"]]) {
      expect(sets(await engine.ok("run", "--rm", ...none, ...flags, image, "cat", "/proc/self/status"))).toBe(`${zero} ${zero}`);
      expect(sets(await engine.ok("exec", ...flags, "caps", "cat", "/proc/self/status"))).toBe(`${zero} ${zero}`);
    }
    await engine.ok("healthcheck", "run", "caps");
    expect(await engine.ok("inspect", "--format", "{{(index .State.Health.Log 0).Output}}", "caps")).toContain(zero);
    await engine.ok("rm", "-f", "-t", "0", "caps");
  });

  test("exactly the groups that the image and the flags say, and none of the caller's", async () => {
    const groups = async (...flags: readonly string[]): Promise<string> => {
      // As a login shell of an administrator has them.
      const child = Bun.spawn(["setpriv", "--groups", "7777,8888", "--", ...engine.argv("run", "--rm", ...none, ...flags, image, "id", "-G")], { env: engine.env, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
      return (await new Response(child.stdout).text()).trim().split(" ").toSorted((a, b) => Number(a) - Number(b)).join(" ");
    };
    expect(await groups()).toBe("0 10");
    expect(await groups("--user", "user")).toBe("29 44 1000");
    expect(await groups("--user", "1000:1000")).toBe("1000");
    expect(await groups("--user", "4321")).toBe("0");
    expect(await groups("--user", "user", "--group-add", "4242")).toBe("29 44 1000 4242");
  });

  test("no descriptor of ours, whoever starts it", async () => {
    // Two commands: a shell with one may become it.
    const list = "ls /proc/$$/fd; true";
    const withOpenFile = async (...args: readonly string[]): Promise<string> => {
      const child = Bun.spawn(["sh", "-c", 'exec 8< "$0"; exec "$@"', join(engine.dir, "secret"), ...engine.argv(...args)], { env: engine.env, stdin: "ignore", stdout: "pipe", stderr: "inherit" });
      return (await new Response(child.stdout).text()).trim().split("\n").join(" ");
    };
    expect(await withOpenFile("run", "--rm", ...none, image, "sh", "-c", list)).toBe("0 1 2");
    expect(await withOpenFile("run", "--rm", "-p", "18931:80", image, "sh", "-c", list)).toBe("0 1 2");
    await withOpenFile("run", "-d", "--name", "fds", ...none, image, "sleep", "1000");
    expect(await withOpenFile("exec", "fds", "sh", "-c", list)).toBe("0 1 2");
    expect((await engine.ok("exec", "fds", "ls", "/proc/1/fd")).split("\n")).toEqual(["0", "1", "2"]);
    await engine.ok("rm", "-f", "-t", "0", "fds");
  });

  test("a working directory below /proc/self/fd leads nowhere", async () => {
    await engine.ok("run", "-d", "--name", "lost", ...none, image, "sleep", "1000");
    const up = `../../../../../../../..${engine.dir}/secret`;
    for (const number of [3, 5, 7, 8, 9, 11]) {
      for (const args of [["run", "--rm", ...none, "-w", `/proc/self/fd/${number}`, image], ["exec", "-w", `/proc/self/fd/${number}`, "lost"]]) {
        const { stdout } = await engine.run([...args, "cat", up]);
        expect(stdout).not.toContain("of the host");
      }
    }
    await engine.ok("rm", "-f", "-t", "0", "lost");
  });

  test("the programs that start it cannot be written to from inside", async () => {
    const programs = [Bun.which("crun") ?? "", Bun.which("conmon") ?? "", engine.argv()[0] ?? ""].filter((path) => path !== "");
    const sums = (): readonly string[] => programs.map((path) => createHash("sha256").update(readFileSync(path)).digest("hex"));
    const before = sums();
    // Writes to whatever shows up beside it, and is itself what exec runs.
    const attack = "printf '#!/proc/self/exe\\n' > /bin/bait; chmod 755 /bin/bait; while :; do for p in /proc/[0-9]*; do [ $p = /proc/1 ] || (printf evil >> $p/exe) 2>/dev/null; done; done";
    await engine.ok("run", "-d", "--name", "attacker", ...none, "--cap-add", "all", image, "sh", "-c", attack);
    for (const command of ["/bin/bait", "/proc/self/exe", "true"]) for (let round = 0; round < 3; round++) await engine.run(["exec", "attacker", command]);
    await engine.run(["run", "--rm", ...none, "--pid", "container:attacker", "--entrypoint", "/proc/self/exe", image, "--version"]);
    await engine.ok("rm", "-f", "-t", "0", "attacker");
    expect(sums()).toEqual(before);
  });
});
