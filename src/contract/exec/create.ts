import { defineOperation, integer, list, maybeText, output, text, toggle } from "../kit.ts";

export interface ExecCreateReport { readonly Id: string }

export const create = defineOperation({
  name: "exec.create",
  summary: "Set up a process to run in a running container",
  input: {
    ref: text("Name or id of the container", { completion: "container" }),
    command: list("Command and arguments", { wire: "Cmd" }),
    env: list("Set environment variables", { wire: "Env" }),
    user: maybeText("Sets the username or UID used and optionally the groupname or GID for the specified command", { wire: "User" }),
    workdir: maybeText("Working directory inside the container", { wire: "WorkingDir" }),
    terminal: toggle("Allocate a pseudo-TTY. The default is false", { wire: "Tty" }),
    privileged: toggle("Give the process extended Linux capabilities inside the container.  The default is false", { wire: "Privileged" }),
    stdin: toggle("Make STDIN available to the contained process", { wire: "AttachStdin" }),
    stdout: toggle("Attach STDOUT", { wire: "AttachStdout" }),
    stderr: toggle("Attach STDERR", { wire: "AttachStderr" }),
    detachKeys: maybeText("Select the key sequence for detaching a container. Format is a single character [a-Z] or ctrl-<value> where <value> is one of: a-z, @, ^, [, , or _", { wire: "DetachKeys" }),
    preserveFds: integer("Pass N additional file descriptors to the container", { wire: "PreserveFds" }),
    preserveFd: list("Pass a list of additional file descriptors to the container", { wire: "PreserveFd" }),
  },
  output: output<ExecCreateReport>(),
  kind: "value",
  errors: ["not-found", "conflict", "invalid-argument"],
  libpod: { method: "POST", path: "/containers/{ref}/exec", status: 201, body: "*" },
});
