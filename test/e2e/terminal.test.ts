/** A person at a real terminal: size, resize, raw keys, detach and attach, exit status; the terminal is as before afterwards. */
import { beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { busybox, withEngine } from "../harness/engine.ts";

withEngine("a terminal", { needs: ["root", "isolated", "crun", "conmon", "tmux"] }, (engine) => {
  const tmux = (...args: readonly string[]): string => {
    const result = Bun.spawnSync(["tmux", "-S", join(engine.dir, "tmux.sock"), "-f", "/dev/null", ...args], { env: { ...engine.env } });
    if (result.exitCode !== 0) throw new Error(`tmux ${args.join(" ")}: ${result.stderr.toString()}`);
    return result.stdout.toString();
  };
  const type = (text: string): void => { tmux("send-keys", "-t", "t", "-l", text); tmux("send-keys", "-t", "t", "Enter"); };
  const screen = (): string => tmux("capture-pane", "-p", "-t", "t", "-J");
  const podman = (...args: readonly string[]): string => engine.argv(...args).join(" ");

  beforeAll(async () => {
    await engine.useImage();
    tmux("new-session", "-d", "-s", "t", "-x", "300", "-y", "40", "sh");
  }, 60_000);
  test("run -it: the container has the terminal's size and follows it", async () => {
    type(podman("run", "-it", "--network", "none", "--name", "term", busybox, "sh"));
    await shows(/ # $/m);
    type("stty size");
    await shows("40 300");
    tmux("resize-window", "-t", "t", "-x", "200", "-y", "30");
    await engine.ok("exec", "term", "true");
    type("stty size");
    await shows("30 200");
  });

  test("control characters reach the container: Ctrl-C ends a command, not the session", async () => {
    // The shell drops what is typed ahead, so the command says when it runs.
    type("sh -c 'echo run\"\"ning; exec sleep 1000'");
    await shows("running");
    tmux("send-keys", "-t", "t", "C-c");
    // The interrupt throws away what is typed before the shell has asked again.
    await shows(/\^C\n+\/ #/);
    type("echo still-$((1 + 1))");
    await shows("still-2");
    expect(await engine.ok("inspect", "--format", "{{.State.Status}}", "term")).toBe("running");
  });

  test("the detach keys leave it running, attach comes back, and its end is the exit status", async () => {
    tmux("send-keys", "-t", "t", "C-p");
    tmux("send-keys", "-t", "t", "C-q");
    await shellIsBack();
    type("echo detached=$?");
    await shows("detached=0");
    expect(await engine.ok("ps", "--format", "{{.Names}}")).toBe("term");
    type(podman("attach", "term"));
    type("echo back-$((2 + 2))");
    await shows("back-4");
    type("exit 5");
    await shellIsBack();
    type("echo ended=$?");
    await shows("ended=5");
  });

  test("the terminal echoes again afterwards", async () => {
    expect(tmux("display-message", "-p", "-t", "t", "#{pane_current_command}").trim()).toBe("sh");
    type("stty -a | tr ';' '\\n' | grep -c -- ' echo '");
    await shows("1");
    await engine.ok("rm", "term");
    tmux("kill-server");
  });

  async function shows(wanted: string | RegExp): Promise<void> {
    await until(String(wanted), () => typeof wanted === "string" ? screen().split("\n").some((line) => line.replace(/^[#/ ]+/, "").trim() === wanted) : wanted.test(screen()));
  }
  /** What is typed while podman still reads goes to podman. */
  async function shellIsBack(): Promise<void> {
    await until("the shell", () => tmux("display-message", "-p", "-t", "t", "#{pane_current_command}").trim() === "sh");
  }
  async function until(what: string, isThere: () => boolean): Promise<void> {
    const limit = Date.now() + 15_000;
    while (!isThere()) {
      if (Date.now() > limit) throw new Error(`the terminal never showed ${what}:\n${screen()}`);
      await Bun.sleep(50);
    }
  }
});
