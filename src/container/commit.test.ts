/** Commits of real containers: crun and conmon, root. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { makeWorld, image, type World } from "./testing/world.ts";

const canRun = process.getuid?.() === 0 && Bun.which("crun") !== null && Bun.which("conmon") !== null;

describe.skipIf(!canRun)("commit", () => {
  let world: World;
  beforeAll(async () => { world = await makeWorld({ Env: ["A=1", "B=2"], Labels: { base: "yes" } }); });
  afterAll(async () => { await world[Symbol.asyncDispose](); });

  async function changedContainer(): Promise<string> {
    const { container } = world.engine;
    const { Id } = await container.create({ spec: { image, command: ["sh", "-c", "echo hi >/new; mkdir /dir"], env: { B: "3" }, network: { mode: { mode: "none" } } } });
    await container.start({ ref: Id });
    await container.wait({ ref: Id });
    return Id;
  }

  test("an image has the changes as a layer, the container's settings and the wanted ones", async () => {
    const ref = await changedContainer();
    const { Id } = await world.engine.container.commit({ ref, repo: "made", tag: "1", author: "me", changes: ["CMD [\"x\"]", "ENV A=9", "LABEL l=\"v w\"", "EXPOSE 80"] });
    const made = await world.engine.image.inspect({ ref: "made:1" });
    expect(made.Id).toBe(Id);
    expect(made.RepoTags).toEqual(["localhost/made:1"]);
    expect(made.Author).toBe("me");
    expect(made.Config.Cmd).toEqual(["x"]);
    expect(made.Config.Env).toContain("A=9");
    expect(made.Config.Env).toContain("B=3");
    expect(made.Config.Env?.filter((entry) => /^[AB]=/.test(entry))).toHaveLength(2);
    expect(made.Config.Labels).toEqual({ base: "yes", l: "v w" });
    expect(made.Config.ExposedPorts).toEqual({ "80/tcp": {} });
    expect(made.RootFS.Layers).toHaveLength(2);
    expect(made.History?.at(-1)).toMatchObject({ created_by: "/bin/sh", author: "me", comment: `FROM ${image}` });
    const again = await world.engine.container.create({ spec: { image: "made:1", command: ["sh", "-c", "cat /new && test -d /dir"], network: { mode: { mode: "none" } } } });
    await world.engine.container.start({ ref: again.Id });
    expect(await world.engine.container.wait({ ref: again.Id })).toBe(0);
  });

  test("squash makes one layer; docker's format keeps a comment; the same content twice shares the layer", async () => {
    const ref = await changedContainer();
    const first = await world.engine.container.commit({ ref, squash: true, format: "docker", comment: "why" });
    const one = await world.engine.image.inspect({ ref: first.Id });
    expect(one.RootFS.Layers).toHaveLength(1);
    expect(one.Comment).toBe("why");
    expect(one.ManifestType).toBe("application/vnd.docker.distribution.manifest.v2+json");
    const before = (await world.context.store()).layers().length;
    await world.engine.container.commit({ ref, squash: true });
    expect((await world.context.store()).layers().length).toBe(before);
  });

  test("an image without a command can be made a container of, as Podman allows", async () => {
    const ref = await changedContainer();
    const { Id } = await world.engine.container.commit({ ref, config: "{}", squash: true, changes: ["CMD []", "ENTRYPOINT []"] });
    expect((await world.engine.image.inspect({ ref: Id })).Config.Cmd).toBeUndefined();
    const made = await world.engine.container.create({ spec: { image: Id, network: { mode: { mode: "none" } } } });
    expect((await world.engine.container.inspect({ ref: made.Id })).State.Status).toBe("created");
  });

  test("wrong wishes leave nothing", async () => {
    const ref = await changedContainer();
    const store = await world.context.store();
    const before = [store.images().length, store.layers().length];
    const attempt = async (more: object): Promise<unknown> => world.engine.container.commit({ ref, ...more });
    expect(attempt({ comment: "x" })).rejects.toThrow("messages are only compatible with the docker image format (-f docker)");
    expect(attempt({ repo: "BAD name" })).rejects.toThrow("parsing reference \"BAD name\"");
    expect(attempt({ changes: ["NONSENSE x"] })).rejects.toThrow("invalid instruction NONSENSE");
    expect(attempt({ format: "tar" })).rejects.toThrow("unrecognized image format");
    expect(attempt({ config: "[" })).rejects.toThrow("is not JSON");
    expect([store.images().length, store.layers().length]).toEqual(before);
  });
});
