/** What supervisor's files say: its programs, how they are to run, and where supervisord itself is asked. */
import type {Fact, Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {isGlob, matches, staticPart} from '../files/glob.ts';
import type {SupervisorPlace} from './client.ts';

export type SupervisorSection = {
	/** `program`, `fcgi-program`, `eventlistener`, `group`, or the whole name of another section. */
	readonly kind: string;
	readonly name: string;
	readonly options: ReadonlyMap<string, string>;
	/** `path:line` of each option. */
	readonly places: ReadonlyMap<string, string>;
	readonly where: string;
};
export type SupervisorFile = {
	readonly sections: readonly SupervisorSection[];
	readonly place: SupervisorPlace;
	readonly changedAt: number;
};

export const supervisorConf = '/etc/supervisor/supervisord.conf';

/** 'absent' where Debian's supervisor is not installed. */
export const supervisorFile: Fact<SupervisorFile | 'absent'> = {
	id: 'supervisor-file',
	async read(host) {
		if (!isInstalled((await host.fact(packages)).all.get('supervisor'))) return 'absent';
		const main = await sectionsIn(host, supervisorConf);
		const patterns = main.find(({kind}) => kind === 'include')?.options.get('files') ?? '';
		const paths = (await Promise.all(words(patterns).map(pattern => filesOf(host, pattern)))).flat();
		const more = (await Promise.all(paths.map(path => sectionsIn(host, path)))).flat();
		const sections = [...main, ...more];
		const times = await Promise.all(
			[supervisorConf, '/etc/supervisor/conf.d', ...paths].map(async path => (await host.stat(path))?.mtimeMs ?? 0),
		);
		const server = sections.find(({kind}) => kind === 'unix_http_server')?.options;
		const [user, password] = [server?.get('username'), server?.get('password')];
		return {
			sections,
			place: {
				socket: server?.get('file') ?? '/var/run/supervisor.sock',
				...(user !== undefined && {user}),
				...(password !== undefined && {password: [new Secret('supervisor password', password)]}),
			},
			changedAt: Math.max(...times),
		};
	},
};

/** Programs by their process names as supervisorctl shows them; a program of several processes gives several. */
export const programsOf = ({
	sections,
}: Pick<SupervisorFile, 'sections'>): readonly (SupervisorSection & {
	readonly process: string;
	readonly group: string;
})[] => {
	const groups = sections.filter(({kind}) => kind === 'group');
	return sections
		.filter(({kind}) => ['program', 'fcgi-program', 'eventlistener'].includes(kind))
		.flatMap(section => {
			const group =
				groups.find(one => words(one.options.get('programs') ?? '').includes(section.name))?.name ?? section.name;
			const count = Number(section.options.get('numprocs') ?? 1);
			const first = Number(section.options.get('numprocs_start') ?? 0);
			const pattern = section.options.get('process_name') ?? '%(program_name)s';
			return Array.from({length: count > 0 ? count : 1}, (_, at) => ({
				...section,
				group,
				process: expanded(pattern, section.name, group, first + at),
			}));
		});
};

/** Python's `%(name)s` and `%(number)02d` for what the file itself tells; anything else stays as written. */
export const expanded = (text: string, program: string, group: string, number: number): string =>
	text.replace(/%\((program_name|group_name|process_num)\)(?:0?(\d*))([sd])/g, (_all, name: string, width: string) =>
		name === 'program_name'
			? program
			: name === 'group_name'
				? group
				: String(number).padStart(Number(width || 0), '0'),
	);

/** The sections of one file. Comments begin a line, or stand behind blanks. */
export const parseSupervisorConf = (text: string, path: string): readonly SupervisorSection[] => {
	const sections: {
		kind: string;
		name: string;
		options: Map<string, string>;
		places: Map<string, string>;
		where: string;
	}[] = [];
	let last = '';
	for (const [index, raw] of text.split('\n').entries()) {
		if (/^\s*[;#]|^\s*$/.test(raw)) continue;
		const line = raw.replace(/\s[;#].*$/, '');
		const head = /^\[(?:(program|fcgi-program|eventlistener|group|rpcinterface):)?([^\]]+)\]/.exec(line);
		const section = sections.at(-1);
		if (head)
			sections.push({
				kind: head[1] ?? head[2]!.trim(),
				name: head[2]!.trim(),
				options: new Map(),
				places: new Map(),
				where: `${path}:${index + 1}`,
			});
		else if (/^\s/.test(line) && section && last !== '')
			section.options.set(last, `${section.options.get(last) ?? ''}\n${line.trim()}`);
		else {
			const [, key = '', value = ''] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
			last = key.toLowerCase();
			if (last === '') continue;
			section?.options.set(last, value.trim());
			section?.places.set(last, `${path}:${index + 1}`);
		}
	}
	return sections;
};

const words = (text: string): readonly string[] => text.split(/[\s,]+/).filter(word => word !== '');

const sectionsIn = async (host: Reader, path: string): Promise<readonly SupervisorSection[]> =>
	parseSupervisorConf(Buffer.from((await host.read(path)) ?? '').toString('utf8'), path);

const filesOf = async (host: Reader, written: string): Promise<readonly string[]> => {
	const path = written.startsWith('/') ? written : `/etc/supervisor/${written}`;
	if (!isGlob(path)) return [path];
	const directory = staticPart(path);
	return ((await host.list(directory)) ?? []).map(name => `${directory}/${name}`).filter(one => matches(one, [path]));
};
