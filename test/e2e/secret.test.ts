import { beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine, type TestEngine } from "../harness/engine.ts";
import { findProgram } from "../harness/needs.ts";
import { startService } from "../harness/service.ts";

const none = ["--network", "none"] as const;
const value = "swordfish-4711";
const keep = async (engine: TestEngine, name: string, text: string, ...flags: readonly string[]): Promise<string> => {
  const result = await engine.run(["secret", "create", ...flags, name, "-"], { stdin: text });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout.trim();
};

withEngine("secrets", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  beforeAll(async () => { await engine.useImage(); }, 60_000);

  test("create, list, inspect, replace, remove in Podman's words", async () => {
    const id = await keep(engine, "word", value, "--label", "a=b", "-l", "c");
    expect(await engine.ok("secret", "ls", "--format", "{{.ID}} {{.Name}} {{.Driver}}")).toBe(`${id} word file`);
    expect(await engine.ok("secret", "ls", "--noheading", "--filter", "name=^wo")).toMatch(new RegExp(`^${id} +word +file +\\d+ seconds ago|Less than a second ago`));
    expect(await engine.ok("secret", "ls", "-q", "--filter", "name=x", "--filter", `id=${id.slice(0, 5)}`)).toBe("");
    expect(await engine.ok("secret", "inspect", "word", "--format", "{{.Spec.Labels.a}} {{.Spec.Driver.Name}} {{.Spec.Driver.Options.path}}")).toBe(`b file ${engine.dir}/root/secrets/filedriver`);
    expect(await engine.ok("secret", "inspect", "word", "--showsecret", "--format", "{{.SecretData}}")).toBe(value);
    expect(JSON.parse(await engine.ok("secret", "inspect", "word"))).not.toHaveProperty("[0].SecretData");
    expect(await engine.fails(125, "secret", "create", "--env", "word", "NO_SUCH_VARIABLE")).toBe("Error: cannot create store secret data: environment variable NO_SUCH_VARIABLE is not set\n");
    expect((await engine.run(["secret", "create", "word", "-"], { stdin: "other" })).stderr).toBe("Error: word: secret name in use\n");
    expect((await engine.run(["secret", "create", "--env", "--ignore", "word", "V"], { env: { V: "other" } })).stdout.trim()).toBe(id);
    const next = (await engine.run(["secret", "create", "--env", "--replace", "word", "V"], { env: { V: "other" } })).stdout.trim();
    expect([next === id, await engine.ok("secret", "inspect", "word", "--showsecret", "--format", "{{.SecretData}}")]).toEqual([false, "other"]);
    expect(readFileSync(join(engine.dir, "root/secrets/filedriver/secretsdata.json"), "utf8")).not.toContain(id);
    expect(await engine.ok("secret", "rm", "word")).toBe(next);
    expect(await engine.fails(1, "secret", "exists", "word")).toBe("");
  });

  test("the shell driver runs the user's commands, with the id beside", async () => {
    const store = join(engine.dir, "shell");
    mkdirSync(store);
    const options = Object.entries({ list: `ls ${store}`, lookup: `cat ${store}/$SECRET_ID`, store: `cat > ${store}/$SECRET_ID`, delete: `rm ${store}/$SECRET_ID` });
    writeFileSync(join(engine.dir, "shell.conf"), `[secrets]\ndriver = "shell"\n[secrets.opts]\n${options.map(([key, command]) => `${key} = "${command}"`).join("\n")}\n`);
    const env = { CONTAINERS_CONF_OVERRIDE: join(engine.dir, "shell.conf") };
    const id = (await engine.run(["secret", "create", "shelled", "-"], { stdin: value, env })).stdout.trim();
    expect([readdirSync(store), readFileSync(join(store, id), "utf8")]).toEqual([[id], value]);
    expect((await engine.run(["run", "--rm", ...none, "--secret", "shelled,type=env,target=WORD", "--secret", "shelled", busybox, "sh", "-c", `test $WORD = ${value} && cat /run/secrets/shelled`], { env })).stdout).toBe(value);
    expect((await engine.run(["secret", "rm", "shelled"])).stdout.trim()).toBe(id);
    expect(readdirSync(store)).toEqual([]);
    expect((await engine.run(["secret", "create", "-d", "shell", "--driver-opts", "list=true,lookup=false,store=exit 3,delete=true", "no", "-"], { stdin: "x" })).stderr).toBe("Error: creating secret no: exit status 3\n");
    expect((await engine.run(["secret", "create", "-d", "shell", "--driver-opts", "list=true", "no", "-"], { stdin: "x" })).stderr).toBe("Error: missing config value\n");
    expect((await engine.run(["secret", "create", "-d", "shell", "--driver-opts", "color=red", "no", "-"], { stdin: "x" })).stderr).toBe("Error: invalid shell driver option: \"color\"\n");
    expect((await engine.run(["secret", "create", "-d", "vault", "no", "-"], { stdin: "x" })).stderr).toBe("Error: invalid driver\n");
    expect(await engine.ok("secret", "ls", "-q")).toBe("");
  });

  test("nothing but the container shows a secret", async () => {
    const unseen = "never-to-be-seen-0815";
    await keep(engine, "hidden", unseen);
    await engine.ok("run", "-d", "--name", "holder", ...none, "--secret", "hidden", "--secret", "hidden,type=env,target=WORD", "--secret", "hidden,target=/opt/word,uid=7,gid=8,mode=0400", busybox, "sh", "-c", "stat -c %u:%g:%a /opt/word; test \"$WORD\" = \"$(cat /run/secrets/hidden)\" && echo same; exec sleep 100");
    await engine.ok("commit", "-q", "holder", "localhost/committed");
    const seen = await Promise.all([
      engine.ok("inspect", "holder"), engine.ok("inspect", "--type", "image", "localhost/committed"), engine.ok("history", "--no-trunc", "localhost/committed"), engine.ok("events", "--stream=false", "--format", "json"), engine.ok("ps", "-a", "--no-trunc", "--format", "json"),
      engine.ok("secret", "ls"), engine.ok("secret", "inspect", "hidden"), engine.ok("run", "--rm", ...none, "localhost/committed", "sh", "-c", "env; cat /run/secrets/hidden /opt/word || true"), engine.ok("diff", "holder"), engine.ok("top", "holder"),
    ]);
    for (const text of seen) expect(text).not.toContain(unseen);
    expect(await engine.ok("logs", "holder")).toBe("7:8:400\nsame");
    await engine.ok("export", "holder", "-o", join(engine.dir, "holder.tar"));
    await engine.ok("save", "-q", "localhost/committed", "-o", join(engine.dir, "committed.tar"));
    for (const file of ["holder.tar", "committed.tar"]) expect(readFileSync(join(engine.dir, file)).includes(unseen)).toBe(false);
    await engine.ok("rm", "-f", "-t", "0", "holder");
    await engine.ok("rmi", "localhost/committed");
    await engine.ok("secret", "rm", "hidden");
    expect((Bun.spawnSync(["grep", "-rlaF", unseen, engine.dir]).stdout.toString())).toBe("");
  }, 60_000);

  test("over both dialects of the API", async () => {
    const service = await startService(engine);
    const call = async (method: string, path: string, body?: string): Promise<{ readonly status: number; readonly json: unknown }> => {
      const response = await fetch(`http://d${path}`, { unix: service.path, method, ...(body === undefined ? {} : { body, headers: { "Content-Type": "application/json" } }) });
      const text = await response.text();
      return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
    };
    try {
      expect(await call("POST", "/v1.44/secrets/create", JSON.stringify({ Name: "docker", Data: Buffer.from(value).toString("base64"), Labels: { a: "b" } }))).toMatchObject({ status: 200, json: { ID: expect.stringMatching(/^[0-9a-f]{25}$/) } });
      expect((await call("POST", "/v1.44/secrets/create", JSON.stringify({ Name: "docker", Data: "eA==" }))).status).toBe(409);
      expect(await call("POST", `/v5.0.0/libpod/secrets/create?name=ours&labels=${encodeURIComponent("{\"c\":\"d\"}")}`, value)).toMatchObject({ status: 200 });
      expect(await call("GET", `/v1.44/secrets?filters=${encodeURIComponent("{\"name\":[\"docker\"]}")}`)).toMatchObject({ json: [{ Spec: { Name: "docker", Labels: { a: "b" } }, Version: { Index: 1 } }] });
      expect(await call("GET", "/v5.0.0/libpod/secrets/ours/json?showsecret=true")).toMatchObject({ json: { SecretData: value, Spec: { Labels: { c: "d" } } } });
      expect(JSON.stringify(await call("GET", "/v1.44/secrets/docker"))).not.toContain(value);
      expect((await call("GET", "/v5.0.0/libpod/secrets/json")).json).toHaveLength(2);
      for (const [method, path, status] of [["POST", "/v1.44/secrets/docker/update", 501], ["DELETE", "/v1.44/secrets/docker", 204], ["DELETE", "/v1.44/secrets/docker", 404], ["DELETE", "/v5.0.0/libpod/secrets/ours", 204], ["GET", "/v5.0.0/libpod/secrets/ours/exists", 404]] as const) expect((await call(method, path)).status).toBe(status);
    } finally { expect(await service.stop()).toBe(0); }
  });
});

withEngine("secrets that gpg keeps", { needs: ["root", "isolated", "crun", "conmon", "gpg"] }, (engine) => {
  const home = (): string => join(engine.dir, "gnupg");
  const gpg = (...args: string[]): Bun.SyncSubprocess => Bun.spawnSync([findProgram("gpg") ?? "gpg", "--homedir", home(), "--batch", "--quiet", ...args]);
  beforeAll(async () => { await engine.useImage(); }, 60_000);

  test("in the store that .gpg-id of a folder above belongs to", async () => {
    mkdirSync(home(), { mode: 0o700 });
    await using _agent = { [Symbol.asyncDispose]: async () => { await Bun.spawn(["gpgconf", "--homedir", home(), "--kill", "all"]).exited; } };
    expect(gpg("--passphrase", "", "--quick-generate-key", "tester@example.com", "default", "default", "never").exitCode).toBe(0);
    const root = join(engine.dir, "passwords/containers");
    mkdirSync(root, { recursive: true });
    writeFileSync(join(engine.dir, "passwords/.gpg-id"), "tester@example.com\n");
    const options = ["-d", "pass", "--driver-opts", `root=${root},gpghomedir=${home()}`];
    const id = await keep(engine, "locked", value, ...options);
    expect(existsSync(join(root, `${id}.gpg`))).toBe(true);
    expect(readFileSync(join(root, `${id}.gpg`)).includes(value)).toBe(false);
    expect(await engine.ok("run", "--rm", ...none, "--secret", "locked", busybox, "cat", "/run/secrets/locked")).toBe(value);
    expect(await engine.ok("secret", "inspect", "--showsecret", "--format", "{{.Spec.Driver.Name}} {{.SecretData}}", "locked")).toBe(`pass ${value}`);
    expect((await engine.run(["secret", "create", "-d", "pass", "--driver-opts", `root=${root},key=nobody,gpghomedir=${home()}`, "no", "-"], { stdin: "x" })).stderr).toContain("Error: creating secret no: exit status 2\n");
    await engine.ok("secret", "rm", "locked");
    expect(readdirSync(root)).toEqual([]);
  }, 60_000);
});

withEngine("secrets of an ordinary user", { needs: ["isolated", "crun", "conmon"], user: true }, (engine) => {
  test("belong to the user inside", async () => {
    await engine.useImage();
    await keep(engine, "mine", value);
    expect(statSync(join(engine.dir, "root/secrets/filedriver/secretsdata.json")).mode & 0o777).toBe(0o600);
    expect(await engine.ok("run", "--rm", ...none, "--user", "1000", "--secret", "mine,uid=1000,mode=0400", busybox, "sh", "-c", "stat -c %u:%a /run/secrets/mine; cat /run/secrets/mine")).toBe(`1000:400\n${value}`);
  }, 60_000);
});
