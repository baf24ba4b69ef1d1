// @table
/**
 * What must be on the machine: program (or file) → package by package manager. `null`: that distribution has no package, or
 * the program comes with another one. Programs of `optional` rows are missed by some feature only; the set-up warns and goes on.
 */
const row = (need, apt, dnf = apt, apk = apt, zypper = apt, pacman = apt) => ({ need, packages: { apt, dnf, apk, zypper, pacman } });
const optional = (entry) => ({ ...entry, optional: true });

export const enginePackages = [
  row("crun", "crun"),
  row("conmon", "conmon"),
  row("netavark", "netavark"),
  row("aardvark-dns", "aardvark-dns"),
  row("nft", "nftables"),
  row("iptables", "iptables", "iptables-nft", "iptables", "iptables", "iptables"),
  row("ip", "iproute2", "iproute"),
  row("busybox", "busybox-static", "busybox", "busybox-static", "busybox-static", "busybox"),
  optional(row("catatonit", "catatonit")),
  optional(row("newuidmap", "uidmap", "shadow-utils", "shadow-subids", "shadow", "shadow")),
  optional(row("pasta", "passt")),
  optional(row("slirp4netns", "slirp4netns")),
  optional(row("fuse-overlayfs", "fuse-overlayfs")),
  // Seccomp profile, registries.conf and policy.json of the distribution.
  optional(row("/etc/containers/policy.json", "golang-github-containers-common", "containers-common", "containers-common", "libcontainers-common", "containers-common")),
];

export const testPackages = [
  optional(row("runc", "runc")),
  optional(row("skopeo", "skopeo")),
  optional(row("docker-registry", "docker-registry", null, "docker-registry", "distribution-registry", null)),
  row("openssl", "openssl"),
  optional(row("tmux", "tmux")),
  optional(row("htpasswd", "apache2-utils", "httpd-tools", "apache2-utils", "apache2-utils", "apache")),
  optional(row("jq", "jq")),
  optional(row("strace", "strace")),
  optional(row("gpg", "gnupg", "gnupg2", "gnupg", "gpg2", "gnupg")),
];

/** argv that installs, and argv that refreshes the lists first where that is a step of its own. */
export const managers = [
  { name: "apt", program: "apt-get", refresh: ["apt-get", "update", "-q"], install: ["apt-get", "install", "-y", "-q", "--no-install-recommends"] },
  { name: "dnf", program: "dnf", install: ["dnf", "install", "-y", "-q", "--setopt=install_weak_deps=False"] },
  { name: "apk", program: "apk", install: ["apk", "add", "--no-cache"] },
  { name: "zypper", program: "zypper", install: ["zypper", "--non-interactive", "install", "--no-recommends"] },
  { name: "pacman", program: "pacman", install: ["pacman", "-Sy", "--noconfirm", "--needed"] },
];

/** Where programs are that are not in PATH. */
export const extraFolders = [
  "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/libexec/podman", "/usr/lib/podman", "/usr/local/libexec/podman", "/usr/local/lib/podman",
  "/usr/libexec/catatonit",
];
