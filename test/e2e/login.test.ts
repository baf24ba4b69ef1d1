import { expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { withEngine } from "../harness/engine.ts";
import { startRegistry, type TestRegistry } from "../harness/registry.ts";

const secured = async (kind: "basic" | "bearer"): Promise<TestRegistry> => await startRegistry({ tls: true, auth: { kind, username: "ann", password: "s3cret" } });

withEngine("login and logout", { needs: ["openssl"] }, (engine) => {
  test.each(["basic", "bearer"] as const)("%s auth: keeps what the registry accepts, and only that", async (kind) => {
    await using registry = await secured(kind);
    const authFile = join(engine.dir, `${kind}.json`);
    const flags = ["--authfile", authFile, "--cert-dir", registry.certDir];
    expect(await engine.fails(125, "login", ...flags, "-u", "ann", "-p", "wrong", registry.host)).toContain(`logging into "${registry.host}": invalid username/password`);
    expect(await engine.ok("login", ...flags, "-u", "ann", "-p", "s3cret", "--verbose", registry.host)).toBe(`Used:  ${authFile}\nLogin Succeeded!`);
    expect(statSync(authFile).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(authFile, "utf8"))).toEqual({ auths: { [registry.host]: { auth: Buffer.from("ann:s3cret").toString("base64") } } });
    expect(await engine.ok("login", ...flags, "--get-login", registry.host)).toBe("ann");
    expect(await engine.ok("login", ...flags, registry.host)).toBe(`Authenticating with existing credentials for ${registry.host}\nExisting credentials are valid. Already logged in to ${registry.host}`);
    expect(await engine.ok("logout", "--authfile", authFile, registry.host)).toBe(`Removed login credentials for ${registry.host}`);
    expect(await engine.fails(125, "logout", "--authfile", authFile, registry.host)).toContain(`not logged into ${registry.host}`);
  });

  test("names and passwords from standard input", async () => {
    await using registry = await secured("basic");
    const flags = ["login", "--authfile", join(engine.dir, "stdin.json"), "--cert-dir", registry.certDir];
    const piped = await engine.run([...flags, "-u", "ann", "--password-stdin", registry.host], { stdin: "s3cret\n" });
    expect(piped).toMatchObject({ status: 0, stdout: "Login Succeeded!\n" });
    await engine.ok("logout", "--all", "--authfile", join(engine.dir, "stdin.json"));
    const asked = await engine.run([...flags, registry.host], { stdin: "ann\ns3cret\n" });
    expect(asked).toMatchObject({ status: 0, stdout: "Username: Password: \nLogin Succeeded!\n" });
    expect((await engine.run([...flags, registry.host, "-u", "x"], { stdin: "" })).stderr).toContain("getting username and password: EOF");
  });

  test("a secret is the password, its name the user unless one is given", async () => {
    await using registry = await secured("basic");
    const flags = ["--authfile", join(engine.dir, "secret.json"), "--cert-dir", registry.certDir];
    for (const name of ["ann", "word"]) await engine.run(["secret", "create", name, "-"], { stdin: "s3cret" });
    expect(await engine.ok("login", ...flags, "--secret", "ann", registry.host)).toBe("Login Succeeded!");
    expect(await engine.ok("login", ...flags, "--secret", "word", "-u", "ann", registry.host)).toBe("Login Succeeded!");
    expect(await engine.fails(125, "login", ...flags, "--secret", "word", registry.host)).toContain("invalid username/password");
    expect(await engine.fails(125, "login", ...flags, "--secret", "nowhere", registry.host)).toBe("Error: no secret with name or id \"nowhere\": no such secret\n");
    expect(await engine.fails(125, "login", ...flags, "--secret", "word", "-p", "x", registry.host)).toBe("Error: --secret can not be used with --password options\n");
  });

  test("mistakes are told before anything is asked", async () => {
    expect(await engine.fails(125, "login", "--password-stdin", "r.invalid")).toContain("must provide --username with --password-stdin");
    expect(await engine.fails(125, "login", "-u", "a", "--password-stdin", "-p", "b", "r.invalid")).toContain("can't specify both --password-stdin and --password");
    expect(await engine.fails(125, "login", "--authfile", "/a", "--compat-auth-file", "/b", "r.invalid")).toContain("can not be set simultaneously");
    expect(await engine.fails(125, "logout", "--authfile", "/no/such", "r.invalid")).toContain("credential file is not accessible: faccessat /no/such: no such file or directory");
    expect(await engine.fails(125, "logout", "--all", "r.invalid")).toContain("--all takes no arguments");
    expect(await engine.fails(125, "login", "-u", "a", "-p", "b", "127.0.0.1:1")).toContain('authenticating creds for "127.0.0.1:1": pinging container registry 127.0.0.1:1:');
    expect(await engine.fails(125, "login")).toContain("no registries found in registries.conf, a registry must be provided");
  });
});
