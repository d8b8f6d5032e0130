#!/usr/bin/env bash
# Runs a program with loopback for its network and throw-away /var and /mnt: submissions reach nothing, and local
# directories of executors are not the machine's. Call by: unshare --mount --net in_namespace.sh PROGRAM...
set -euo pipefail
mount --make-rprivate /
ip link set lo up
mount -t tmpfs none /var
mkdir -p /var/data /var/tmp /var/run /var/lib
mount -t tmpfs none /mnt
exec "$@"
