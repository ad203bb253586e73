/**
 * Whoever opens a throw-away host may be killed at any moment. So a small process of its own, the guard, holds the
 * namespaces (with every mount, which thereby never show on the host) and waits at a pipe: when its owner lets go of it, by
 * closing or by dying, the guard kills what runs inside and takes everything away. There is no other clean-up code.
 */
import {spawn} from 'node:child_process';
import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import type {Writable} from 'node:stream';
import {Fault} from '#model/fault.ts';
import {childEnvironment} from '#host/environment.ts';
import {isAlive, processOf, type ProcessId} from './alive.ts';
import {cgroupsOf} from './cgroups.ts';
import {subnetOf, vethOf} from './addresses.ts';
import {type Claim, claims, isLeft, recordPath, recordsDir} from './record.ts';
import {tool} from './tool.ts';

export type Guard = {readonly process: ProcessId; release(): Promise<void>};

/** Starts the guard of a host in new mount and network namespaces. With `keep` it outlives us and waits for `closeKept`. */
export const startGuard = async (one: Claim, keep: boolean): Promise<Guard> => {
	mkdirSync(one.dir, {recursive: true, mode: 0o700});
	const net = openSync('/proc/self/ns/net', 'r');
	const log = openSync(join(one.dir, 'guard.log'), 'a', 0o600);
	if (keep) await tool(['mkfifo', '-m', '600', fifoOf(one)]);
	const hold = keep ? openSync(fifoOf(one), 'r+') : undefined;
	const child = spawn('unshare', ['--mount', '--net', '--propagation', 'slave', ...scriptFor(one)], {
		cwd: '/', detached: true, env: childEnvironment(), stdio: [hold ?? 'pipe', 'pipe', log, net],
	});
	closeSync(net);
	closeSync(log);
	if (hold !== undefined) closeSync(hold);
	await new Promise<void>((ready, failed) => {
		child.once('error', error => failed(new Fault('rehearse.guard', `unshare could not be started: ${error.message}`, 'It is part of util-linux, which every Debian has.')));
		child.once('exit', code => failed(new Fault('rehearse.guard', `no namespaces could be made (unshare ended with ${code})`, 'It takes root, and a kernel or container that allows new mount and network namespaces.')));
		child.stdout?.once('data', () => ready());
	});
	child.removeAllListeners('exit');
	const ended = new Promise<void>(done => child.once('exit', () => done()));
	const known = processOf(child.pid ?? 0);
	if (!known) throw new Fault('rehearse.guard', 'the guard of the throw-away host died at once', `See ${one.dir}/guard.log.`);
	child.unref();
	(child.stdout as unknown as {unref?(): void} | null)?.unref?.();
	(child.stdin as unknown as {unref?(): void} | null)?.unref?.();
	return {
		process: known,
		async release() {
			child.ref();
			if (keep) tell(one);
			else (child.stdin as Writable).end();
			await ended;
		},
	};
};

/** Ends a host that was kept. */
export const closeKept = async (name: string): Promise<void> => {
	const one = claims().find(known => known.name === name);
	if (!one) throw new Fault('rehearse.unknown', `there is no throw-away host named ${name}`, 'setup rehearse --list shows those that are kept.');
	if (one.owner && isAlive(one.owner)) throw new Fault('rehearse.busy', `the throw-away host ${name} is in use by process ${one.owner.pid}`, 'Stop that process; the host goes with it.');
	if (one.guard && isAlive(one.guard)) {
		tell(one);
		while (isAlive(one.guard)) await new Promise(next => setTimeout(next, 20));
	} else await clean(one);
};

/** Takes away what dead runs left: those whose guard was killed as well. Gives the names. */
export const sweep = async (): Promise<readonly string[]> => {
	const left = claims().filter(isLeft);
	for (const one of left) await clean(one);
	return left.map(one => one.name);
};

const clean = async (one: Claim): Promise<void> => {
	const net = openSync('/proc/self/ns/net', 'r');
	try {
		const child = spawn('unshare', ['--mount', '--propagation', 'slave', ...scriptFor(one)], {cwd: '/', env: childEnvironment(), stdio: ['ignore', 'ignore', 'ignore', net]});
		await new Promise<void>((done, failed) => child.once('exit', () => done()).once('error', failed));
	} finally {
		closeSync(net);
	}
};

const tell = (one: Claim): void => {
	const fifo = openSync(fifoOf(one), 'r+');
	writeSync(fifo, 'close\n');
	closeSync(fifo);
};

const fifoOf = (one: Claim): string => join(one.dir, 'hold');

const scriptFor = (one: Claim): readonly string[] =>
	['sh', '-c', script, `host-setup-guard-${one.name}`, networkScript, one.dir, recordPath(one.slot), vethOf(one.slot), subnetOf(one.slot), join(recordsDir, 'forwarding'), ...cgroupsOf(one.slot)];

/**
 * The only two shell scripts of the program, and constant: what they work on comes as positional parameters. They are sh
 * because a second Node would cost 40 MB for as long as the host lives. Descriptor 3 is the owner's network namespace.
 */
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
