/**
 * What a guard does, as sh: a second Node would cost 40 MB for as long as the host lives. The scripts are constant; what
 * they work on comes as positional parameters.
 */
import {join} from 'node:path';
import {cgroupsOf} from '../machine/cgroups.ts';
import {type Claim, recordPath, recordsDir} from '../record.ts';
import {subnetOf, vethOf} from './addresses.ts';

/** The argv of a guard, to be run in a mount namespace of its own, with the owner's network namespace as descriptor 3. */
export const guardArgv = (one: Claim): readonly string[] => [
	'sh',
	'-c',
	script,
	`host-setup-guard-${one.name}`,
	networkScript,
	one.dir,
	recordPath(one.slot),
	vethOf(one.slot),
	subnetOf(one.slot),
	join(recordsDir, 'forwarding'),
	...cgroupsOf(one.slot),
];

const script = String.raw`
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
`;

const networkScript = String.raw`
record=$1 veth=$2 subnet=$3 forwarding=$4
iptables -w -D FORWARD -i "$veth" -j "$veth-out"
iptables -w -D FORWARD -o "$veth" -j "$veth-in"
iptables -w -D INPUT -i "$veth" -j "$veth-host"
for chain in out in host; do iptables -w -F "$veth-$chain"; iptables -w -X "$veth-$chain"; done
iptables -w -t nat -D POSTROUTING -s "$subnet" ! -o "$veth" -j MASQUERADE
ip link delete "$veth"
rm -f "$record"
if [ -e "$forwarding" ]; then
	for other in "${'$'}{record%/*}"/*.json; do [ ! -e "$other" ] || exit 0; done
	echo 0 > /proc/sys/net/ipv4/ip_forward
	rm -f "$forwarding"
fi
`;
