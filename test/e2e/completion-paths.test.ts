/** Completion of paths in containers and images: what is offered is theirs, spelt as typed, and nothing a shell would run. */
import { expect, test } from "bun:test";
import { withEngine, type TestEngine } from "../harness/engine.ts";

function completesPaths(engine: TestEngine): void {
  const complete = async (...words: readonly string[]): Promise<readonly string[]> => (await engine.ok("__completeNoDesc", ...words)).split("\n");

  test("of the command of run and create, from the image's root", async () => {
    const image = await engine.useImage();
    for (const command of ["run", "create"]) {
      expect(await complete(command, image, "")).toContain("/etc/");
      expect(await complete(command, image, "/etc")).toContain("/etc/passwd");
      expect(await complete(command, image, "/etc/pass")).toEqual(["/etc/passwd", ":2"]);
      expect(await complete(command, image, "e")).toContain("etc/");
      const above = await complete(command, image, "../../");
      expect(above).toContain("../../etc/");
      expect(above).not.toContain("../../usr/src/");
      expect(await complete(command, image, "/no/such")).toEqual([":0"]);
    }
    expect(await complete("run", "absent", "/")).toEqual([":0"]);
  });

  test("where a word of the usage line is either of several nouns, all are offered", async () => {
    const image = await engine.useImage();
    await engine.ok("create", "--name", "either", "--network", "none", image);
    expect(await complete("container", "restore", "")).toEqual(expect.arrayContaining(["either", image, ":4"]));
    await engine.ok("rm", "either");
  });

  test("of cp, in a container that runs or not", async () => {
    const image = await engine.useImage();
    const script = "mkdir -p /d/sub /empty; touch /d/one /d/one2 '/d/$(id)' '/d/a b'; ln -s / /d/link; ln -s /proc/1/root /d/magic; [ \"$1\" ] && sleep 1000; true";
    await engine.ok("run", "--name", "ended", "--network", "none", image, "sh", "-c", script);
    await engine.ok("run", "-d", "--name", "running", "--network", "none", image, "sh", "-c", script, "sh", "x");
    await engine.ok("exec", "running", "sh", "-c", "until [ -h /d/magic ]; do :; done");
    expect(await complete("cp", "")).toEqual(expect.arrayContaining(["ended:", "running:", ":2"]));
    for (const name of ["ended", "running"]) {
      expect(await complete("cp", `${name}:`)).toContain(`${name}:/etc/`);
      expect(await complete("cp", `${name}:/d`)).toEqual([`${name}:/d/link`, `${name}:/d/magic`, `${name}:/d/one`, `${name}:/d/one2`, `${name}:/d/sub/`, ":2"]);
      expect(await complete("cp", `${name}:/d/one`)).toEqual([`${name}:/d/one`, `${name}:/d/one2`, ":2"]);
      expect(await complete("cp", `${name}:/empty`)).toEqual([`${name}:/empty/`, ":2"]);
      expect(await complete("cp", `${name}:/d/link/d/su`)).toEqual([`${name}:/d/link/d/sub/`, ":2"]);
    }
    await engine.ok("rm", "-f", "-t", "0", "ended", "running");
  });
}

withEngine("completion-paths", { needs: ["root", "crun"] }, completesPaths);
withEngine("completion-paths-user", { needs: ["root", "crun"], user: true }, completesPaths);
