/** A container may write into /run/secrets, and the next start makes files there: what it leaves must lead nowhere. */
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withEngine } from "../harness/engine.ts";

withEngine("secrets of a hostile container", { needs: ["root", "crun", "conmon"] }, (engine) => {
  test("a link in the place of a secret's folder is not followed at the next start", async () => {
    const victim = join(engine.dir, "victim");
    mkdirSync(victim);
    writeFileSync(join(victim, "key"), "untouched");
    writeFileSync(join(engine.dir, "secret"), "told");
    await engine.ok("secret", "create", "one", join(engine.dir, "secret"));
    const plant = `cat /run/secrets/deep/key; mv /run/secrets/deep /run/secrets/aside; ln -s ${victim} /run/secrets/deep; readlink /run/secrets/deep`;
    await engine.ok("create", "--name", "hostile", "--network", "none", "--secret", "one,target=deep/key", await engine.useImage(), "sh", "-c", plant);
    for (const run of ["first", "second"]) expect([run, await engine.ok("start", "--attach", "hostile")]).toEqual([run, `told${victim}`]);
    expect(readFileSync(join(victim, "key"), "utf8")).toBe("untouched");
    await engine.ok("rm", "hostile");
  });

  test("what mounts.conf puts there stays beside the secrets, at every start", async () => {
    const shared = join(engine.dir, "shared");
    mkdirSync(shared);
    writeFileSync(join(shared, "note"), "for all");
    writeFileSync(join(engine.dir, "mounts.conf"), `${shared}:/run/secrets\n`);
    const given = ["--default-mounts-file", join(engine.dir, "mounts.conf")];
    await engine.ok(...given, "create", "--name", "both", "--network", "none", "--secret", "one", await engine.useImage(), "cat", "/run/secrets/note", "/run/secrets/one");
    for (const run of ["first", "second"]) expect([run, await engine.ok(...given, "start", "--attach", "both")]).toEqual([run, "for alltold"]);
    await engine.ok("rm", "both");
  });
});
