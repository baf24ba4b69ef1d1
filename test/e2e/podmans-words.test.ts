import { beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";

/** Found by the differential run (test/differential); kept here for machines without a real Podman. */
withEngine("Podman's words and statuses", { needs: ["root", "isolated", "crun", "conmon"] }, (engine) => {
  const none = ["--network", "none"] as const;
  beforeAll(async () => { await engine.useImage(); }, 60_000);

  test.each([
    [["--add-host", "nonsense"], 'bad format for add-host: "nonsense"'], [["--add-host", "a:300.1.1.1"], 'invalid IP address in add-host: "300.1.1.1"'], [["--cgroups", "nonsense"], 'running container create option: invalid cgroup mode "nonsense": invalid argument'],
    [["--device", "/dev/null:/x:q"], 'invalid device mode "q" in device "/dev/null:/x:q"'], [["--env-file", "/no/such"], 'parsing file "/no/such": '], [["--env-merge", "x"], "missing `=` for --env-merge substitution x"], [["--expose", "x"], 'invalid range format for --expose: x: strconv.ParseUint: parsing "x": invalid syntax'],
    [["--health-startup-cmd", "true"], "cannot set a startup healthcheck when there is no regular healthcheck: invalid argument"], [["--health-cmd", "true", "--health-log-destination", "/no/such"], "running container create option: HealthCheck Log '/no/such' destination error: stat /no/such: no such file or directory"],
    [["--image-volume", "nonsense"], 'invalid image volume mode "nonsense" required value: anonymous, tmpfs, ignore'], [["--ipc", "container:nosuch"], 'looking up container to share ipc namespace with: no container with name or ID "nosuch" found: no such container'],
    [["--mac-address", "x"], "address x: invalid MAC address"], [["--requires", "nosuch"], '"nosuch" is not a valid container, cannot be used as a dependency: '], [["--sysctl", "vm.swappiness=1"], "sysctl 'vm.swappiness' is not allowed"], [["--systemd", "nonsense"], 'invalid config provided: --systemd values must be one of "true, false, always": invalid configuration'],
    [["--preserve-fds", "5"], "file descriptor 3 is not available - the preserve-fds option requires that file descriptors must be passed"], [["--authfile", "/no/such"], "credential file is not accessible: faccessat /no/such: no such file or directory"],
  ])("run %p", async (flags, message) => {
    const networked = flags.some((word) => word === "--mac-address");
    expect(await engine.fails(125, "run", "--rm", ...(networked ? [] : none), ...flags, busybox, "true")).toStartWith(`Error: ${message}`);
  });

  test("a failed start names the container, and inspect keeps what went wrong", async () => {
    const id = await engine.ok("create", "--name", "pathless", ...none, "--unsetenv-all", busybox, "sh");
    for (const [args, name] of [[["start", "-a"], id], [["start"], `"${id}"`]] as const) expect(await engine.fails(args.length === 2 ? 127 : 125, ...args, "pathless").catch(async () => engine.fails(125, ...args, "pathless"))).toStartWith(`Error: unable to start container ${name}: `);
    expect(await engine.ok("inspect", "--format", "{{.State.ExitCode}} {{.State.Error}}", "pathless")).toMatch(/^127 .*OCI runtime attempted to invoke a command that was not found$/);
    await engine.ok("rm", "pathless");
  });

  test("before its first start a container shows what it was made with", async () => {
    await engine.ok("create", "--name", "made", ...none, "--group-add", "keep-groups", "--conmon-pidfile", "/tmp/ptest-conmon", "--no-healthcheck", busybox, "sh");
    const [shown] = JSON.parse(await engine.ok("inspect", "made")) as { readonly Config: Readonly<Record<string, unknown>>; readonly HostConfig: Readonly<Record<string, unknown>>; readonly ConmonPidFile: string }[];
    expect(shown).toMatchObject({ ConmonPidFile: "/tmp/ptest-conmon", HostConfig: { GroupAdd: [], ShmSize: 65_536_000 }, Config: { Annotations: { "run.oci.keep_original_groups": "1" }, Healthcheck: { Test: ["NONE"] } } });
    expect(shown?.Config).toHaveProperty("CreateCommand[0]", expect.stringMatching(/podman$/));
    expect(shown?.Config["Env"]).not.toContainEqual(expect.stringMatching(/^(HOME|HOSTNAME)=/));
    await engine.ok("rm", "made");
  });

  test("without a network there is no resolv.conf of ours, and /dev/shm has Podman's size", async () => {
    expect(await engine.ok("run", "--rm", ...none, busybox, "sh", "-c", "test -s /etc/resolv.conf || echo none; grep -o 'size=64000k' /proc/mounts")).toBe("none\nsize=64000k");
  });

  test("an attached exec that fails has status 255, one that names nobody 125", async () => {
    await engine.ok("create", "--name", "still", ...none, busybox, "sh");
    expect(await engine.fails(255, "exec", "still", "true")).toContain("can only create exec sessions on running containers");
    expect(await engine.fails(125, "exec", "nosuch", "true")).toContain("no such container");
    expect(await engine.fails(125, "kill", "--signal", "99", "still")).toBe("Error: valid signals are 1 through 64\n");
    expect(await engine.fails(125, "ps", "--sort", "nonsense")).toContain('"nonsense" is not a valid value.  Choose from: "command, created, id, image, names, runningfor, size, status"');
    await engine.ok("rm", "still");
  });

  test("the configuration of the create counts later, and help shows its defaults", async () => {
    const conf = join(engine.dir, "privileged.conf");
    writeFileSync(conf, '[containers]\nprivileged = true\n[engine]\ncompression_format = "zstd"\n');
    const env = { CONTAINERS_CONF_OVERRIDE: conf };
    await engine.run(["create", "--name", "strong", ...none, busybox, "sh"], { env });
    expect(await engine.ok("inspect", "--format", "{{.HostConfig.Privileged}}", "strong")).toBe("true");
    expect((await engine.run(["push", "--help"], { env })).stdout).toMatch(/--compression-format string +The compression format to use \(default "zstd"\)/);
    await engine.ok("rm", "strong");
  });
});
