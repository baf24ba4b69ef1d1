/** Project quotas: a directory tree carries a number, the file system limits what has that number. */
import { c, check, ptr } from "./libc.ts";
import { ioctl, quota, syscallNumbers } from "./abi.ts";

/** struct fsxattr of linux/fs.h. */
const fsxattrBytes = 28;
const [flagsAt, projectAt] = [0, 3];
/** struct fs_disk_quota of linux/dqblk_xfs.h. */
const diskQuotaBytes = 112;
/** Limits count these. */
const quotaBlockBytes = 512;

/** 0: none. @throws SysError ENOTTY where the file system has no projects */
export function projectOf(fd: number): number {
  const attributes = new Uint32Array(fsxattrBytes / 4);
  check(c.ioctl(fd, ioctl.fsGetXattr, ptr(attributes)), "ioctl");
  return attributes[projectAt] ?? 0;
}

/** Gives a directory a project, which all that is made in it from now on inherits. @throws SysError */
export function setProject(fd: number, project: number): void {
  const attributes = new Uint32Array(fsxattrBytes / 4);
  check(c.ioctl(fd, ioctl.fsGetXattr, ptr(attributes)), "ioctl");
  attributes[projectAt] = project;
  attributes[flagsAt] = (attributes[flagsAt] ?? 0) | quota.inheritProject;
  check(c.ioctl(fd, ioctl.fsSetXattr, ptr(attributes)), "ioctl");
}

/** Limits a project on the file system that `fd` is on; 0 is no limit. @throws SysError ENOSYS, ESRCH or EINVAL where it keeps no quotas */
export function setProjectLimit(fd: number, project: number, limits: { readonly sizeBytes: number; readonly inodes: number }): void {
  const blocks = BigInt(Math.ceil(limits.sizeBytes / quotaBlockBytes));
  const request = new DataView(new ArrayBuffer(diskQuotaBytes));
  request.setInt8(0, 1);
  request.setInt8(1, quota.flagProject);
  request.setUint16(2, quota.fieldInodes | quota.fieldBlocks, true);
  request.setUint32(4, project, true);
  for (const offset of [8, 16]) request.setBigUint64(offset, blocks, true);
  for (const offset of [24, 32]) request.setBigUint64(offset, BigInt(limits.inodes), true);
  check(c.syscall(syscallNumbers.quotactlFd, fd, (quota.setLimit << 8) | quota.project, project, Number(ptr(new Uint8Array(request.buffer))), 0, 0), "quotactl_fd");
}
