/** The public surface of sys/: the only folder that talks to libc. */
export * from "./mount.ts";
export * from "./fsmount.ts";
export * from "./file.ts";
export * from "./xattr.ts";
export * from "./lock.ts";
export * from "./flock.ts";
export * from "./netns.ts";
export * from "./netfilter.ts";
export * from "./inotify.ts";
export * from "./port.ts";
export * from "./project-quota.ts";
export * from "./process.ts";
export * from "./socket.ts";
export * from "./tty.ts";
