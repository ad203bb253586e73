/** One bit on a copy of a shell is root for whoever finds it, and nothing else on the host looks different. */
import {wayToRoot} from '#host/system/root-by-command.ts';
import {rootByFile, type SetuidFile} from '#host/system/setuid-files.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	setuid: {
		state: 'fail',
		example: {path: '/tmp/.x', what: 'a copy of bash'},
		says: ({path, what}) => `${path} is ${what} with the setuid bit of root: whoever runs it is root`,
		remedy: ({path}) => ({
			sentence: `Take the bit away, then find out who made ${path} and when (stat): where nobody here did, somebody else has been root on this host.`,
			commands: [['chmod', 'u-s', path]],
		}),
	},
	capable: {
		state: 'fail',
		example: {path: '/usr/bin/python3.11', words: 'cap_setuid=ep'},
		says: ({path, words}) => `${path} has ${words}, and runs what it is told: root for everybody`,
		remedy: ({path}) => ({
			sentence:
				'Take the capabilities away; where one service needs them, AmbientCapabilities= in its unit gives them to that alone.',
			commands: [['setcap', '-r', path]],
		}),
	},
});

export const check = defineCheck({
	id: 'host.setuid',
	title: 'No shell or interpreter makes whoever runs it root',
	why: 'A program with the setuid bit of root, or with capabilities, must do one thing only. On a shell, an interpreter or a program that runs others, that is root for every account of the host; it is also how an intruder comes back.',
	reads: [
		'mode and owner of the programs in /usr/bin, /usr/sbin, /usr/local, and of what lies in /tmp, /var/tmp, /dev/shm, /home, /root, /srv, /opt, /var/www, /usr/lib, /usr/share, /etc, /var/lib, two levels deep, 3,000 names of a directory and 100,000 in all',
		'the bytes of those with the setuid bit, against the shells of this host',
		'getcap of the programs, and the bytes of those that have any',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'CIS Debian Benchmark, "Audit SUID executables"; capabilities(7)',
	verify: 'find / -xdev -perm -4000 -uid 0 -ls; getcap -r / 2>/dev/null',
	facts: {rootByFile},
	kinds,
	async inspect({host, facts}) {
		const {setuid, capable, cutOff} = facts.rootByFile;
		const bits = setuid.flatMap((one): readonly FoundOf<typeof kinds>[] => {
			const what = wordsFor(one);
			if (what === undefined) return [];
			const file = {value: what, where: `${one.path}: setuid of root`, path: one.path};
			return [{item: one.path, is: 'setuid', data: {path: one.path, what}, expected: 'no such bit', layers: {file}}];
		});
		const able = (capable ?? []).flatMap(({path, words, copyOf}): readonly FoundOf<typeof kinds>[] =>
			mighty.test(words) && (copyOf !== undefined || wayToRoot(path) !== undefined)
				? [
						{
							item: path,
							is: 'capable',
							data: {path, words},
							expected: 'no capabilities',
							layers: {file: {value: words, where: `getcap ${path}`, path}},
						},
					]
				: [],
		);
		const hidden = host.root === '/' && process.geteuid?.() !== 0;
		return findings([...bits, ...able], {
			is: 'ok',
			says: `${setuid.length} with the bit, each for one thing${cutOff.length === 0 ? '' : `; of ${some(cutOff)} only a part was looked at`}`,
			expected: [],
			layers: {
				file: hidden
					? {because: 'needs-root', need: 'only root sees into every home'}
					: {value: setuid.map(({path}) => path), where: 'mode and owner'},
			},
		});
	},
});

const some = ([first = '', ...more]: readonly string[]): string =>
	more.length === 0 ? first : `${first} and ${more.length} more`;

/** What a setuid file is, where it must not be one. su and its like are made for it. */
const wordsFor = ({path, ofUsers, copyOf}: SetuidFile): string | undefined => {
	if (copyOf !== undefined) return `a copy of ${copyOf}`;
	if (ofUsers) return 'a program in a place of users';
	return made.test(path) || wayToRoot(path) === undefined ? undefined : 'a program that runs what it is told';
};

/** They ask first, or let go of it before they run anything. */
const made = /\/(su|sudo|sudoedit|mount|passwd|gpasswd|chsh|chfn|crontab|at|screen|pkexec|ping|newgrp)$/;

const mighty =
	/cap_(setuid|setgid|setfcap|dac_override|dac_read_search|chown|fowner|sys_admin|sys_ptrace|sys_module)\b/;
