/**
 * `cp` against a container that fights back: whatever its processes do with links while files are copied, nothing outside of the
 * container is read or written (CVE-2018-15664, CVE-2019-10152, CVE-2019-18466, CVE-2021-20206's class), and nothing of the
 * container is loaded or run (CVE-2019-14271).
 */
import { beforeAll, expect, test } from "bun:test";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";
import { startService } from "../harness/service.ts";
import { tar } from "../harness/tar.ts";

const rounds = 40;

/** Puts each of the other names in the place of `x`, over and over, as fast as the kernel goes. */
const swapper = `
  const { renameSync } = require("node:fs");
  process.chdir(process.argv[1]);
  process.stdout.write("swapping\\n");
  for (;;) for (const other of ["absolute", "upwards", "loop"]) { renameSync("x", "kept"); renameSync(other, "x"); renameSync("x", other); renameSync("kept", "x"); }
`;

withEngine("copies out of and into a hostile container", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  const outside = (): string => join(engine.dir, "outside");
  beforeAll(async () => {
    await engine.useImage();
    mkdirSync(outside());
    writeFileSync(join(outside(), "secret"), "of the host");
  }, 60_000);
  const untouched = (): void => {
    expect(readdirSync(outside())).toEqual(["secret"]);
    expect(readFileSync(join(outside(), "secret"), "utf8")).toBe("of the host");
  };

  test("links that are swapped meanwhile lead nowhere", async () => {
    await engine.ok("run", "-d", "--name", "hostile", "--network", "none", busybox, "sh", "-c", `mkdir -p /r/x && cd /r && echo inside > x/secret && ln -s ${outside()} absolute && ln -s ../../../../../../../..${outside()} upwards && ln -s loop loop && touch ready && sleep 1000`);
    await engine.ok("exec", "hostile", "sh", "-c", "until [ -e /r/ready ]; do :; done");
    const pid = await engine.ok("inspect", "--format", "{{.State.Pid}}", "hostile");
    const service = await startService(engine);
    const attacker = Bun.spawn([process.execPath, "-e", swapper, `/proc/${pid}/root/r`], { stdout: "pipe", stderr: "ignore" });
    try {
      await attacker.stdout.getReader().read();
      const call = async (method: string, path: string, body?: Uint8Array): Promise<string> => {
        const response = await fetch(`http://d/v5.0.0/libpod/containers/hostile/archive?path=${path}`, { unix: service.path, method, ...(body === undefined ? {} : { body }) });
        return response.status === 200 ? response.text() : "";
      };
      let copied = 0;
      for (let round = 0; round < rounds; round++) {
        const name = `planted-${round}`;
        await call("PUT", "/r/x", tar([{ name, content: "p" }, { name: "x/", mode: 0o755 }, { name: "x/y", content: "p" }]));
        await call("PUT", "/r", tar([{ name: `x/${name}`, content: "p" }, { name: "x/secret", content: "inside" }]));
        for (const path of ["/r/x/secret", "/r/x/.", "/r"]) {
          const got = await call("GET", path);
          expect(got).not.toContain("of the host");
          if (got.includes("inside")) copied++;
        }
      }
      // The copies did happen: the race was one.
      expect(copied).toBeGreaterThan(0);
    } finally {
      attacker.kill("SIGKILL");
      await attacker.exited;
      await service.stop();
    }
    untouched();
  }, 120_000);

  test("a directory that was a link at the last copy is not written through", async () => {
    await engine.ok("run", "-d", "--name", "liar", "--network", "none", busybox, "sh", "-c", `mkdir /d && ln -s ${outside()} /d/a && touch /ready && sleep 1000`);
    await engine.ok("exec", "liar", "sh", "-c", "until [ -e /ready ]; do :; done");
    const target = join(engine.dir, "received");
    mkdirSync(target);
    await engine.ok("cp", "liar:/d", target);
    await engine.ok("exec", "liar", "sh", "-c", "rm /d/a && mkdir /d/a && echo overwritten > /d/a/secret");
    expect(await engine.fails(125, "cp", "liar:/d", target)).toContain("file exists");
    untouched();
    await engine.ok("cp", "--overwrite", "liar:/d", target);
    expect(readFileSync(join(target, "d/a/secret"), "utf8")).toBe("overwritten\n");
    untouched();
  });

  test("an archive with links and dots on its way into a container", async () => {
    await engine.ok("create", "--name", "stopped", "--network", "none", busybox);
    const archive = tar([
      { name: "out", link: outside() }, { name: "out/planted", content: "p" }, { name: "up", link: "../../../../../../../../.." }, { name: `up${outside()}/planted`, content: "p" },
      { name: `../../../../../../../..${outside()}/planted`, content: "p" }, { name: "linked", hardLink: `../../../../..${outside()}/secret` },
    ]);
    await engine.run(["cp", "-", "stopped:/tmp"], { stdin: archive });
    untouched();
  });

  test("nothing of the container is loaded to copy: broken libraries, names and programs do not matter", async () => {
    await engine.ok("create", "--name", "poisoned", "--network", "none", busybox);
    const poison = "#!/bin/sh\ntouch /pwned\n";
    const poisoned = ["etc/nsswitch.conf", "etc/ld.so.preload", "lib/x86_64-linux-gnu/libnss_files.so.2", "bin/tar", "usr/bin/tar", "proc/self/exe"];
    await engine.run(["cp", "--overwrite", "-", "poisoned:/"], { stdin: tar(poisoned.map((name) => ({ name, content: poison, mode: 0o755 }))) });
    writeFileSync(join(engine.dir, "plain"), "plain");
    await engine.ok("cp", join(engine.dir, "plain"), "poisoned:/tmp/plain");
    await engine.ok("cp", "poisoned:/tmp/plain", join(engine.dir, "plain2"));
    expect(readFileSync(join(engine.dir, "plain2"), "utf8")).toBe("plain");
    expect(await engine.ok("diff", "poisoned")).not.toContain("pwned");
  });
});
