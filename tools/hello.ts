/**
 * From a clean clone to a greeting out of a container: builds the program when it is older than its sources, makes an image of the
 * machine's static busybox, loads it and runs it on the default network. Needs no network; may be repeated.
 */
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { busyboxLayer, buildImage, writeOciArchive } from "../test/harness/image.ts";

const root = dirname(import.meta.dir);
const podman = join(root, "dist/podman");
const image = "localhost/podman-ts-hello:latest";

const greeting = `#!/bin/sh
cat <<END

   Hello from a container!

   It was started by podman-ts (crun, conmon and netavark did their parts), from an
   image that was made a moment ago on this machine.

END
echo "   kernel   $(uname -r)"
echo "   host     $(hostname)"
echo "   address  $(ip -4 -o addr show | awk '$2 != "lo" {print $4}' | head -n 1)"
echo "   process  $$ of $(ps -o pid | tail -n +2 | wc -l)"
echo
`;

async function main(): Promise<void> {
  if (isStale()) await run("build", [process.execPath, "run", join(root, "tools/build.ts")]);
  const scratch = mkdtempSync(join(tmpdir(), "podman-ts-hello-"));
  try {
    const archive = join(scratch, "hello.tar");
    const layer = [...busyboxLayer(), { name: "hello", mode: 0o755, content: greeting }];
    writeOciArchive(buildImage({ layers: [layer], config: { Cmd: ["/hello"] } }), archive, image);
    await run("load", [podman, "load", "--quiet", "--input", archive], "ignore");
  } finally { rmSync(scratch, { recursive: true, force: true }); }
  await run("run", [podman, "run", "--rm", image]);
  process.stdout.write("   Try it: dist/podman run --rm -it localhost/podman-ts-hello sh\n\n");
}

function isStale(): boolean {
  if (!existsSync(podman)) return true;
  const built = statSync(podman).mtimeMs;
  const sources = [...new Bun.Glob("{src,tools}/**/*").scanSync({ cwd: root }), "package-lock.json"];
  return sources.some((path) => statSync(join(root, path)).mtimeMs > built);
}

async function run(what: string, argv: readonly string[], stdout: "inherit" | "ignore" = "inherit"): Promise<void> {
  const child = Bun.spawn([...argv], { cwd: root, stdin: "inherit", stdout, stderr: "inherit" });
  const status = await child.exited;
  if (status !== 0) throw new Error(`${what} failed with status ${status}: ${argv.join(" ")}`);
}

try { await main(); } catch (error) {
  process.stderr.write(`hello: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
