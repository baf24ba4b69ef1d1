/** bzip2 and xz: rare in images, absent from the runtime, so the system's own programs do them. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { Duplex } from "node:stream";
import { EngineError, isErrno } from "../../base/errors.ts";

/** A transform around `<program> -dc`. Its error is an EngineError already. Destroying it ends the program. */
export function programTransform(program: "bzip2" | "xz"): Duplex {
  const child = spawn(program, ["-d", "-c"], { stdio: ["pipe", "pipe", "pipe"], env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" } });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => { if (stderr.length < 4096) stderr += chunk.toString("utf8"); });
  const duplex = wrap(child, program);
  child.on("error", (error) => { duplex.destroy(startError(program, error)); });
  child.on("close", (code) => {
    if (code === 0) duplex.push(null);
    else duplex.destroy(new EngineError("data-loss", `decompress ${program} data: ${stderr.trim() || `${program} ended with status ${code}`}`, { reason: "corrupt-archive" }));
  });
  return duplex;
}

function wrap(child: ChildProcessWithoutNullStreams, program: string): Duplex {
  const duplex = new Duplex({
    write(chunk: Buffer, _encoding, done) { if (child.stdin.write(chunk)) done(); else child.stdin.once("drain", done); },
    final(done) { child.stdin.end(done); },
    read() { child.stdout.resume(); },
    destroy(error, done) {
      if (child.exitCode === null && child.pid !== undefined) child.kill("SIGKILL");
      done(error);
    },
  });
  child.stdout.on("data", (chunk: Buffer) => { if (!duplex.push(chunk)) child.stdout.pause(); });
  // The program may end before it read everything (damaged data): its own status says why, EPIPE would hide it.
  child.stdin.on("error", (error) => { if (!isErrno(error, "EPIPE", "ECONNRESET")) duplex.destroy(new EngineError("internal", `write to ${program}: ${error.message}`, { cause: error })); });
  return duplex;
}

const packages = { bzip2: "bzip2", xz: "xz-utils" } as const;
function startError(program: "bzip2" | "xz", error: Error): EngineError {
  if (!isErrno(error, "ENOENT")) return new EngineError("internal", `start ${program}: ${error.message}`, { cause: error });
  return new EngineError("failed-precondition", `decompress ${program} data: the program "${program}" is not installed`, { reason: "program-missing", hint: `install the package ${packages[program]}`, cause: error });
}
