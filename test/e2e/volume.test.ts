import { beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine, type TestEngine } from "../harness/engine.ts";
import { buildImage, busyboxLayer, writeOciArchive } from "../harness/image.ts";
import { startService } from "../harness/service.ts";
import { tar } from "../harness/tar.ts";

interface Shown { readonly Name: string; readonly Mountpoint: string; readonly Options: Readonly<Record<string, string>>; readonly UID?: number; readonly GID?: number; readonly Anonymous?: boolean; readonly NeedsCopyUp?: boolean; readonly NeedsChown?: boolean; readonly MountCount: number; readonly Timeout?: number; readonly StorageID?: string }
const show = async (engine: TestEngine, name: string): Promise<Shown> => (JSON.parse(await engine.ok("volume", "inspect", name)) as Shown[])[0] ?? expect.unreachable();
const owner = (path: string): string => { const { uid, gid } = statSync(path); return `${uid}:${gid}`; };
const none = ["--network", "none"] as const;

withEngine("volumes", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  const withPlaces = "localhost/places:latest";
  const run = async (...args: string[]): Promise<string> => engine.ok("run", "--rm", ...none, ...args);
  beforeAll(async () => {
    await engine.useImage();
    const places = [
      { name: "content/", uid: 1000, gid: 1000, mode: 0o750 }, { name: "content/file", content: "of the image\n", uid: 1000 }, { name: "content/link", link: "file" },
      { name: "hollow/", uid: 7, gid: 8, mode: 0o711 },
    ];
    writeOciArchive(buildImage({ layers: [busyboxLayer(), places], config: { Cmd: ["sh"] } }), join(engine.dir, "places.tar"), withPlaces);
    await engine.ok("load", "-q", "-i", join(engine.dir, "places.tar"));
  }, 60_000);

  test("owners: as asked, of the place in the image, of the container's user", async () => {
    await engine.ok("volume", "create", "--uid", "11", "--gid", "12", "asked");
    await engine.ok("volume", "create", "-o", "o=uid=13,gid=14", "by-option");
    expect(await show(engine, "by-option")).toMatchObject({ UID: 13, GID: 14, Options: { UID: "13", GID: "14", o: "uid=13,gid=14" } });
    for (const [volume, place, user, wanted] of [["asked", "/hollow", "1000", "11:12"], ["by-option", "/new", "1000", "13:14"], ["placed", "/hollow", "1000", "7:8"], ["fresh", "/new", "user", "1000:1000"], ["rooted", "/new", "0", "0:0"]]) {
      expect(await run("--user", user ?? "", "-v", `${volume}:${place}`, withPlaces, "stat", "-c", "%u:%g", place ?? "")).toBe(wanted ?? "");
    }
    expect((await show(engine, "asked")).NeedsChown).toBeUndefined();
    await engine.ok("volume", "rm", "-a");
  });

  test("content of the image comes once, and never over data", async () => {
    expect(await run("-v", "once:/content", withPlaces, "sh", "-c", "cat /content/link && stat -c '%a %u' /content && rm /content/*")).toBe("of the image\n750 1000");
    expect(await run("-v", "once:/content", withPlaces, "ls", "-A", "/content")).toBe("");
    await engine.ok("volume", "create", "mine");
    const { Mountpoint } = await show(engine, "mine");
    writeFileSync(join(Mountpoint, "file"), "mine");
    expect(await run("-v", "mine:/content", withPlaces, "sh", "-c", "ls /content; cat /content/file")).toBe("file\nmine");
    for (const args of [["-v", "kept:/content:nocopy"], ["--mount", "type=volume,src=kept,dst=/content,nocopy"]]) expect(await run(...args, withPlaces, "ls", "-A", "/content")).toBe("");
    await engine.ok("volume", "create", "-o", "nocopy", "never");
    expect(await run("-v", "never:/content", withPlaces, "ls", "-A", "/content")).toBe("");
    await engine.ok("volume", "rm", "-a");
  });

  test("the local driver mounts what its options say, for as long as somebody uses it", async () => {
    await engine.ok("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=2M,nodev,uid=1000", "small");
    const { Mountpoint, Options } = await show(engine, "small");
    expect(Options).toEqual({ type: "tmpfs", device: "tmpfs", o: "size=2M,nodev,uid=1000", SIZE: "2M", UID: "1000" });
    expect(await run("-v", "small:/v", busybox, "sh", "-c", "grep ' /v ' /proc/mounts; stat -c %u /v")).toMatch(/^tmpfs \/v tmpfs .*nodev.*size=2048k.*\n1000$/);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(Mountpoint);
    expect(await engine.ok("volume", "mount", "small")).toBe(Mountpoint);
    expect((await show(engine, "small")).MountCount).toBe(1);
    await engine.ok("volume", "unmount", "small");
    mkdirSync(join(engine.dir, "bound"));
    writeFileSync(join(engine.dir, "bound/here"), "bound");
    await engine.ok("volume", "create", "-o", "type=bind", "-o", `device=${engine.dir}/bound`, "bound");
    expect(await run("-v", "bound:/v", busybox, "cat", "/v/here")).toBe("bound");
    await engine.ok("volume", "create", "-o", "type=nosuchfs", "-o", `device=${engine.dir}`, "odd");
    expect(await engine.fails(126, "run", "--rm", ...none, "-v", "odd:/v", busybox, "true")).toMatch(/^Error: mounting volume odd for container [0-9a-f]{64}: mount: .*odd\/_data: /);
    await engine.ok("volume", "rm", "-a");
  });

  test.each([
    ["unknown option", ["-o", "color=red"], "Error: invalid mount option color for driver 'local': invalid argument"],
    ["owner that is no number", ["-o", "o=uid=me"], "Error: cannot convert UID me to integer: strconv.Atoi: parsing \"me\": invalid syntax"],
    ["size that is none", ["-o", "o=size=big"], "Error: cannot convert size big to integer: invalid size: 'big'"],
    ["limit and no limits", ["-o", "o=size=1g,noquota"], "Error: volume options size and inodes cannot be used without quota"],
    ["inodes of a tmpfs", ["-o", "type=tmpfs", "-o", "o=inodes=5"], "Error: volume option inodes not supported on tmpfs filesystem"],
    ["bind of nothing", ["-o", "type=bind", "-o", "device=/no/such"], "Error: invalid volume option device for driver 'local': faccessat /no/such: no such file or directory"],
    ["negative timeout", ["-o", "o=timeout=-1"], "Error: volume timeout cannot be negative (got -1)"],
    ["driver that is not there", ["-d", "nosuch"], "Error: volume bad uses volume plugin nosuch but it could not be retrieved: no volume plugin with name nosuch available: required plugin missing"],
    ["image driver without image", ["-d", "image"], "Error: must provide an image name when creating a volume with the image driver: invalid argument"],
    ["image driver with more", ["-d", "image", "-o", "type=x"], "Error: invalid mount option type for driver 'image': invalid argument"],
  ])("refused: %s", async (_name, options, message) => {
    expect(await engine.fails(125, "volume", "create", ...options, "bad")).toBe(`${message}\n`);
    expect(existsSync(join(engine.dir, "root/volumes/bad"))).toBe(false);
  });

  test("a limit needs project quotas of the file system", async () => {
    const result = await engine.run(["volume", "create", "-o", "o=size=1m", "limited"]);
    if (result.status !== 0) expect(result.stderr).toBe("Error: volume options size and inodes not supported. Filesystem does not support Project Quota\n");
    else expect(await engine.fails(1, "run", "--rm", ...none, "-v", "limited:/v", busybox, "dd", "if=/dev/zero", "of=/v/f", "bs=1M", "count=2")).toContain("No space left");
    await engine.run(["volume", "rm", "limited"]);
  });

  test("the image driver: a writable layer over an image, shared by its containers", async () => {
    await engine.ok("volume", "create", "-d", "image", "-o", `image=${withPlaces}`, "layered");
    expect((await show(engine, "layered")).StorageID).toMatch(/^[0-9a-f]{64}$/);
    expect(await run("-v", "layered:/v", busybox, "sh", "-c", "cat /v/content/file && echo changed > /v/content/file")).toBe("of the image");
    expect(await run("-v", "layered:/v", busybox, "cat", "/v/content/file")).toBe("changed");
    expect(await run(withPlaces, "cat", "/content/file")).toBe("of the image");
    await engine.ok("volume", "rm", "layered");
    expect(readdirSync(join(engine.dir, "root/overlay-containers")).filter((name) => /^[0-9a-f]{64}$/.test(name))).toEqual([]);
  });

  test("options of the driver on the run's command line make the volume", async () => {
    expect(await run("--mount", "type=volume,src=opted,dst=/v,volume-opt=type=tmpfs,volume-opt=device=tmpfs", busybox, "stat", "-f", "-c", "%T", "/v")).toBe("tmpfs");
    expect((await show(engine, "opted")).Options).toEqual({ type: "tmpfs", device: "tmpfs" });
    expect(await engine.fails(125, "run", "--rm", ...none, "--mount", "type=volume,src=absent,dst=/v,nocreate", busybox, "true")).toContain("volume absent does not exist and nocreate option is set: no such volume");
    await engine.ok("volume", "rm", "opted");
  });

  test("filters of the list", async () => {
    await engine.ok("volume", "create", "--label", "color=red", "first");
    await engine.ok("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "second");
    const unnamed = await engine.ok("volume", "create");
    await engine.ok("create", "--name", "user", "-v", "first:/v", busybox);
    const names = async (...filters: string[]): Promise<string> => (await engine.ok("volume", "ls", "-q", ...filters.flatMap((one) => ["--filter", one]))).split("\n").join(" ");
    for (const [filter, wanted] of [
      ["name=fir", "first"], ["label=color=red", "first"], ["label!=color", `${unnamed} second`], ["dangling=false", "first"], ["dangling=true", `${unnamed} second`], ["opt=type=tmpfs", "second"],
      ["opt=type", "second"], ["since=first", `${unnamed} second`], ["after=second", unnamed], ["anonymous=true", unnamed], ["driver=local", `${unnamed} first second`], ["scope=local", `${unnamed} first second`], ["until=1h", ""],
    ]) expect(await names(filter ?? "")).toBe((wanted ?? "").split(" ").toSorted().join(" "));
    expect(await names("name=first", "name=second")).toBe("first second");
    expect(await engine.fails(125, "volume", "ls", "--filter", "nosuch=x")).toBe("Error: \"nosuch\" is an invalid volume filter\n");
    await engine.ok("rm", "user");
    await engine.ok("volume", "rm", "-a");
  });

  test("prune takes anonymous volumes; named ones with --all or a filter", async () => {
    await engine.ok("volume", "create", "named");
    await engine.ok("volume", "create", "--label", "old", "labelled");
    const unnamed = await engine.ok("volume", "create");
    expect(await engine.ok("volume", "prune", "--all", "--dry-run")).toBe(["Volumes that would be pruned:", ...[unnamed, "labelled", "named"].toSorted()].join("\n"));
    expect((await engine.run(["volume", "prune"], { stdin: "n\n" })).stdout).toBe(`WARNING! This will remove anonymous local volumes not used by at least one container. The following volumes will be removed:\n${unnamed}\nAre you sure you want to continue? [y/N] `);
    expect(await engine.ok("volume", "prune", "-f")).toBe(unnamed);
    expect((await engine.run(["volume", "prune"])).stdout).toContain("No dangling anonymous volumes found");
    expect(await engine.ok("volume", "prune", "-f", "--filter", "label=old")).toBe("labelled");
    expect(await engine.ok("volume", "prune", "-f", "--all", "--filter", "label=old")).toBe("");
    expect(await engine.fails(125, "volume", "prune", "--force", "--dry-run")).toBe("Error: --force and --dry-run cannot be used together\n");
    expect(await engine.ok("volume", "prune", "-af")).toBe("named");
  });

  test("an archive cannot leave the volume", async () => {
    await engine.ok("volume", "create", "target");
    const { Mountpoint } = await show(engine, "target");
    const outside = join(engine.dir, "outside");
    mkdirSync(outside);
    const hostile = tar([
      { name: "../../escaped", content: "x" }, { name: "out", link: outside }, { name: "out/through-link", content: "x" }, { name: `${outside.slice(1)}/absolute`, content: "x" }, { name: "up", link: "../../.." }, { name: "up/above", content: "x" },
      { name: ".wh.gone", content: "" }, { name: "good", content: "good", uid: 5, gid: 6, mode: 0o604 },
    ]);
    await engine.run(["volume", "import", "target", "-"], { stdin: hostile });
    expect(readdirSync(outside)).toEqual([]);
    expect([join(engine.dir, "root/volumes/escaped"), join(engine.dir, "root/escaped"), join(engine.dir, "root/above"), join(engine.dir, "above")].filter((path) => existsSync(path))).toEqual([]);
    await engine.ok("volume", "create", "fine");
    await engine.run(["volume", "import", "fine", "-"], { stdin: tar([{ name: ".wh.kept", content: "" }, { name: "good", content: "good", uid: 5, gid: 6, mode: 0o604 }]) });
    const fine = (await show(engine, "fine")).Mountpoint;
    expect(readdirSync(fine).toSorted()).toEqual([".wh.kept", "good"]);
    expect([owner(join(fine, "good")), statSync(join(fine, "good")).mode & 0o777]).toEqual(["5:6", 0o604]);
    await engine.ok("volume", "export", "fine", "-o", join(engine.dir, "fine.tar"));
    await engine.ok("volume", "create", "copy");
    await engine.ok("volume", "import", "copy", join(engine.dir, "fine.tar"));
    expect(owner(join((await show(engine, "copy")).Mountpoint, "good"))).toBe("5:6");
    expect(Mountpoint).not.toBe(fine);
    await engine.ok("volume", "rm", "-a");
  });

  test("over both dialects of the API", async () => {
    const service = await startService(engine);
    const call = async (method: string, path: string, body?: object): Promise<{ readonly status: number; readonly json: unknown }> => {
      const response = await fetch(`http://d${path}`, { unix: service.path, method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }) });
      const text = await response.text();
      return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
    };
    const filters = (value: object): string => `?filters=${encodeURIComponent(JSON.stringify(value))}`;
    try {
      expect(await call("POST", "/v5.0.0/libpod/volumes/create", { Name: "api", UID: 3, GID: 4, Options: { o: "timeout=9" }, Label: { a: "b" } })).toMatchObject({ status: 201, json: { Name: "api", UID: 3, GID: 4, Timeout: 9, Labels: { a: "b" } } });
      expect(await call("POST", "/v5.0.0/libpod/volumes/create", { Name: "api" })).toMatchObject({ status: 409, json: { reason: "name-in-use" } });
      expect(await call("POST", "/v1.44/volumes/create", { Name: "api", Driver: "local" })).toMatchObject({ status: 201, json: { Name: "api", Scope: "local" } });
      expect(await call("POST", "/v1.44/volumes/create", {})).toMatchObject({ status: 201 });
      expect(await call("GET", `/v1.44/volumes${filters({ dangling: ["true"], name: ["api"] })}`)).toMatchObject({ json: { Volumes: [{ Name: "api" }], Warnings: [] } });
      expect(await call("POST", `/v5.0.0/libpod/volumes/prune${filters({ name: ["api"] })}`)).toMatchObject({ status: 400, json: { cause: "\"name\" is an invalid volume filter" } });
      expect((await call("POST", "/v1.44/volumes/prune")).json).toMatchObject({ VolumesDeleted: [expect.stringMatching(/^[0-9a-f]{64}$/)], SpaceReclaimed: 0 });
      expect(await call("POST", "/v5.0.0/libpod/volumes/prune?dryrun=true&filters=%7B%22all%22%3A%5B%22true%22%5D%7D")).toMatchObject({ status: 200, json: [{ Id: "api" }] });
      await engine.ok("create", "--name", "holder", "-v", "api:/v", busybox);
      expect((await call("DELETE", "/v1.44/volumes/api?force=true")).status).toBe(409);
      await engine.ok("rm", "holder");
      expect((await call("DELETE", "/v1.44/volumes/api")).status).toBe(204);
      expect((await call("DELETE", "/v1.44/volumes/api")).status).toBe(404);
      expect((await call("DELETE", "/v1.44/volumes/api?force=1")).status).toBe(204);
    } finally { expect(await service.stop()).toBe(0); }
  });
});

withEngine("volumes of an ordinary user", { needs: ["isolated", "crun", "conmon"], user: true }, (engine) => {
  test("owners are those inside; export and import keep them", async () => {
    await engine.useImage();
    expect(await engine.ok("run", "--rm", ...none, "--user", "1000", "-v", "mine:/new", busybox, "sh", "-c", "echo data > /new/file && stat -c %u:%g /new /new/file")).toBe("1000:1000\n1000:1000");
    await engine.ok("volume", "export", "mine", "-o", join(engine.dir, "home/mine.tar"));
    await engine.ok("volume", "create", "--uid", "5", "other");
    await engine.ok("volume", "import", "other", join(engine.dir, "home/mine.tar"));
    expect(await engine.ok("run", "--rm", ...none, "-v", "other:/v", busybox, "stat", "-c", "%u:%g", "/v/file")).toBe("1000:1000");
    await engine.ok("volume", "rm", "-a");
  }, 60_000);
});
