/**
 * Trust for registries: the distribution's CA bundle (as Go programs use it; Bun's own list would miss a company's CA), plus
 * `certs.d` folders: `*.crt` are CAs, `name.cert` with `name.key` a client certificate. containers-certs.d(5).
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineError, isErrno } from "../../base/errors.ts";

export interface TlsOptions {
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
}

/** Where distributions keep the bundle: Debian, Fedora, SUSE, OpenELEC, RHEL's extracted store, Alpine. */
const bundleFiles = [
  "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
];
/** A bundle of all public CAs is 250 KB. */
const maxBundleBytes = 16 * 1024 * 1024;

type Env = Readonly<Record<string, string | undefined>>;
const bundles = new Map<string, readonly string[]>();

/** PEM texts of the system's CAs; empty when the system has none, and Bun's built-in list is used then. `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the usual places. */
export function systemCertificates(env: Env): readonly string[] {
  const key = `${env["SSL_CERT_FILE"] ?? ""}\0${env["SSL_CERT_DIR"] ?? ""}`;
  const known = bundles.get(key);
  if (known !== undefined) return known;
  const found = [...readBundle(env["SSL_CERT_FILE"]), ...readCertificateFolder(env["SSL_CERT_DIR"])];
  bundles.set(key, found);
  return found;
}

function readBundle(override: string | undefined): readonly string[] {
  const path = override ?? bundleFiles.find((file) => existsSync(file));
  if (path === undefined) return [];
  try {
    const text = readFileSync(path, "utf8");
    return text.length > maxBundleBytes ? [] : [text];
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

function readCertificateFolder(folders: string | undefined): readonly string[] {
  return (folders ?? "").split(":").filter((folder) => folder !== "" && existsSync(folder)).flatMap((folder) =>
    readdirSync(folder).filter((name) => /\.(?:pem|crt|cer)$/.test(name)).map((name) => readFileSync(join(folder, name), "utf8")));
}

/**
 * TLS options for one registry host.
 * @throws invalid-argument when a client certificate has no key or a key no certificate
 */
export function tlsOptions(folders: readonly string[], insecure: boolean, env: Env): TlsOptions {
  const own = folders.map(readFolder);
  const ca = own.flatMap((folder) => folder.ca);
  const client = own.findLast((folder) => folder.client !== undefined)?.client;
  const all = [...systemCertificates(env), ...ca];
  return { rejectUnauthorized: !insecure, ...(all.length === 0 ? {} : { ca: all }), ...client };
}

interface Folder { readonly ca: readonly string[]; readonly client?: { readonly cert: string; readonly key: string } }

function readFolder(folder: string): Folder {
  const names = readdirSync(folder).toSorted();
  const ca = names.filter((name) => name.endsWith(".crt")).map((name) => readFileSync(join(folder, name), "utf8"));
  const certs = names.filter((name) => name.endsWith(".cert"));
  for (const cert of certs) {
    const key = `${cert.slice(0, -".cert".length)}.key`;
    if (!names.includes(key)) throw new EngineError("invalid-argument", `missing key ${key} for client certificate ${cert}. Note that CA certificates should use the extension .crt`);
  }
  for (const key of names.filter((name) => name.endsWith(".key"))) {
    const cert = `${key.slice(0, -".key".length)}.cert`;
    if (!names.includes(cert)) throw new EngineError("invalid-argument", `missing client certificate ${cert} for key ${key}`);
  }
  const last = certs.at(-1);
  if (last === undefined) return { ca };
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  return { ca, client: { cert: read(last), key: read(`${last.slice(0, -".cert".length)}.key`) } };
}
