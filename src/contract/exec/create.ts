import { defineOperation, integer, list, maybeText, output, text, toggle } from "../kit.ts";

export interface ExecCreateReport { readonly Id: string }

export const create = defineOperation({
  name: "exec.create",
  summary: "Set up a process to run in a running container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    command: list("Command and arguments", { wire: "Cmd" }),
    env: list("Set environment variables", { wire: "Env" }),
    user: maybeText("User and group (name or number, USER[:GROUP])", { wire: "User" }),
    workdir: maybeText("Directory to start in", { wire: "WorkingDir" }),
    terminal: toggle("Give the process a terminal", { wire: "Tty" }),
    privileged: toggle("Give the process every privilege", { wire: "Privileged" }),
    stdin: toggle("Keep STDIN open", { wire: "AttachStdin" }),
    stdout: toggle("Attach STDOUT", { wire: "AttachStdout" }),
    stderr: toggle("Attach STDERR", { wire: "AttachStderr" }),
    detachKeys: maybeText("Keys that leave the session running and return", { wire: "DetachKeys" }),
    preserveFds: integer("Pass so many file descriptors after 2 on", { wire: "PreserveFds" }),
    preserveFd: list("Pass these file descriptors on", { wire: "PreserveFd" }),
  },
  output: output<ExecCreateReport>(),
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { method: "POST", path: "/containers/{ref}/exec", status: 201, body: "*" },
});
