// @table
/**
 * The default system call policy for machines without a profile file: what a container with no special capability may call.
 * Facts as of the distributions' profile of 2026; a call in none of the lists does not exist for the container (ENOSYS).
 */
import type { SeccompProfile, SeccompRule } from "./seccomp.ts";

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

const allowed = `
  _llseek _newselect accept accept4 access adjtimex alarm bind brk capget capset chdir chmod chown chown32 clock_adjtime clock_adjtime64 clock_getres
  clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 clone clone3 close close_range connect copy_file_range creat
  dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat
  exit exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_init fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32
  fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsconfig fsetxattr fsmount fsopen fspick fstat fstat64 fstatat64 fstatfs
  fstatfs64 fsync ftruncate ftruncate64 futex futex_time64 futimesat get_mempolicy get_robust_list get_thread_area getcpu getcwd getdents getdents64
  getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom
  getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getuid32 getxattr
  inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_setup io_submit ioctl ioprio_get ioprio_set ipc
  keyctl kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listxattr llistxattr
  lremovexattr lseek lsetxattr lstat lstat64 madvise mbind membarrier memfd_create memfd_secret mincore mkdir mkdirat mknod mknodat mlock mlock2
  mlockall mmap mmap2 mount mount_setattr move_mount mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend
  mq_timedsend_time64 mq_unlink mremap msgctl msgget msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat open open_tree
  openat openat2 pause pidfd_getfd pidfd_open pidfd_send_signal pipe pipe2 pivot_root pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl
  pread64 preadv preadv2 prlimit64 process_mrelease process_vm_readv process_vm_writev pselect6 pselect6_time64 ptrace pwrite64 pwritev pwritev2 read
  readahead readlink readlinkat readv reboot recv recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr rename renameat renameat2
  restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64
  rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
  sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl
  semget semop semtimedop semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto set_mempolicy set_robust_list set_thread_area
  set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setitimer setns setpgid setpriority setregid setregid32
  setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid setsockopt setuid setuid32 setxattr shmat shmctl shmdt shmget
  shutdown sigaltstack signal signalfd signalfd4 sigprocmask sigreturn socketcall socketpair splice stat stat64 statfs statfs64 statx symlink symlinkat
  sync sync_file_range syncfs sysinfo syslog tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime
  timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask
  umount umount2 uname unlink unlinkat unshare utime utimensat utimensat_time64 utimes vfork wait4 waitid waitpid write writev
`;
/** Exist, and are refused with EPERM. */
const refused = `
  bdflush cachestat futex_requeue futex_wait futex_waitv futex_wake io_pgetevents io_pgetevents_time64 kexec_file_load kexec_load map_shadow_stack
  migrate_pages move_pages nfsservctl nice oldfstat oldlstat oldolduname oldstat olduname pciconfig_iobase pciconfig_read pciconfig_write sgetmask
  ssetmask swapoff swapon syscall sysfs uselib userfaultfd ustat vm86 vm86old vmsplice
`;
/** Allowed with the capability, EPERM without. */
const withCapability: Readonly<Record<string, string>> = {
  CAP_DAC_READ_SEARCH: "open_by_handle_at",
  CAP_SYS_ADMIN: "lookup_dcookie quotactl quotactl_fd setdomainname sethostname setns",
  CAP_SYS_CHROOT: "chroot",
  CAP_SYS_MODULE: "delete_module finit_module init_module query_module",
  CAP_SYS_PACCT: "acct",
  CAP_SYS_PTRACE: "kcmp process_madvise",
  CAP_SYS_RAWIO: "ioperm iopl",
  CAP_SYS_TIME: "clock_settime clock_settime64 settimeofday stime",
  CAP_SYS_TTY_CONFIG: "vhangup",
};
/** Either of two capabilities is enough. */
const withBpf: readonly (readonly [name: string, capability: string])[] = [["bpf", "CAP_BPF"], ["perf_event_open", "CAP_PERFMON"]];
const onArchitecture: readonly (readonly [arches: readonly string[], names: string])[] = [
  [["ppc64le"], "swapcontext sync_file_range2"],
  [["arm", "arm64"], "arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2"],
  [["amd64", "x32"], "arch_prctl"],
  [["amd64", "x32", "x86"], "modify_ldt"],
  [["s390", "s390x"], "s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr"],
  [["riscv64"], "riscv_flush_icache"],
];
/** personality(2): Linux, Linux with 32-bit uname, each with PER_LINUX32, and the query. */
const personalities: readonly number[] = [0, 8, 0x20000, 0x20008, 0xffffffff];
/** socket(2): AF_VSOCK never; the audit netlink protocol only with CAP_AUDIT_WRITE. */
const family = { netlink: 16, vsock: 40, auditProtocol: 9 } as const;

const eperm = { action: "SCMP_ACT_ERRNO", errnoRet: 1 } as const;
const allow = { action: "SCMP_ACT_ALLOW" } as const;
const equal = (index: number, value: number): { index: number; value: number; op: string } => ({ index, value, op: "SCMP_CMP_EQ" });
const differs = (index: number, value: number): { index: number; value: number; op: string } => ({ index, value, op: "SCMP_CMP_NE" });

/** The table as a profile. */
export function defaultProfile(): SeccompProfile {
  const byCapability = Object.entries(withCapability).flatMap(([capability, names]): SeccompRule[] => [
    { names: words(names), ...allow, includes: { caps: [capability] } }, { names: words(names), ...eperm, excludes: { caps: [capability] } },
  ]);
  const bpf = withBpf.flatMap(([name, capability]): SeccompRule[] => [
    { names: [name], ...allow, includes: { caps: [capability] } }, { names: [name], ...eperm, excludes: { caps: ["CAP_SYS_ADMIN", capability] } },
  ]);
  const noAudit = { excludes: { caps: ["CAP_AUDIT_WRITE"] } };
  return {
    defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 38,
    archMap: [
      { architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] },
      { architecture: "SCMP_ARCH_AARCH64", subArchitectures: ["SCMP_ARCH_ARM"] },
      { architecture: "SCMP_ARCH_S390X", subArchitectures: ["SCMP_ARCH_S390"] },
    ],
    syscalls: [
      { names: words(refused), ...eperm }, { names: words(allowed), ...allow },
      ...personalities.map((value): SeccompRule => ({ names: ["personality"], ...allow, args: [equal(0, value)] })),
      ...onArchitecture.map(([arches, names]): SeccompRule => ({ names: words(names), ...allow, includes: { arches } })),
      ...byCapability, ...bpf,
      { names: ["bpf"], ...allow, includes: { caps: ["CAP_SYS_ADMIN"] } },
      { names: ["socket"], ...eperm, args: [equal(0, family.vsock)] },
      { names: ["socket"], action: "SCMP_ACT_ERRNO", errnoRet: 22, args: [equal(0, family.netlink), equal(2, family.auditProtocol)], ...noAudit },
      { names: ["socket"], ...allow, args: [equal(0, family.netlink), differs(2, family.auditProtocol)], ...noAudit },
      { names: ["socket"], ...allow, args: [differs(0, family.netlink)], ...noAudit },
      { names: ["socket"], ...allow, args: [differs(0, family.vsock)], includes: { caps: ["CAP_AUDIT_WRITE"] } },
    ],
  };
}
