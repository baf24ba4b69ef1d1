/** Containers made after others: clone, generate spec, and commands from labels. */
import { beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";
import { busyboxImage, writeOciArchive } from "../harness/image.ts";

const none = ["--network", "none"] as const;

withEngine("clones and specifications", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); }, 60_000);
  const inspect = async (format: string, name: string): Promise<string> => engine.ok("inspect", "--format", format, name);

  test("a clone has the settings, data and name of its original, and what was changed later", async () => {
    await engine.ok("create", "--name", "first", ...none, "-e", "WORD=a=b", "-v", "shared:/d", "-m", "64m", "--cpus", "2", "--label", "l=1", "--workdir", "/tmp", "--user", "1000", busybox, "sh", "-c", "echo $WORD $(pwd) $(id -u); cat /d/file");
    await engine.ok("update", "--env", "LATER=1", "first");
    const id = await engine.ok("container", "clone", "first");
    expect(await engine.ok("container", "clone", "--cpus", "1.5", "first")).toMatch(/^[0-9a-f]{64}$/);
    await engine.ok("container", "clone", "first-clone1", "named");
    expect(await engine.ok("ps", "-a", "--format", "{{.Names}}")).toBe("first\nfirst-clone\nfirst-clone1\nnamed");
    const all = "{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.Config.Labels.l}} {{.Config.WorkingDir}} {{.Config.User}} {{.Config.Cmd}} {{.Config.Env}}";
    const settings = async (name: string): Promise<string> => (await inspect(all, name)).replace(/HOSTNAME=\w+/, "");
    expect(await settings(id)).toBe(await settings("first"));
    expect(await inspect("{{.HostConfig.NanoCpus}}", "named")).toBe("1500000000");
    await engine.ok("run", "--rm", ...none, "-v", "shared:/d", busybox, "sh", "-c", "echo data > /d/file");
    expect(await engine.ok("start", "--attach", "first-clone")).toBe("a=b /tmp 1000\ndata");
  });

  test("another image, the original's end, and what goes wrong leaves no clone", async () => {
    writeOciArchive(busyboxImage({ Env: ["OTHER=1"] }), join(engine.dir, "other.tar"), "localhost/other:latest");
    await engine.ok("load", "-q", "-i", join(engine.dir, "other.tar"));
    await engine.ok("run", "-d", "--name", "runs", ...none, busybox, "sleep", "1000");
    expect(await engine.fails(125, "container", "clone", "--destroy", "runs")).toContain("cannot remove container");
    expect(await engine.fails(125, "container", "clone", "-f", "runs")).toContain("cannot set --force without --destroy");
    expect(await engine.fails(125, "container", "clone", "runs", "first")).toContain("the container name \"first\" is already in use");
    await engine.ok("container", "clone", "--destroy", "-f", "--run", "runs", "next", "localhost/other:latest");
    expect(await engine.ok("ps", "--format", "{{.Names}} {{.Image}} {{.Command}}")).toBe("next localhost/other:latest sleep 1000");
    expect(await engine.fails(125, "container", "inspect", "runs")).toContain("no such container");
  });

  test("into a pod", async () => {
    await engine.ok("pod", "create", "--share", "uts", "--name", "house");
    await engine.ok("container", "clone", "--pod", "house", "--name", "guest", "next");
    expect(await inspect("{{.Pod}}", "guest")).toBe(await engine.ok("pod", "inspect", "--format", "{{.Id}}", "house"));
    await engine.ok("start", "guest");
    await engine.ok("pod", "rm", "-f", "-t", "0", "house");
  });

  test("the specification creates the like through the API's codec", async () => {
    const spec = JSON.parse(await engine.ok("generate", "spec", "--compact", "first")) as Record<string, unknown>;
    expect(spec).toMatchObject({ name: "first-clone2", env: { WORD: "a=b" }, work_dir: "/tmp", user: "1000", netns: { nsmode: "none" }, image: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(JSON.parse(await engine.ok("generate", "spec", "--name=false", "first"))).toMatchObject({ name: "first" });
    expect(await engine.ok("generate", "spec", "-f", join(engine.dir, "spec.json"), "first")).toBe(join(engine.dir, "spec.json"));
    expect(await engine.fails(125, "generate", "spec", "absent")).toContain("could not find a pod or container with the id absent");
  });

  test("labels: shown, run with the same store, replaced, refused", async () => {
    const run = "podman run --name NAME --network none -e IMAGE=IMAGE ${OPT1} ${IMAGE} sh -c 'echo hello'";
    writeOciArchive(busyboxImage({ Labels: { RUN: run, FAIL: "/bin/sh -c false" } }), join(engine.dir, "labelled.tar"), "localhost/labelled:latest");
    await engine.ok("load", "-q", "-i", join(engine.dir, "labelled.tar"));
    expect(await engine.ok("container", "runlabel", "--display", "--opt1", "-t", "run", "labelled")).toMatch(/^command: \S*podman run --name labelled --network none -e IMAGE=localhost\/labelled:latest -t localhost\/labelled:latest sh -c echo hello$/);
    const echo = (await engine.run(["container", "runlabel", "--name", "made", "run", "labelled", "again"])).status;
    expect(echo).toBe(0);
    expect(await engine.ok("ps", "-a", "--filter", "name=made", "--format", "{{.Image}}")).toBe("localhost/labelled:latest");
    await engine.ok("container", "runlabel", "--replace", "--quiet", "--name", "made", "run", "labelled");
    expect(await engine.fails(125, "container", "runlabel", "fail", "labelled")).toContain("failed: exit status 1");
    expect(await engine.fails(125, "container", "runlabel", "absent", "labelled")).toContain("Error: cannot find the value of label: absent in image: labelled\n");
  });
});
