/** `--security-opt` (podman-run(1)). Pure. */
import { EngineError } from "../../base/errors.ts";

/** As `SecurityCreate` of the contract, the part that --security-opt sets. */
export interface ParsedSecurity {
  noNewPrivileges?: boolean; seccomp?: string; apparmor?: string; selinux?: string[]; mask?: string[]; unmask?: string[]; procOpts?: string[];
}

/** @throws invalid-argument `invalid --security-opt …` */
export function parseSecurityOptions(options: readonly string[]): ParsedSecurity {
  const out: ParsedSecurity = {};
  for (const option of options) apply(out, option);
  return out;
}

function apply(out: ParsedSecurity, option: string): void {
  if (option === "no-new-privileges") { out.noNewPrivileges = true; return; }
  // Docker takes `:` as well as `=`, and so does podman.
  const match = /^([^=:]+)[=:](.*)$/.exec(option);
  if (match?.[1] === undefined || match[2] === undefined) throw new EngineError("invalid-argument", `invalid --security-opt 1: "${option}"`);
  const setter = setters[match[1]];
  if (setter === undefined) throw new EngineError("invalid-argument", `invalid --security-opt 2: "${option}"`);
  setter(out, match[2], option);
}

const setters: Readonly<Record<string, (out: ParsedSecurity, value: string, option: string) => void>> = {
  apparmor: (out, value) => { out.apparmor = value; },
  label: (out, value) => { (out.selinux ??= []).push(value); },
  mask: (out, value) => { (out.mask ??= []).push(...value.split(":")); },
  unmask: (out, value) => { (out.unmask ??= []).push(...(value === "ALL" || value === "all" ? ["ALL"] : value.split(":"))); },
  "proc-opts": (out, value) => { (out.procOpts ??= []).push(...value.split(",")); },
  seccomp: (out, value) => { out.seccomp = value; },
  systempaths: (out, value) => {
    if (value !== "unconfined") throw new EngineError("invalid-argument", `invalid systempaths option "${value}", only \`unconfined\` is supported`);
    (out.unmask ??= []).push("ALL");
  },
  "no-new-privileges": (out, value, option) => {
    if (value !== "true" && value !== "false") throw new EngineError("invalid-argument", `invalid --security-opt 2: "${option}"`);
    out.noNewPrivileges = value === "true";
  },
};
