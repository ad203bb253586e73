/** What is said of paths that are not what they were, or lead where root does not go (src/host/owned). */
import type {FaultRow} from './fault-row.ts';

export const owned: Readonly<Record<string, FaultRow>> = {
	'build.still-runs': {
		says: 'what the build started does not end: process PID',
		hint: 'End it by hand, or reboot; then run the same command again. All of it runs as uid 65532.',
	},
	'path.hard-link': {
		says: 'PATH is another name of a file of OWNER, in a directory that others than root may write',
		hint: 'Nothing was done to it. See what it is (find / -xdev -samefile), and put a file of its own in its place.',
	},
	'path.in-the-way': {
		says: 'there is something at PATH since it was looked at',
		hint: 'Run the plan again: it shows what is there now.',
	},
	'path.leads-out': {
		says: 'PATH is a link to TARGET, in a directory that others than root may write',
		hint: 'It belongs to OWNER. Nothing behind it was touched. Put the real thing in its place, or answer with the path it points to.',
	},
	'state.not-roots': {
		says: 'DIRECTORY is no place for what setup did: WHO may write it',
		hint: 'Name a directory with --state that only root can write, with every directory above it; or leave it out.',
	},
	'tree.changes': {
		says: 'somebody writes in PATH while it is packed away',
		hint: 'Nothing in it was removed. Find out who (fuser -vm PATH, lsof +D PATH), and end that; then run the same command again.',
	},
	'tree.fixed': {
		says: 'PATH is not to be changed (lsattr names the attribute i or a)',
		hint: 'Find out who wanted that; chattr -i -a takes it away. Then run the same command again.',
	},
	'tree.mounted': {
		says: 'something is mounted at PATH',
		hint: 'Unmount it (umount PATH), then run the same command again.',
	},
	'tree.too-much': {
		says: 'PATH holds too many names, or directories too deep in each other',
		hint: 'Look at what fills it, and remove it by hand (rm -r --one-file-system).',
	},
};
