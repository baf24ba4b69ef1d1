/** checkpoint and restore as far as they go without CRIU: what they refuse, and how. The rest is in test/vm. */
import { beforeAll, expect, test } from "bun:test";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";
import { startService } from "../harness/service.ts";

withEngine("checkpoint and restore", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); await engine.ok("create", "--name", "one", "--network", "none", busybox, "true"); }, 60_000);
  /** A PATH without CRIU, whatever this machine has. */
  const without = async (...args: readonly string[]): Promise<string> => {
    const bin = join(engine.dir, "bin");
    if (!existsSync(bin)) await Bun.spawn(["mkdir", bin]).exited;
    for (const program of ["crun", "conmon"]) if (!existsSync(join(bin, program))) symlinkSync(Bun.which(program) ?? "", join(bin, program));
    const result = await engine.run(args, { env: { PATH: bin } });
    return `${result.status} ${result.stderr.trim()}`;
  };

  test("flags that do not go together", async () => {
    const refused: readonly (readonly [string, readonly string[]])[] = [
      ["you must provide at least one name or id", ["checkpoint"]], ["no arguments are needed with --all", ["checkpoint", "--all", "one"]],
      ["--compress can only be used with --export", ["checkpoint", "--compress", "gzip", "one"]],
      ['selected compression algorithm ("lzma") not supported. Please select one from: gzip, none, zstd', ["checkpoint", "-c", "lzma", "-e", "x", "one"]],
      ["--ignore-rootfs can only be used with --export", ["checkpoint", "--ignore-rootfs", "one"]], ["--ignore-volumes can only be used with --export", ["checkpoint", "--ignore-volumes", "one"]],
      ["--with-previous can not be used with --pre-checkpoint", ["checkpoint", "--with-previous", "-P", "one"]],
      ["you must provide at least one name or id", ["restore"]], ["no such container or image: nosuch", ["restore", "nosuch"]], ["--all or --latest and containers cannot be used together", ["restore", "--all", "one"]],
      ["cannot use --import with positional arguments", ["restore", "-i", "x", "one"]], ["cannot use --import with --all or --latest", ["restore", "-i", "x", "--all"]],
      ["--name can only be used with image or --import", ["restore", "-n", "x", "one"]], ["--publish can only be used with image or --import", ["restore", "-p", "80", "one"]],
      ["--pod can only be used with image or --import", ["restore", "--pod", "p", "one"]], ["--import-previous can only be used with image or --import", ["restore", "--import-previous", "x", "one"]],
      ["--ignore-rootfs can only be used with image or --import", ["restore", "--ignore-rootfs", "one"]], ["--tcp-established cannot be used with --name", ["restore", "-i", "x", "-n", "y", "--tcp-established"]],
    ];
    for (const [message, args] of refused) expect(await engine.fails(125, "container", ...args)).toContain(`Error: ${message}`);
  });

  test("without CRIU both say what is missing, and nothing changes", async () => {
    const message = '125 Error: failed to check for criu version: exec: "criu": executable file not found in $PATH\ninstall the package "criu"';
    expect(await without("container", "checkpoint", "one")).toBe(message);
    expect(await without("container", "restore", "one")).toBe(message);
    expect(await without("container", "restore", "--import", join(engine.dir, "absent.tar"))).toBe(message);
    expect(await engine.ok("inspect", "--format", "{{.State.Status}} {{.State.CheckpointedAt}} {{.State.RestoredAt}}", "one")).toBe("created 0001-01-01T00:00:00Z 0001-01-01T00:00:00Z");
  });

  test("over the API as well, each with its own answer", async () => {
    const service = await startService(engine);
    try {
      const post = async (path: string): Promise<readonly [number, string]> => {
        const answer = await fetch(`http://d/v5.0.0/libpod/containers/${path}`, { method: "POST", unix: service.path });
        return [answer.status, (await answer.json() as { message?: string }).message ?? ""];
      };
      expect(await post("nosuch/checkpoint")).toEqual([404, expect.stringContaining("no such container")]);
      // An archive that is asked for and one that is sent have operations of their own.
      for (const path of ["one/checkpoint", "one/checkpoint?export=true", "one/restore", "import/restore?import=true"]) expect((await post(path))[0]).toBeGreaterThanOrEqual(409);
    } finally { await service.stop(); }
  });
});

withEngine("checkpoint and restore of a user", { user: true, needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  test("need root", async () => {
    expect(await engine.fails(125, "container", "checkpoint", "any")).toBe("Error: checkpointing a container requires root\n");
    expect(await engine.fails(125, "container", "restore", "any")).toBe("Error: restoring a container requires root\n");
  });
});
