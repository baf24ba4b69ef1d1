#!/bin/sh
# Checkpoint and restore with CRIU. See README.md.
P=$1 here=$(cd "$(dirname "$0")" && pwd)
. "$here/tap.sh"
I=$(load "$2")
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
state() { $P container inspect --format '{{.State.Status}}:{{.State.Running}}:{{.State.Paused}}:{{.State.Checkpointed}}' "$1"; }
files() { $P exec "$1" sh -c 'cat /new /data/f /dev/shm/s; [ -e /etc/group ] || echo gone' | tr '\n' ' '; }
lines() { $P logs "$1" | wc -l; }
grows() { # grows NAME: its output goes on
    before=$(lines "$1"); for _ in $(seq 60); do [ "$(lines "$1")" -gt "$before" ] && { echo yes; return; }; sleep 1; done; echo no
}
id=$($P run -d --name ck-one -v ck-vol:/data -p 18080:80 "$I" sh -c 'echo hi > /new; rm /etc/group; echo vol > /data/f; echo shm > /dev/shm/s; httpd -p 80 -h /data; while :; do cat /proc/uptime; sleep 0.3; done')
ok "output before" yes "$(grows ck-one)"
ok "checkpoint prints what was typed" ck-one "$($P container checkpoint ck-one)"
ok "state" exited:false:false:true "$(state ck-one)"
ok "exit code" 0 "$($P inspect --format '{{.State.ExitCode}}' ck-one)"
ok "the port is closed" "" "$(curl -s --max-time 3 http://127.0.0.1:18080/f)"
ok "checkpointing it again is refused" '*is not running, cannot checkpoint: container state improper*' "$($P container checkpoint ck-one 2>&1)"
ok "restore" ck-one "$($P container restore ck-one)"
ok "state after restore" running:true:false:false "$(state ck-one)"
ok "RestoredAt" '20*true' "$($P inspect --format '{{.State.RestoredAt}}{{.State.Restored}}' ck-one)"
ok "output goes on" yes "$(grows ck-one)"
ok "files, volume, shm" "hi vol shm gone " "$(files ck-one)"
ok "the port is open" vol "$(curl -s --max-time 20 http://127.0.0.1:18080/f)"
ok "the checkpoint is consumed" '*a complete checkpoint for this container cannot be found*' "$($P stop -t 0 ck-one > /dev/null; $P container restore ck-one 2>&1)"
$P start ck-one > /dev/null; grows ck-one > /dev/null
ok "statistics, and --keep" '*"podman_checkpoint_duration"*"frozen_time"*"pages_written"*' "$($P container checkpoint --keep --print-stats ck-one | tr '\n' ' ')"
ok "CheckpointPath and -Log" "*/checkpoint */dump.log" "$($P inspect --format '{{.State.CheckpointPath}} {{.State.CheckpointLog}}' ck-one)"
ok "restore --all, which prints ids" "$id" "$($P container restore --all)"
ok "a second restored run writes too" yes "$(grows ck-one)"
ok "export with zstd" ck-one "$($P container checkpoint -e "$tmp/a.tar.zst" ck-one)"
ok "for the owner only" 600 "$(stat -c %a "$tmp/a.tar.zst")"
$P rm ck-one > /dev/null
ok "a volume that is there is refused" "*volume with name ck-vol already exists. Use --ignore-volumes*" "$($P container restore -i "$tmp/a.tar.zst" 2>&1)"
$P volume rm ck-vol > /dev/null
ok "import keeps the id" "$id" "$($P container restore -i "$tmp/a.tar.zst")"
ok "files, volume, shm of the import" "hi vol shm gone " "$(files ck-one)"
ok "a second one with another name and port" "*18081*" "$($P container restore -i "$tmp/a.tar.zst" -n ck-two --ignore-volumes -p 18081:80 > /dev/null; $P port ck-two)"
ok "both write" yesyes "$(grows ck-one)$(grows ck-two)"
ok "leave running" running:true:false:false "$($P container checkpoint -R ck-two > /dev/null; state ck-two)"
$P rm -f -t 0 ck-two > /dev/null
ok "an image of it" '*localhost/ck-image*' "$($P container checkpoint --create-image ck-image ck-one > /dev/null; $P images --format '{{.Repository}}')"
$P rm -f -t 0 ck-one > /dev/null; $P volume rm ck-vol > /dev/null
ok "restored from the image" "hi vol shm gone " "$($P container restore ck-image > /dev/null; files ck-one)"
if command -v podman > /dev/null && [ "$(readlink -f "$(command -v podman)")" != "$(readlink -f "$P")" ]; then
    $P container checkpoint -e "$tmp/b.tar.zst" ck-one > /dev/null; $P rm -f ck-one > /dev/null; $P volume rm ck-vol > /dev/null
    ok "Podman restores our archive" "$id running" "$(podman container restore -i "$tmp/b.tar.zst" 2>&1) $(podman inspect --format '{{.State.Status}}' ck-one)"
    podman container checkpoint -c gzip -e "$tmp/c.tar.gz" ck-one > /dev/null; podman rm -f -t 0 ck-one > /dev/null; podman volume rm ck-vol > /dev/null
    ok "we restore Podman's" "$id hi vol shm gone yes" "$($P container restore -i "$tmp/c.tar.gz" 2>&1) $(files ck-one)$(grows ck-one)"
fi
$P rm -f -t 0 ck-one > /dev/null; $P volume rm ck-vol > /dev/null; $P rmi ck-image > /dev/null
finish
