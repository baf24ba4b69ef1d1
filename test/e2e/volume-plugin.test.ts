import { beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { busybox, withEngine, type Result } from "../harness/engine.ts";
import { startVolumePlugin } from "../harness/volume-plugin.ts";

withEngine("volume plugins", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  const config = (): string => join(engine.dir, "plugins.conf");
  const podman = async (...args: string[]): Promise<Result> => engine.run(args, { env: { CONTAINERS_CONF_OVERRIDE: config() } });
  const ok = async (...args: string[]): Promise<string> => {
    const result = await podman(...args);
    if (result.status !== 0) throw new Error(`podman ${args.join(" ")}: ${result.stderr}`);
    return result.stdout.trimEnd();
  };
  beforeAll(async () => {
    await engine.useImage();
    writeFileSync(config(), `[engine]\nvolume_plugin_timeout = 2\n[engine.volume_plugins]\nfolder = "${engine.dir}/folder.sock"\nother = "${engine.dir}/other.sock"\n`);
  }, 60_000);

  test("a plugin makes, mounts, shows and removes its volumes", async () => {
    using plugin = startVolumePlugin(engine.dir, "folder");
    expect(await ok("volume", "create", "-d", "folder", "-o", "flavour=sweet", "data")).toBe("data");
    expect(plugin.volumes.get("data")?.options).toEqual({ flavour: "sweet" });
    expect(JSON.parse(await ok("volume", "inspect", "data"))).toMatchObject([{ Driver: "folder", Mountpoint: "", Options: { flavour: "sweet" }, Status: { kept: "in a folder" }, Timeout: 2 }]);
    await ok("run", "--rm", "--network", "none", "-v", "data:/bin/nested", busybox, "sh", "-c", "echo kept > /bin/nested/file");
    expect(plugin.volumes.get("data")?.mounts).toBe(0);
    expect(await ok("run", "--rm", "--network", "none", "-v", "data:/v", busybox, "cat", "/v/file")).toBe("kept");
    expect(plugin.calls.filter((call) => call === "Mount data")).toHaveLength(2);
    const mounted = await ok("volume", "mount", "data");
    expect(mounted).toBe(join(engine.dir, "folder-data/data"));
    expect(JSON.parse(await ok("volume", "inspect", "data"))).toMatchObject([{ Mountpoint: mounted, MountCount: 1 }]);
    await ok("volume", "unmount", "data");
    expect(plugin.volumes.get("data")?.mounts).toBe(0);
    await ok("volume", "rm", "data");
    expect(plugin.volumes.size).toBe(0);
  });

  test("two containers share one mount; the last one ends it", async () => {
    using plugin = startVolumePlugin(engine.dir, "folder");
    await ok("volume", "create", "-d", "folder", "shared");
    for (const name of ["one", "two"]) await ok("run", "-d", "--name", name, "--network", "none", "-v", "shared:/v", busybox, "sleep", "100");
    expect(plugin.volumes.get("shared")?.mounts).toBe(1);
    await ok("rm", "-f", "-t", "0", "one");
    expect(plugin.volumes.get("shared")?.mounts).toBe(1);
    await ok("rm", "-f", "-t", "0", "two");
    expect(plugin.volumes.get("shared")?.mounts).toBe(0);
    await ok("volume", "rm", "shared");
  });

  test("reload takes over and forgets, whatever other plugins do", async () => {
    using plugin = startVolumePlugin(engine.dir, "folder");
    plugin.volumes.set("theirs", { options: {}, mounts: 0 });
    const first = await podman("volume", "reload");
    expect(first.stdout).toBe("Added:\ntheirs\n");
    expect(first.stderr).toBe(`Error: cannot access plugin other socket "${engine.dir}/other.sock": stat ${engine.dir}/other.sock: no such file or directory\n`);
    expect(plugin.calls).not.toContain("Create theirs");
    plugin.volumes.delete("theirs");
    expect((await podman("volume", "reload")).stdout).toBe("Removed:\ntheirs\n");
    expect(await ok("volume", "ls", "-q")).toBe("");
  });

  test("what a plugin says is told, and nothing stays behind", async () => {
    using plugin = startVolumePlugin(engine.dir, "folder");
    plugin.failing.set("Create", "no room");
    expect((await podman("volume", "create", "-d", "folder", "big")).stderr).toBe("Error: creating volume \"big\" in plugin folder: on /VolumeDriver.Create on volume big in volume plugin folder: no room\n");
    plugin.failing.clear();
    await ok("volume", "create", "-d", "folder", "big");
    plugin.failing.set("Mount", "device is away");
    const failed = await podman("run", "--rm", "--network", "none", "-v", "big:/v", busybox, "true");
    expect([failed.status, failed.stderr]).toEqual([126, expect.stringMatching(/^Error: mounting volume big for container [0-9a-f]{64}: on \/VolumeDriver.Mount on volume big in volume plugin folder: device is away\n$/)]);
    expect(await ok("ps", "-aq")).toBe("");
    plugin.failing.set("Remove", "busy");
    expect((await podman("volume", "rm", "big")).stderr).toBe("Error: volume big could not be removed from plugin folder: on /VolumeDriver.Remove on volume big in volume plugin folder: busy\n");
    plugin.failing.clear();
    await ok("volume", "rm", "big");
  });

  test("a plugin that goes away hides nothing and blocks nothing", async () => {
    const plugin = startVolumePlugin(engine.dir, "folder");
    await ok("volume", "create", "-d", "folder", "lost");
    await ok("volume", "create", "here");
    await ok("run", "-d", "--name", "user", "--network", "none", "-v", "lost:/v", busybox, "sleep", "100");
    plugin[Symbol.dispose]();
    expect(await ok("volume", "ls", "-q")).toBe("here\nlost");
    expect((await podman("volume", "inspect", "lost")).stderr).toContain("volume lost uses volume plugin folder but it is not available, cannot inspect");
    await podman("rm", "-f", "-t", "0", "user");
    expect(await ok("ps", "-aq")).toBe("");
    expect((await podman("volume", "rm", "lost")).stderr).toContain("unmounting volume lost: volume plugin folder (needed by volume lost) missing");
    const removed = await podman("volume", "rm", "--force", "lost");
    expect(removed.stderr).toContain("cannot remove volume lost from plugin folder, but it has been removed from Podman");
    expect(await ok("volume", "ls", "-q")).toBe("here");
    await ok("volume", "rm", "here");
  });

  test("servers that are no volume plugin are refused, slow ones given up", async () => {
    {
      using _plugin = startVolumePlugin(engine.dir, "folder", ["NetworkDriver"]);
      expect((await podman("volume", "create", "-d", "folder", "v")).stderr).toContain("plugin folder does not implement volume plugin, instead provides NetworkDriver: plugin is not a volume plugin");
    }
    const silent = createServer(() => { /* never answers */ });
    await new Promise<void>((resolve) => { silent.listen(join(engine.dir, "folder.sock"), resolve); });
    try {
      expect((await podman("volume", "create", "-d", "folder", "-o", "o=timeout=1", "v")).stderr).toContain("sending request to plugin folder activation endpoint: no answer within 1 seconds");
    } finally { silent.closeAllConnections(); silent.close(); }
    writeFileSync(join(engine.dir, "other.sock"), "");
    expect((await podman("volume", "create", "-d", "other", "v")).stderr).toContain(`volume other path "${engine.dir}/other.sock" is not a unix socket: target does not appear to be a valid plugin`);
  });
});
