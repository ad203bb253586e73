/** What supervisor's files say: its programs, how they are to run, and where supervisord itself is asked. */

import {dirname, resolve} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {laterTime} from '../files/changed-since.ts';
import {isGlob} from '../files/glob.ts';
import {filesBehind, type Included} from '../files/include-files.ts';
import {serviceLine, writtenServices} from '../units/written.ts';
import type {SupervisorPlace} from './client.ts';
import {type IniSection, readIni, stripped, words} from './python-ini.ts';

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
	/** Its files, and where it looks for more. */
	readonly reads: readonly string[];
	readonly changedAt: number;
	/** The file that its unit starts it with, and what that includes. */
	readonly files: readonly string[];
};

export const supervisorConf = '/etc/supervisor/supervisord.conf';

/** As its own Python reads it. 'absent' where Debian's supervisor is not installed. Throws Blocked for files that supervisord would not start with. */
export const supervisorFile: Fact<SupervisorFile | 'absent'> = {
	id: 'supervisor-file',
	async read(host) {
		const file = await host.fact(supervisorText);
		if (file !== 'absent' && file.refused !== undefined)
			throw new Blocked({because: 'unreadable', need: `${file.refused} is no line that supervisord starts with`});
		return file;
	},
};

/** The same also where supervisord would refuse a line of it (`refused`, its place): who may write what it reads matters all the more there. */
export const supervisorText: Fact<(SupervisorFile & {readonly refused: string | undefined}) | 'absent'> = {
	id: 'supervisor-text',
	async read(host) {
		if (!isInstalled((await host.fact(packages)).all.get('supervisor'))) return 'absent';
		const conf = await confOf(host);
		const base = dirname(conf);
		const main = {path: conf, text: await textOf(host, conf)};
		const patterns = words(expandHere(includeIn(main), base)).map(pattern => resolve(base, pattern));
		const behind = await behindAll(host, patterns);
		const texts = await Promise.all(behind.files.map(async path => ({path, text: await textOf(host, path)})));
		const {sections, refused} = readIni([main, ...texts]);
		const times = await Promise.all(
			[conf, '/etc/supervisor/conf.d', ...behind.files].map(async path => laterTime(await host.stat(path))),
		);
		const server = sections.find(({header}) => header === 'unix_http_server')?.options;
		const [user, password] = [server?.get('username')?.value, server?.get('password')?.value];
		return {
			sections: sections.map(sectionOf),
			refused,
			reads: [conf, ...patterns.filter(one => !isGlob(one)), ...behind.directories, ...behind.files],
			files: [conf, ...behind.files],
			place: {
				socket: expandHere(server?.get('file')?.value ?? '/var/run/supervisor.sock', base),
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
				groups.find(one => commaWords(one.options.get('programs') ?? '').includes(section.name))?.name ?? section.name;
			const count = Math.min(Number(section.options.get('numprocs') ?? 1), mostProcesses);
			const first = Number(section.options.get('numprocs_start') ?? 0);
			const pattern = section.options.get('process_name') ?? '%(program_name)s';
			return Array.from({length: count > 0 ? count : 1}, (_, at) => ({
				...section,
				group,
				process: expanded(pattern, section.name, group, first + at),
			}));
		});
};

/** Of one program; a number in a file is soon written, and each is a row in memory. */
const mostProcesses = 1000;

const commaWords = (text: string): readonly string[] => text.split(',').map(stripped);

/** Python's `%(name)s` and `%(number)02d` for what the file itself tells; anything else stays as written. */
export const expanded = (text: string, program: string, group: string, number: number): string =>
	text.replace(/%\((program_name|group_name|process_num)\)(?:0?(\d*))([sd])/g, (_all, name: string, width: string) =>
		name === 'program_name'
			? program
			: name === 'group_name'
				? group
				: String(number).padStart(Number(width || 0), '0'),
	);

/** The sections of one file, also of one that supervisord would refuse. */
export const parseSupervisorConf = (text: string, path: string): readonly SupervisorSection[] =>
	readIni([{path, text}]).sections.map(sectionOf);

const sectionOf = ({header, where, options}: IniSection): SupervisorSection => {
	const [, kind, name] = /^(program|fcgi-program|eventlistener|group|rpcinterface):(.*)$/s.exec(header) ?? [];
	return {
		kind: kind ?? header,
		name: stripped(name ?? header),
		options: new Map([...options].map(([key, {value}]) => [key, value])),
		places: new Map([...options].map(([key, {where: at}]) => [key, at])),
		where,
	};
};

const includeIn = (main: {readonly path: string; readonly text: string}): string =>
	readIni([main])
		.sections.find(({header}) => header === 'include')
		?.options.get('files')?.value ?? '';

/** What supervisord fills in for itself: its file's own directory. */
const expandHere = (text: string, base: string): string => text.replaceAll('%(here)s', base);

/** Pattern by pattern, each sorted, as glob and sort of Python give them; a file twice is read twice. */
const behindAll = async (host: Reader, patterns: readonly string[]): Promise<Included> => {
	const seen: Included = {files: [], directories: new Set()};
	for (const pattern of patterns) seen.files.push(...[...(await filesBehind(host, pattern, seen))].sort());
	return seen;
};

/** What the process was started with, else what its unit says: `-c` names another file than the usual one. */
const confOf = async (host: Reader): Promise<string> => {
	const service = (await host.fact(writtenServices)).find(({name}) => name === 'supervisor.service');
	const line = service === undefined ? '' : (serviceLine(service, 'ExecStart')?.value ?? '');
	return /[ \t](?:-c|--configuration)[ \t=]*(\/[^ \t]+)/.exec(line)?.[1] ?? supervisorConf;
};

const textOf = async (host: Reader, path: string): Promise<string> =>
	Buffer.from((await host.read(path)) ?? '').toString('utf8');
