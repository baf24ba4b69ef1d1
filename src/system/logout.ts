/** Forgetting a registry's credentials: podman-logout(1). Like log-in the client's own work. */
import { EngineError, within } from "../base/errors.ts";
import { findCredentials, removeAllCredentials, removeCredentials } from "../config/auth.ts";
import { checkAuthFile } from "../config/auth-file.ts";
import type { Environment } from "../config/rootless.ts";
import { accepts, prepare, type LoginRequest } from "./login.ts";

/** `elsewhere`: credentials are still found and work, but another tool wrote them to a file of its own. */
export type LogoutResult = { readonly key: string; readonly outcome: "removed" | "elsewhere" };

/** @throws EngineError not-found when nobody is logged in there */
export async function logout(request: LoginRequest, env: Environment): Promise<LogoutResult> {
  checkFiles(request);
  const { access, context, key, registry } = prepare(request, env);
  const removed = await removeCredentials(key, context).catch((error: unknown) => { throw within(`logging out of ${JSON.stringify(key)}`, error); });
  if (removed) return { key, outcome: "removed" };
  const rest = await findCredentials(key, context);
  const { username = "", password = "" } = rest ?? {};
  const works = username !== "" && password !== "" && await accepts(access, registry, { username, password }, env, request.signal).catch(() => false);
  if (works) return { key, outcome: "elsewhere" };
  throw new EngineError("not-found", `not logged into ${key}`);
}

export async function logoutEverywhere(request: LoginRequest, env: Environment): Promise<void> {
  checkFiles(request);
  await removeAllCredentials(prepare({ ...request, registry: "localhost" }, env).context);
}

function checkFiles(request: LoginRequest): void {
  checkAuthFile(request.authFile);
  checkAuthFile(request.compatAuthFile);
}
