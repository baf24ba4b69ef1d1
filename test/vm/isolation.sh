#!/bin/sh
# What was asked for is what the kernel says, on full cgroup v2. See README.md.
P=$1 here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
I=$(load "$2")
cg() { # cg ID FILE: of the container's own cgroup. The runtime sets some limits on the scope, others on the cgroup in it
    d=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$($P inspect --format '{{.State.Pid}}' "$1")/cgroup")
    if [ ! -s "$d/$2" ] || [ -z "$(cat "$d/$2")" ] || grep -q '^max' "$d/$2"; then d=$(dirname "$d"); fi
    tr '\n' ' ' < "$d/$2" | sed 's/ $//'
}
disk=$(lsblk -dno NAME | grep -E '^(vd|sd|nvme)' | head -1); numbers=$(cat "/sys/block/$disk/dev")
id=$($P run -d --network none --cpu-shares 512 --cpu-period 50000 --cpu-quota 25000 --cpuset-cpus 0 --cpuset-mems 0 --memory 64m --memory-swap 96m --memory-reservation 32m --pids-limit 77 \
    --blkio-weight 300 --device-read-bps /dev/$disk:1mb --device-write-iops /dev/$disk:200 --cgroup-conf memory.high=50331648 --oom-score-adj 321 --cap-drop chown --security-opt no-new-privileges --ulimit nofile=100:200 \
    --sysctl net.ipv4.ip_forward=1 --group-add 4242 --umask 0077 "$I" sh -c 'cat /proc/self/status; ulimit -Sn; ulimit -Hn; cat /proc/sys/net/ipv4/ip_forward; readlink /proc/self/ns/cgroup; sleep 10000')
ok "cpu weight" '[25][09]' "$(cg "$id" cpu.weight)"
ok "cpu quota" "25000 50000" "$(cg "$id" cpu.max)"
ok "cpuset" "0 0" "$(cg "$id" cpuset.cpus) $(cg "$id" cpuset.mems)"
ok "memory" "67108864 33554432 33554432" "$(cg "$id" memory.max) $(cg "$id" memory.swap.max) $(cg "$id" memory.low)"
ok "--cgroup-conf" 50331648 "$(cg "$id" memory.high)"
ok "pids" 77 "$(cg "$id" pids.max)"
ok "io.max" "$numbers rbps=1048576 wbps=max riops=max wiops=200" "$(cg "$id" io.max)"
ok "io weight" '*[0-9]*' "$(cg "$id" io.weight)$(cg "$id" io.bfq.weight)"
said=$($P logs "$id" | tr '\t\n' '  ')
ok "capabilities" '*CapInh: 0000000000000000*CapBnd: 00000000800405fa CapAmb: 0000000000000000*' "$said"
ok "no new privileges, seccomp, groups, umask" '*Umask: 0077*Groups: *4242*NoNewPrivs: 1 Seccomp: 2*' "$said"
ok "ulimits, sysctl, own cgroup namespace" '* 100 200 1 cgroup:*' "$said"
ok "oom score" 321 "$(cat "/proc/$($P inspect --format '{{.State.Pid}}' "$id")/oom_score_adj")"
$P update --memory 80m --memory-swap 120m --pids-limit 55 --cpus 0.25 "$id" > /dev/null
ok "update" "83886080 55 25000 100000" "$(cg "$id" memory.max) $(cg "$id" pids.max) $(cg "$id" cpu.max)"
$P rm -f -t 0 "$id" > /dev/null
$P run --name hungry --network none --memory 16m --memory-swap 16m "$I" sh -c 'x=a; while :; do x=$x$x; done' > /dev/null 2>&1
ok "the memory limit kills, and it is told" "137 true" "$($P inspect --format '{{.State.ExitCode}} {{.State.OOMKilled}}' hungry)"
$P rm hungry > /dev/null
if [ -n "${3:-}" ]; then
    as() { su -l "$3" -c "XDG_RUNTIME_DIR=/run/user/$(id -u "$3") $1 $2"; }
    user() { as "$P" "$1" "$U"; }
    U=$3
    user "load -q -i $2" > /dev/null
    id=$(user "run -d --network none --memory 50m --pids-limit 40 --cpus 0.5 $I sleep 10000")
    pid=$(user "inspect --format '{{.State.Pid}}' $id")
    path=$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
    ok "a user's container is below the user's service" "/user.slice/user-$(id -u "$U").slice/user@*" "$path"
    up=/sys/fs/cgroup$path; [ "$(cat "$up/memory.max")" = max ] && up=$(dirname "$up")
    ok "a user's limits" "52428800 40 50000 100000" "$(cat "$up/memory.max" "$up/pids.max" "$up/cpu.max" | tr '\n' ' ' | sed 's/ $//')"
    ok "a user's capabilities" '*CapInh:*0000000000000000*CapEff:*00000000800405fb*' "$(user "exec $id cat /proc/self/status" | tr '\n' ' ')"
    ok "a user's monitor has a cgroup of its own" '*/libpod-conmon-*' "$(cat "/proc/$(user "inspect --format '{{.State.ConmonPid}}' $id")/cgroup")"
    user "update --memory 60m $id" > /dev/null
    ok "a user's update" 62914560 "$(cat "$up/memory.max")"
    user "rm -f -t 0 $id" > /dev/null
fi
finish
