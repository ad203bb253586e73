/** The faults about throw-away hosts: what each says and what to do. Words in capitals stand for what it is about. */
import type {FaultRow} from './fault-row.ts';

export const rehearsals: Readonly<Record<string, FaultRow>> = {
	'rehearse.base': {
		says: 'there is no base image WHAT',
		hint: 'Give one of RELEASES, or the path of a directory that holds a system.',
	},
	'rehearse.boot': {
		says: 'the throw-away host did not start (systemd-nspawn ended with CODE)',
		hint: 'Its last words are below.',
	},
	'rehearse.busy': {
		says: 'the throw-away host NAME is in use by process PID',
		hint: 'Stop that process; the host goes with it.',
	},
	'rehearse.failed': {
		says: 'The rehearsal could not begin',
		hint: 'On the command line it says more: setup rehearse PATH',
	},
	'rehearse.full': {
		says: 'the disk of PATH was nearly full (less than SPARED MB), so the throw-away host was turned off',
		hint: 'Free some space there and rehearse again; this machine itself was not touched.',
	},
	'rehearse.guard': {
		says: 'the network of the throw-away host cannot be guarded: WHY',
		hint: 'unshare and iptables are needed; see what they say.',
	},
	'rehearse.lock': {says: 'no lock on PATH', hint: 'See whether the directory can be written.'},
	'rehearse.mount': {
		says: 'AT cannot be mounted inside the throw-away host: STDERR',
		hint: 'See whether what is to be mounted exists.',
	},
	'rehearse.name': {
		says: 'a throw-away host named NAME exists already',
		hint: 'Choose another name, or end that one first: setup rehearse --end NAME',
	},
	'rehearse.needs': {
		says: 'this machine lacks what a rehearsal needs: WHAT',
		hint: 'Do what the sentence names: root, systemd-container, a kernel with overlayfs, or space.',
	},
	'rehearse.off': {says: 'the throw-away host NAME is off', hint: 'Start it, or open another one.'},
	'rehearse.overlay': {
		says: 'DIRECTORY cannot be the ground of a throw-away host: WHY',
		hint: 'Name a directory that holds a system and lies on a plain file system.',
	},
	'rehearse.program': {says: 'PROGRAM ended with CODE inside NAME', hint: 'Its last lines are below.'},
	'rehearse.program-missing': {
		says: 'CHECKOUT has no Node of its own (NODE)',
		hint: 'Run npm ci there, or start it once with ./setup.',
	},
	'rehearse.slots': {
		says: 'all addresses for throw-away hosts are taken',
		hint: 'End some with setup rehearse --end NAME.',
	},
	'rehearse.timeout': {
		says: 'PROGRAM did not end within SECONDS inside the throw-away host',
		hint: 'Its last lines are below.',
	},
	'rehearse.unknown': {says: 'there is no throw-away host named NAME', hint: 'The message names those that are kept.'},
	'rehearse.user': {
		says: 'there is no user USER inside the throw-away host',
		hint: 'Choose one that getent passwd knows there.',
	},
};
