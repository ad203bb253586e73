/** What an update left beside a file because somebody had changed it: settings that are older than the program, and nobody knows. */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import type {Fact} from '#model/host.ts';

type Leftovers = {
	readonly paths: readonly string[] /** Directories that we may not look into. */;
	readonly hidden: readonly string[];
};

const leftovers: Fact<Leftovers> = {
	id: 'leftovers',
	read: async host => walk(join(host.root, 'etc'), '/etc'),
};

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
	async inspect({facts}) {
		const {paths, hidden} = facts.leftovers;
		if (paths.length > 0) return findings(paths.map(finding));
		const file =
			hidden.length > 0
				? {because: 'needs-root' as const, need: `${hidden.join(', ')} may only be read by root`}
				: {value: [], where: '/etc'};
		return [{state: 'ok', expected: [], layers: {file}}];
	},
	remedy: ({item = ''}) => {
		const current = item.replace(/\.[a-z]+-[a-z]+$/, '');
		return {
			sentence: `Compare the two (diff -u ${current} ${item}), take over what is wanted, check the service, then remove ${item}.`,
		};
	},
});

const finding = (path: string): Finding => ({
	item: path,
	state: 'warn',
	says: /\.dpkg-(new|tmp)$/.test(path)
		? 'left by an installation that was cut off'
		: 'a newer version of the file, never merged',
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
