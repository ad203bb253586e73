/** The faults about packages of the distribution: what each says and what to do. Words in capitals stand for what it is about. */
import type {FaultRow} from './fault-row.ts';

export const apt: Readonly<Record<string, FaultRow>> = {
	'apt.bad-file': {
		says: 'FILE is no package',
		hint: 'Fetch it again, or take it away from there.',
	},
	'apt.broken-dependencies': {
		says: 'WHAT: the dependencies cannot be met',
		hint: 'Often an archive of another release is in the sources, or a package is on hold; apt-get -f install and apt-mark showhold tell.',
	},
	'apt.clock': {
		says: "WHAT: the archive's date does not fit this host's clock",
		hint: 'See whether the clock is right (timedatectl), or whether the release is out of support.',
	},
	'apt.failed': {
		says: 'WHAT failed',
		hint: "apt's last lines are below; mend the cause and run the same command again.",
	},
	'apt.fetch': {
		says: 'WHAT: URL could not be fetched',
		hint: 'See its words below; the lists may be old (apt-get update) or the mirror incomplete.',
	},
	'apt.foreign-file': {
		says: 'FILE is not installed: WHO may write PATH',
		hint: "Its scripts run as root. See where it comes from, then make it root's: chown -R root:root DIRECTORY; chmod -R go-w DIRECTORY.",
	},
	'apt.hash-mismatch': {
		says: 'WHAT: what the mirror sent does not have the right checksum',
		hint: 'The mirror is being updated, or a proxy keeps old files: try again in some minutes, or use another mirror.',
	},
	'apt.held': {
		says: 'installing REST would have to change HELD, which is on hold',
		hint: 'Release it with apt-mark unhold, or answer otherwise.',
	},
	'apt.interrupted': {
		says: 'WHAT: an earlier run of dpkg was cut off',
		hint: 'Run the same command again: it mends the package database first.',
	},
	'apt.locked': {
		says: 'WHAT: another program holds the package lock',
		hint: 'Wait for it to end (often apt-daily or unattended-upgrades), then run the same command again. Never remove the lock file.',
	},
	'apt.no-file': {
		says: 'DIRECTORY has no package NAME for ARCHITECTURE',
		hint: 'Put the .deb files there, with all that they need and this release does not have, or answer otherwise.',
	},
	'apt.no-network': {
		says: 'WHAT: the package mirror cannot be reached',
		hint: 'See whether the name resolves and the network is up (a proxy is an answer: fetching.proxy), then run the same command again.',
	},
	'apt.no-package': {
		says: 'WHAT: this release has no package NAME',
		hint: 'See whether the name is right and whether its archive is in /etc/apt/sources.list (on Ubuntu often universe).',
	},
	'apt.no-space': {
		says: 'WHAT: no space left',
		hint: 'Free some space (df -h shows where, apt-get clean helps), then run the same command again: half-installed packages are mended first.',
	},
	'apt.no-version': {
		says: 'WHAT: the archive does not have version VERSION',
		hint: 'apt-cache policy NAME lists the versions there are; change the answer, or take the newest.',
	},
	'apt.postinst': {
		says: 'WHAT: the package NAME failed in its own scripts',
		hint: 'Its words are below (journalctl -n 50 may tell more). Mend the cause and run the same command again: it is mended first.',
	},
	'apt.read-only': {
		says: 'WHAT: a file system is read-only',
		hint: 'Mount it writable, then run the same command again.',
	},
	'apt.script-lock': {
		says: 'WHAT: PATH is locked, so no package could be set up',
		hint: 'End the process that has it locked (fuser -v names it), then run the same command again.',
	},
	'apt.signature': {
		says: 'WHAT: the signature of an archive cannot be checked',
		hint: 'Install the key of that archive, or take it out of /etc/apt/sources.list.d.',
	},
	'apt.sources': {
		says: "WHAT: an entry in apt's sources is not usable",
		hint: 'Mend /etc/apt/sources.list and sources.list.d, then run the same command again.',
	},
	'apt.too-old': {
		says: 'NAME VERSION is wanted, and the archive has CANDIDATE',
		hint: 'Add an archive with a newer one, run apt-get update where the lists are old, or answer otherwise.',
	},
	'apt.would-downgrade': {
		says: 'WHAT would go back to an older version',
		hint: 'Do it by hand with apt-get install --allow-downgrades, knowing what depends on it.',
	},
	'apt.would-remove': {
		says: 'installing TARGETS would remove UNWANTED',
		hint: 'Remove them yourself if they are not needed, allow it in the answers, or answer otherwise.',
	},
};
