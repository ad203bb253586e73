/** Where a host reaches others through a proxy only, or not at all. */
import type {FaultRow} from './fault-row.ts';

export const networks: Readonly<Record<string, FaultRow>> = {
	'apt.proxy-login': {
		says: 'WHAT: the proxy wants a login',
		hint: 'Answer fetching.proxy with its user and password, or put both into the address in http_proxy.',
	},
	'bundle.damaged': {
		says: 'FILE is not as it was made: WHY',
		hint: 'Copy it again, and compare its sha256 with what `setup bundle` printed.',
	},
	'bundle.foreign': {
		says: 'FILE is not used: WHO may write it',
		hint: 'Copy it to a directory of root, compare its sha256 with what `setup bundle` printed, and use that.',
	},
	'bundle.lacks': {
		says: 'the medium was made for STACK with other answers, and lacks: WHAT',
		hint: 'Make one with these answers, or use those that it was made with.',
	},
	'bundle.needs-root': {
		says: 'only root can take in a medium, or gather Python packages for one',
		hint: 'Run it with sudo.',
	},
	'bundle.no-archive': {
		says: "no archive in apt's sources has WHAT",
		hint: 'Look at /etc/apt/sources.list and sources.list.d; an archive without suites cannot be carried.',
	},
	'bundle.no-key': {
		says: 'FILE has packages that KEY is to vouch for, and this host has no such file of root',
		hint: 'Put the key of that archive there, as its makers publish it, for root alone to write; then run the same command again.',
	},
	'bundle.not-covered': {
		says: 'STACK fetches what no medium can carry yet: WHAT',
		hint: "Answer so that it comes from the release's packages or from a path on the host; or let the host reach a proxy (setup explain fetching).",
	},
	'bundle.not-installed': {
		says: 'which Python packages the answers need is known only once they are installed, and in a throw-away host they were not: WHY',
		hint: 'Mend what is told above it; `setup rehearse FILE --base RELEASE` does the same, and --keep lets you look.',
	},
	'bundle.other-host': {
		says: 'FILE was made for RELEASE on ARCHITECTURE, and this is another',
		hint: 'Make one on a host of the same release and architecture.',
	},
	'bundle.unreadable': {
		says: 'FILE is no medium that this setup can read',
		hint: 'Make it with `setup bundle` of the same version.',
	},
};
