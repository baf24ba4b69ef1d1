import { defineCommand } from "../../kit/types.ts";

export const loginCommand = defineCommand({
  paths: ["login"],
  summary: "Keep credentials of a registry",
  description: "Checks user and password against the registry and keeps them for later commands.",
  usage: "[options] [REGISTRY]",
  args: { min: 0, max: 1 },
  flags: {
    authfile: { kind: "string", name: "authfile", doc: "File with registry credentials; REGISTRY_AUTH_FILE names another default", completion: "file" },
    certDir: { kind: "string", name: "cert-dir", doc: "Directory with TLS certificates and keys", completion: "directory" },
    compatAuthFile: { kind: "string", name: "compat-auth-file", doc: "Docker config file to use in place of it", completion: "file" },
    getLogin: { kind: "bool", name: "get-login", default: false, doc: "Print the user who is logged in" },
    password: { kind: "string", name: "password", short: "p", doc: "Password" },
    passwordStdin: { kind: "bool", name: "password-stdin", default: false, doc: "Read the password from standard input" },
    tlsVerify: { kind: "bool", name: "tls-verify", default: false, doc: "Demand HTTPS and valid certificates of registries" },
    username: { kind: "string", name: "username", short: "u", doc: "User name" },
    verbose: { kind: "bool", name: "verbose", short: "v", default: false, doc: "Say where the credentials are kept" },
  },
  examples: ["podman login quay.io", "podman login --username ... --password ... quay.io", "podman login --authfile dir/auth.json quay.io"],
  run: async (context, args, flags) => (await import("../../image/login.ts")).login(context, args[0], flags),
});

export const logoutCommand = defineCommand({
  paths: ["logout"],
  summary: "Forget credentials of a registry",
  description: "Takes user and password out of the file or helper that keeps them.",
  usage: "[options] [REGISTRY]",
  args: { min: 0, max: 1 },
  flags: {
    all: { kind: "bool", name: "all", short: "a", default: false, doc: "Forget those of every registry" },
    authfile: { kind: "string", name: "authfile", doc: "File with registry credentials; REGISTRY_AUTH_FILE names another default", completion: "file" },
    compatAuthFile: { kind: "string", name: "compat-auth-file", doc: "Docker config file to use in place of it", completion: "file" },
  },
  examples: ["podman logout quay.io", "podman logout --all"],
  run: async (context, args, flags) => (await import("../../image/logout.ts")).logout(context, args[0], flags),
});
