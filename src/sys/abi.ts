// @table
/**
 * Every number and layout that `sys/` passes to the kernel. Those that differ by architecture are chosen here and nowhere else.
 * Verified by running: x86-64. arm64 numbers are from the kernel's asm-generic/unistd.h and uapi headers, not run.
 */
const arm64 = process.arch === "arm64";

export const syscallNumbers = { openat2: 437, pidfdOpen: 434, pidfdSendSignal: 424, mountSetattr: 442, openTree: 428, moveMount: 429, fsopen: 430, fsconfig: 431, fsmount: 432, closeRange: 436, copyFileRange: arm64 ? 285 : 326, renameat2: arm64 ? 276 : 316, quotactlFd: 443, setfsuid: arm64 ? 151 : 122, setfsgid: arm64 ? 152 : 123 } as const;

export const at = { fdcwd: -100, symlinkNofollow: 0x100, removedir: 0x200, emptyPath: 0x1000 } as const;

/** open(2) flags; O_DIRECTORY, O_NOFOLLOW and O_DIRECT differ on arm64. */
export const open = {
  rdonly: 0, wronly: 1, rdwr: 2, creat: 0o100, excl: 0o200, noctty: 0o400, trunc: 0o1000, append: 0o2000, nonblock: 0o4000,
  directory: arm64 ? 0o40000 : 0o200000, nofollow: arm64 ? 0o100000 : 0o400000, cloexec: 0o2000000, path: 0o10000000,
} as const;

/** openat2(2) resolve flags. */
export const resolve = { noXdev: 1, noMagiclinks: 2, noSymlinks: 4, beneath: 8, inRoot: 16 } as const;

export const mountFlags = {
  readonly: 1, nosuid: 2, nodev: 4, noexec: 8, remount: 32, noatime: 1024, bind: 4096, move: 8192, rec: 16384,
  private: 1 << 18, slave: 1 << 19, shared: 1 << 20, relatime: 1 << 21, strictatime: 1 << 24,
} as const;
export const umountFlags = { force: 1, detach: 2, nofollow: 8 } as const;

export const clone = { newns: 0x20000, newcgroup: 0x2000000, newuts: 0x4000000, newipc: 0x8000000, newuser: 0x10000000, newpid: 0x20000000, newnet: 0x40000000 } as const;

export const fcntl = { getfl: 3, setfl: 4, getfd: 1, setfd: 2, ofdGetlk: 36, ofdSetlk: 37, ofdSetlkw: 38, rdlck: 0, wrlck: 1, unlck: 2 } as const;
export const flock = { shared: 1, exclusive: 2, nonblock: 4, unlock: 8 } as const;

export const socket = { unix: 1, inet: 2, inet6: 10, stream: 1, datagram: 2, raw: 3, seqpacket: 5, sctp: 132, cloexec: 0o2000000, nonblock: 0o4000, msgNosignal: 0x4000 } as const;
export const netlink = { family: 16, netfilter: 12, request: 1, dump: 0x300, error: 2, done: 3 } as const;
export const netfilter = { subsystem: 10, newRule: 6, getRule: 7, ruleTable: 1, ruleChain: 2 } as const;
export const inotify = { cloexec: 0o2000000, nonblock: 0o4000, closeWrite: 0x8, movedTo: 0x80, create: 0x100 } as const;
export const ioctl = { tcgets: 0x5401, tcsets: 0x5402, tiocgwinsz: 0x5413, tiocswinsz: 0x5414, fionread: 0x541b, ficlone: 0x40049409, fsGetXattr: 0x801c581f, fsSetXattr: 0x401c5820 } as const;
/** quotactl(2) in XFS's dialect, which every file system with quotas speaks; fields of struct fs_disk_quota. */
export const quota = { project: 2, setLimit: 0x5804, flagProject: 2, fieldInodes: 3, fieldBlocks: 12, inheritProject: 0x200 } as const;
export const socketOption = { solSocket: 1, reuseAddress: 2, ipprotoIpv6: 41, ipv6Only: 26 } as const;
export const netDevice = { getFlags: 0x8913, setFlags: 0x8914, up: 1 } as const;
export const prctl = { setPdeathsig: 1, setName: 15, setChildSubreaper: 36, getSecurebits: 27, setSecurebits: 28 } as const;
export const securebits = { noSetuidFixup: 4 } as const;
export const fsconfig = { setFlag: 0, setString: 1, create: 6 } as const;
export const seek = { set: 0, cur: 1, end: 2, data: 3, hole: 4 } as const;

/** f_type of statfs(2). */
export const filesystemMagic: Readonly<Record<string, number>> = {
  ext4: 0xef53, xfs: 0x58465342, btrfs: 0x9123683e, tmpfs: 0x01021994, overlay: 0x794c7630, nfs: 0x6969, fuse: 0x65735546,
  zfs: 0x2fc12fc1, cgroup2: 0x63677270, ramfs: 0x858458f6, ecryptfs: 0xf15f, proc: 0x9fa0, nsfs: 0x6e736673,
};
