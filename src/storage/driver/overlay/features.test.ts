import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { mountPointsBelow } from "../../tempdir/mount-points.ts";
import { removeTree } from "../../tempdir/remove.ts";
import { features } from "./features.ts";
import { supportsMappedLowers } from "./id-map.ts";

describe.if(process.getuid?.() === 0)("what a kernel can do", () => {
  test("is found out while other processes mount the home over itself", async () => {
    const root = mkdtempSync("/var/tmp/features-test-");
    const home = join(root, "home");
    mkdirSync(home);
    const host = (round: number) => ({ home, runHome: join(root, `run${round}`), rootless: false, mountOptions: [] });
    const cover = Bun.spawn(["sh", "-c", 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do mount --bind --make-private "$0" "$0"; done', home]);
    let rounds = 0;
    try {
      do {
        features.overlay(host(rounds));
        features.nativeDiff(host(rounds));
        await supportsMappedLowers(host(rounds));
      } while (++rounds < 1000 && cover.exitCode === null);
      expect(await cover.exited).toBe(0);
      expect(readdirSync(join(home, "tempdirs"))).toEqual([]);
      expect(mountPointsBelow(root).every((point) => point === home)).toBe(true);
    } finally {
      await cover.exited;
      await removeTree(root);
    }
  });
});
