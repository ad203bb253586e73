/** What an update left beside a file because somebody had changed it: settings that are older than the program, and nobody knows. */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy} from '#model/finding.ts';
import type {Fact} from '#model/host.ts';

type Leftovers = {
	readonly paths: readonly string[] /** Directories that we may not look into. */;
	readonly hidden: readonly string[];
};

const leftovers: Fact<Leftovers> = {
	id: 'leftovers',
	read: async host => walk(join(host.root, 'etc'), '/etc'),
};

type Beside = {readonly path: string};

const merge = ({path}: Beside): Remedy => {
	const current = path.replace(/\.[a-z]+-[a-z]+$/, '');
	return {
		sentence: `Compare the two (diff -u ${current} ${path}), take over what is wanted, check the service, then remove ${path}.`,
	};
};

const kinds = defineKinds({
	cutOff: {
		state: 'warn',
		example: {path: '/etc/app.conf.dpkg-new'} as Beside,
		says: 'left by an installation that was cut off',
		remedy: merge,
	},
	unmerged: {
		state: 'warn',
		example: {path: '/etc/app.conf.dpkg-dist'} as Beside,
		says: 'a newer version of the file, never merged',
		remedy: merge,
	},
});

export const check = defineCheck({
	id: 'host.leftovers',
	title: 'No new version of a settings file waits to be merged',
	why: 'When an update brings a new version of a file that was changed here, it lies beside it, and the old settings stay: with them what upstream has switched off since. A .dpkg-new is left by an installation that was cut off.',
	reads: ['/etc: *.dpkg-dist, *.dpkg-new, *.dpkg-tmp, *.ucf-dist, *.ucf-new'],
	severity: 'warn',
	layers: ['file'],
	source: 'dpkg(1), --force-confold; ucf(1)',
	verify: "find /etc -name '*.dpkg-dist' -o -name '*.dpkg-new' -o -name '*.ucf-dist'",
	facts: {leftovers},
	kinds,
	async inspect({facts}) {
		const {paths, hidden} = facts.leftovers;
		if (paths.length > 0) return findings(paths.map(finding));
		const file =
			hidden.length > 0
				? {because: 'needs-root' as const, need: `${hidden.join(', ')} may only be read by root`}
				: {value: [], where: '/etc'};
		return [{is: 'ok', expected: [], layers: {file}}];
	},
});

const finding = (path: string): FoundOf<typeof kinds> => ({
	item: path,
	is: /\.dpkg-(new|tmp)$/.test(path) ? 'cutOff' : 'unmerged',
	data: {path},
	expected: 'absent',
	layers: {file: {value: 'there', where: path}},
});

/** Synchronous: a thousand small directories, at a third of the time. Links are not followed. */
const walk = (real: string, shown: string): Leftovers => {
	try {
		const entries = readdirSync(real, {withFileTypes: true});
		const below = entries
			.filter(entry => entry.isDirectory())
			.map(entry => walk(join(real, entry.name), `${shown}/${entry.name}`));
		const own = entries
			.filter(entry => entry.isFile() && /\.(dpkg-(dist|new|tmp)|ucf-(dist|new))$/.test(entry.name))
			.map(entry => `${shown}/${entry.name}`);
		return {paths: [...own, ...below.flatMap(one => one.paths)].sort(), hidden: below.flatMap(one => one.hidden)};
	} catch (error) {
		const code = (error as NodeJS.ErrnoException).code;
		return {paths: [], hidden: code === 'EACCES' || code === 'EPERM' ? [shown] : []};
	}
};
