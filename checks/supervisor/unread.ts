/** A program in a file that no include matches is in nobody's list: supervisor does not know it, and nothing says so. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {textOf} from '#host/files/text-of.ts';
import {see, there} from '#host/see.ts';
import {parseSupervisorConf, supervisorFile} from '#host/supervisor/file.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

const kinds = defineKinds({
	unread: {
		state: 'warn',
		example: {path: '/etc/supervisor/conf.d/worker.ini', programs: ['worker']},
		says: ({programs}) => `no include of supervisor matches it, so ${programs.join(', ')} does not run`,
		remedy: ({path}) => ({
			sentence: `Give it a name that the include matches (${path.replace(/(\.\w+)?$/, '.conf')}), then supervisorctl update; where it is off on purpose, let its name end with .disabled.`,
		}),
	},
});

export const check = defineCheck({
	id: 'supervisor.unread',
	title: 'supervisor reads every file that has a program',
	why: 'supervisor reads the files that its include names, on Debian conf.d/*.conf. One of another name lies beside them, looks right, and nothing ever starts it.',
	reads: ['the [include] of its configuration', 'the other files in those directories: whether they have programs'],
	severity: 'warn',
	layers: ['file'],
	source: 'supervisor documentation, "[include] Section Settings"',
	verify: 'ls /etc/supervisor/conf.d; grep -A1 include /etc/supervisor/supervisord.conf',
	facts: {packages, file: supervisorFile},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('supervisor')) ? there(facts, ['file']) : 'supervisor is not installed',
	async inspect({host, facts}) {
		let left: readonly Left[] = [];
		const file = await see(async () => {
			left = await leftOut(host, facts.file.files);
			return {value: [...facts.file.files], where: '[include]'};
		});
		return findings(
			left.map(
				({path, programs}): FoundOf<typeof kinds> => ({
					item: path,
					is: 'unread',
					data: {path, programs: [...programs]},
					expected: 'matched by an include',
					layers: {file: {value: [...programs], where: path, path}},
				}),
			),
			{is: 'ok', expected: 'every one', layers: {file}},
		);
	},
});

type Left = {readonly path: string; readonly programs: readonly string[]};

/** Names that people and packages give what is not to be read. */
const setAside = /^\.|~$|\.(disabled?|off|bak|backup|old|orig|save|swp|dpkg-\w+|ucf-\w+|md|txt|sample|example)$/i;

const leftOut = async (host: Reader, read: readonly string[]): Promise<readonly Left[]> => {
	const directories = [
		...new Set(['/etc/supervisor/conf.d', ...read.slice(1).map(path => path.replace(/\/[^/]*$/, ''))]),
	];
	const paths = (
		await Promise.all(
			directories.map(async directory =>
				((await host.list(directory)) ?? []).map(name => ({name, path: `${directory}/${name}`})),
			),
		)
	).flat();
	const found = await Promise.all(
		paths
			.filter(({name, path}) => !read.includes(path) && !setAside.test(name))
			.map(async ({path}) => {
				if ((await host.stat(path, {follow: true}))?.kind !== 'file') return [];
				const sections = parseSupervisorConf((await textOf(host, path)) ?? '', path);
				const programs = sections.filter(({kind}) => /^(program|fcgi-program)$/.test(kind)).map(({name}) => name);
				return programs.length === 0 ? [] : [{path, programs}];
			}),
	);
	return found.flat();
};
