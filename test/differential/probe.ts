/** Shell commands that show a container from inside; run by the sh of busybox. Each line carries the name of its part. */
const show = (part: string, command: string): string => `(${command}) 2>&1 | sed 's/^/${part}: /'`;

export const probe = [
  // Place, options, kind, source and options of the file system.
  show("mount", "awk '{ for (i = 7; $i != \"-\"; i++); print $5, $6, $(i + 1), $(i + 2), $(i + 3) }' /proc/self/mountinfo | sort"),
  show("propagation", "awk '{ p = \"\"; for (i = 7; $i != \"-\"; i++) { split($i, w, \":\"); p = p \" \" w[1] } print $5 p }' /proc/self/mountinfo | sort"),
  show("status", "grep -E '^(Umask|Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Cpus_allowed_list|Mems_allowed_list|NSpid)' /proc/self/status"),
  show("env", "env | sort"),
  show("id", "id"),
  show("limit", "cat /proc/self/limits"),
  show("cgroup", "cat /proc/self/cgroup"),
  show("uidmap", "cat /proc/self/uid_map /proc/self/gid_map"),
  show("name", "hostname; cat /proc/sys/kernel/domainname"),
  show("hosts", "cat /etc/hosts"),
  show("resolv", "cat /etc/resolv.conf"),
  show("passwd", "cat /etc/passwd /etc/group"),
  show("place", "pwd"),
  show("oom", "cat /proc/self/oom_score_adj"),
  show("dev", "ls -ln /dev | awk '{ print $1, $3, $4, $NF }'"),
  show("sysctl", "cat /proc/sys/net/ipv4/ping_group_range /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/shmmax"),
  show("limits", "for f in memory/memory.limit_in_bytes memory/memory.soft_limit_in_bytes memory/memory.memsw.limit_in_bytes memory/memory.swappiness memory/memory.oom_control cpu/cpu.shares cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpuset/cpuset.cpus cpuset/cpuset.mems pids/pids.max blkio/blkio.weight blkio/blkio.throttle.read_bps_device; do [ -r /sys/fs/cgroup/$f ] && echo $f $(cat /sys/fs/cgroup/$f); done"),
  show("processes", "ps -o comm | grep -vE '^(COMMAND|ps|sh|sort|sed|awk|grep)$' | sort -u"),
  show("terminal", "test -t 0 && echo terminal"),
].join("; ");
