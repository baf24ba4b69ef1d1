/** Images inside of containers, and mounts that containers.conf asks for. */
import { expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";

const none = ["--network", "none"] as const;

withEngine("mounts of images", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  test("by any name, read-only or with a throw-away layer; mounted as long as somebody needs it", async () => {
    await engine.useImage();
    const mount = "type=image,src=busybox,dst=/image";
    expect(await engine.ok("run", "--rm", ...none, "--mount", mount, busybox, "sh", "-c", "test -x /image/bin/busybox; touch /image/new 2>&1; echo $?")).toContain("Read-only file system\n1");
    expect(await engine.ok("run", "--rm", ...none, "--mount", `${mount},rw`, busybox, "sh", "-c", "touch /image/new && ls /image/new")).toBe("/image/new");
    expect(await engine.ok("run", "--rm", ...none, "--mount", `${mount},subpath=/bin`, busybox, "sh", "-c", "test -x /image/busybox && echo yes")).toBe("yes");
    expect(await engine.ok("image", "mount")).toBe("");
    const root = await engine.ok("image", "mount", "busybox");
    await engine.ok("run", "--rm", ...none, "--mount", mount, busybox, "true");
    expect(existsSync(join(root, "bin/busybox"))).toBe(true);
    await engine.ok("image", "unmount", "busybox");
    expect(existsSync(join(root, "bin/busybox"))).toBe(false);
    expect(await engine.fails(125, "run", "--rm", ...none, "--mount", "type=bind,src=/tmp", busybox, "true")).toBe("Error: must set volume destination\n");
  });

  test("of containers.conf: below those of the command line", async () => {
    const [one, two, conf] = [join(engine.dir, "one"), join(engine.dir, "two"), join(engine.dir, "more.conf")];
    writeFileSync(one, "1");
    writeFileSync(two, "2");
    const cat = async (conf: string, ...flags: readonly string[]): Promise<string> => {
      const { stdout, stderr } = await engine.run(["run", "--rm", ...none, ...flags, busybox, "cat", "/file"], { env: { CONTAINERS_CONF_OVERRIDE: conf } });
      return stdout + stderr;
    };
    writeFileSync(conf, `[containers]\nmounts = ["type=bind,src=${one},dst=/file,ro"]\n`);
    expect(await cat(conf)).toBe("1");
    expect(await cat(conf, "--mount", `type=bind,src=${two},dst=/file`)).toBe("2");
    writeFileSync(conf, `[containers]\nmounts = ["type=none,src=${one},dst=/file"]\n`);
    expect(await cat(conf)).toBe("Error: parsing containers.conf mounts: invalid filesystem type \"none\"\n");
  });
});
