# shellcheck shell=sh
# Waits for its owner to close, then takes down what it left: processes, mounts, files; network.sh does the rest.
trap '' HUP INT TERM
network=$1 dir=$2 record=$3 veth=$4 subnet=$5 forwarding=$6
shift 6
echo ready
while read -r line; do [ "$line" != close ] || break; done
n=0
# Without a directory find would search everything.
while [ $# -gt 0 ] && [ $n -lt 200 ]; do
	pids=$(find "$@" -name cgroup.procs -exec cat {} + 2>/dev/null)
	[ -n "$pids" ] || break
	kill -KILL $pids 2>/dev/null
	n=$((n + 1))
	sleep 0.05
done
[ $# -eq 0 ] || find "$@" -depth -type d -exec rmdir {} + 2>/dev/null
umount -R -l "$dir/merged" 2>/dev/null
umount -l "$dir/store" 2>/dev/null
# Through a mount that stayed, rm would reach what is bound there. The record stays, and the next sweep tries again.
! grep -q -F " $dir/" /proc/self/mountinfo || exit 1
rm -rf --one-file-system "$dir"
exec nsenter --net=/proc/self/fd/3 sh -c "$network" network "$record" "$veth" "$subnet" "$forwarding"
