/** Brings back what health.ts misses, without touching the containers' devices. */
import { existsSync } from "node:fs";
import { EngineError } from "../base/errors.ts";
import { findProgram } from "../config/programs.ts";
import { isAtLeast } from "./features.ts";
import { adoptResolver, forgetDeadResolver, hasNames, resolverFolder, runningResolver } from "./health.ts";
import { environmentOf, reloadFirewall, type NetavarkCall } from "./netavark.ts";
import { lockNetavark } from "./netavark-lock.ts";

const defaultDnsPort = 53;
/** Two or three sentences. */
const maxErrorBytes = 64 * 1024;

/**
 * Starts aardvark-dns as netavark does; it goes into the background when it is ready. Nothing happens when it runs (its lost
 * number is written down again), or when no network has names. @throws unavailable with its own words
 */
export async function reviveResolver(call: NetavarkCall): Promise<void> {
  if (call.aardvark === undefined) return;
  using _lock = await lockNetavark(call.lockPath);
  if (runningResolver(call.runDir) !== undefined || adoptResolver(call.runDir) || !hasNames(call.runDir)) return;
  forgetDeadResolver(call.runDir);
  const prefix = call.inside === undefined ? [] : await call.inside.enter();
  const argv = [...prefix, ...scopeOf(call), call.aardvark, "--config", resolverFolder(call.runDir), "-p", String(call.dnsPort === 0 ? defaultDnsPort : call.dnsPort), "run"];
  const child = Bun.spawn(argv, { stdio: ["ignore", "ignore", "pipe"], env: { ...environmentOf(call), RUST_LOG: "warn" }, maxBuffer: maxErrorBytes });
  // Its background process keeps stderr open, so the text is read only after a failure.
  if (await child.exited === 0) return;
  throw new EngineError("unavailable", `aardvark-dns: ${(await new Response(child.stderr).text()).trim()}`);
}

/** A scope of its own, or systemd would end it together with the unit that we run in. */
function scopeOf(call: NetavarkCall): string[] {
  const environment = environmentOf(call);
  const systemdRun = existsSync("/run/systemd/system") ? findProgram("systemd-run", environment) : undefined;
  return systemdRun === undefined ? [] : [systemdRun, "-q", "--scope", ...(call.rootless ? ["--user"] : [])];
}

/** False when netavark is too old. @throws unavailable with netavark's own words */
export async function reviveRules(call: NetavarkCall): Promise<boolean> {
  if (!isAtLeast(call.program, "1.17.0")) return false;
  await reloadFirewall(call);
  return true;
}
