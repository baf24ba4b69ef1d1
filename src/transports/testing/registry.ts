/** A real registry (Debian's docker-registry) on a free loopback port, for tests: plain, with TLS, with passwords. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly folder: string;
  /** CA file when it speaks TLS. */
  readonly ca?: string;
}
export interface TestRegistryOptions { readonly tls?: boolean; readonly users?: Readonly<Record<string, string>>; readonly readOnly?: boolean }

/** Starts it and waits until it listens. */
export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "registry-test-"));
  chmodSync(folder, 0o700);
  const port = freePort();
  const host = `127.0.0.1:${port}`;
  const pair = options.tls === true ? await makeCertificate(folder) : undefined;
  writeFileSync(join(folder, "config.yml"), await configText(folder, host, options, pair));
  const child = Bun.spawn(["/usr/bin/docker-registry", "serve", join(folder, "config.yml")], { stdout: "ignore", stderr: "pipe", env: { OTEL_TRACES_EXPORTER: "none" } });
  try { await listening(child.stderr); } catch (error) { child.kill(); rmSync(folder, { recursive: true }); throw error; }
  return {
    host, folder, ...(pair === undefined ? {} : { ca: pair.ca }),
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.exited;
      rmSync(folder, { recursive: true });
    },
  };
}

/** Reads the log until it says that it listens, then goes on draining it. */
async function listening(log: ReadableStream<Uint8Array>): Promise<void> {
  const reader = log.getReader();
  const decoder = new TextDecoder();
  for (let text = ""; !text.includes("listening on");) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`registry ended: ${text}`);
    text += decoder.decode(value, { stream: true });
  }
  void (async () => { while (!(await reader.read()).done) { /* drained */ } })().catch(() => { /* it ended */ });
}

function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() { /* unused */ } } });
  const { port } = probe;
  probe.stop(true);
  return port;
}

interface Pair { readonly ca: string; readonly cert: string; readonly key: string }

async function configText(folder: string, host: string, { users, readOnly }: TestRegistryOptions, pair?: Pair): Promise<string> {
  const lines = ["version: 0.1", "log:", "  level: info", "storage:", "  filesystem:", `    rootdirectory: ${folder}/data`, "  delete:", "    enabled: true"];
  if (readOnly === true) lines.push("  maintenance:", "    readonly:", "      enabled: true");
  lines.push("http:", `  addr: ${host}`, "  secret: test");
  if (pair !== undefined) lines.push("  tls:", `    certificate: ${pair.cert}`, `    key: ${pair.key}`);
  if (users !== undefined) {
    const hashed = await Promise.all(Object.entries(users).map(async ([name, password]) => `${name}:${(await Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 })).replace("$2b$", "$2y$")}`));
    writeFileSync(join(folder, "htpasswd"), `${hashed.join("\n")}\n`);
    lines.push("auth:", "  htpasswd:", "    realm: test", `    path: ${folder}/htpasswd`);
  }
  return `${lines.join("\n")}\n`;
}

/** A CA of its own and a certificate for 127.0.0.1 and localhost. */
async function makeCertificate(folder: string): Promise<Pair> {
  const at = (name: string): string => join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await run(["openssl", "req", "-x509", ...key, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-days", "2", "-subj", "/CN=test-ca"]);
  await run(["openssl", "req", ...key, "-keyout", at("server.key"), "-out", at("server.csr"), "-subj", "/CN=localhost"]);
  writeFileSync(at("names"), "subjectAltName=DNS:localhost,IP:127.0.0.1");
  await run(["openssl", "x509", "-req", "-in", at("server.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-out", at("server.pem"), "-days", "2", "-extfile", at("names")]);
  return { ca: at("ca.pem"), cert: at("server.pem"), key: at("server.key") };
}

export async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = Bun.spawn([...argv], { stdout: "pipe", stderr: "pipe", env: { ...process.env, ...env } });
  const [stdout, stderr, code] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`${argv.join(" ")}: exit ${code}: ${stderr}`);
  return stdout;
}
