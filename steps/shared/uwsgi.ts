/**
 * An application under uwsgi: an ini of ours, because a repository's own may say uid = root, and a unit that is closed from the start.
 * Questions and resources, to be put into a step of a stack beside its site and its proofs.
 */
import {z} from 'zod';
import {absolutePath} from '#answers/questions/questions.ts';
import {ownTops} from '#host/files/own-tops.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Offers} from '#model/offers.ts';
import type {Edges, Resource} from '#model/resource.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {directory} from '#resources/files/directory.ts';
import {type FileSpec, file, lateFile} from '#resources/files/file.ts';
import {treeText} from '#resources/git/tree-text.ts';
import {unit} from '#resources/units/unit.ts';
import {socketOf} from '../sites/site-socket.ts';
import {mountUnitName, nosuidMount} from './nosuid-mount.ts';
import {treeOf} from './project.ts';
import {shippedOptions} from './shipped-ini.ts';
import {uwsgiIni, uwsgiUnit} from './uwsgi-files.ts';

export type UwsgiDefaults = {
	/** Its sockets lie in /run/NAME. */
	readonly name: string;
	/** MODULE:NAME of the WSGI application. */
	readonly module: string;
	readonly socket: {readonly help: string};
	/** What the application fails at without capabilities; then what they mean is said. */
	readonly needsCapabilities: string;
};

const capabilities = ['CAP_CHOWN', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_DAC_OVERRIDE'] as const;

/** To spread into the questions of a step. */
export const uwsgiQuestions = ({name, module, socket, needsCapabilities}: UwsgiDefaults) => ({
	server: z.enum(['debian', 'environment']).default('debian').meta({
		title: 'Where uwsgi comes from',
		help: "'environment': from the application's own virtual environment, where its requirements or further packages name uwsgi. The distribution's serves Python 3 only.",
		from: 'guide',
	}),
	module: z
		.string()
		.regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$/, {error: `must be like ${module}`})
		.default(module)
		.meta({
			title: 'WSGI application',
			help: 'The module and the name in it that uwsgi calls, as MODULE:NAME.',
			from: 'guide',
		}),
	socket: z
		.string()
		.regex(/^[\w.-]{1,60}$/, {error: 'must be the name of a file'})
		.optional()
		.meta({title: `Socket, in /run/${name}`, help: socket.help, example: `${name}.sock`}),
	processes: z.int().min(1).max(256).optional().meta({
		title: 'Processes',
		help: "Each serves one request at a time and holds the whole application in memory. Default: as the repository's own ini says, else 2.",
		example: 4,
	}),
	capabilities: z
		.array(z.enum(capabilities))
		.default([])
		.meta({
			title: 'Capabilities, which are a part of root',
			help: `${needsCapabilities} CAP_DAC_OVERRIDE is root: it reads and writes every file; CAP_CHOWN and CAP_FOWNER come to the same. With any of them the unit sees the application's own directories and no others. None where the application can do without.`,
			from: 'setup',
		}),
	writes: z.array(absolutePath()).default([]).meta({
		title: 'Further directories that the application writes',
		help: 'It writes the data directory and no other place of the host; each of these must be there before it starts.',
		from: 'setup',
	}),
	sockets: z.array(absolutePath()).default([]).meta({
		title: 'Sockets in /run that it needs, with capabilities',
		help: 'With capabilities it sees those of PostgreSQL, nslcd and nscd. /run/docker.sock is root: whoever reaches it owns the host.',
		from: 'setup',
	}),
});

export type UwsgiAnswers = {
	readonly server: 'debian' | 'environment';
	readonly module: string;
	readonly socket?: string | undefined;
	readonly processes?: number | undefined;
	readonly capabilities: readonly string[];
	readonly writes: readonly string[];
	readonly sockets: readonly string[];
};

export type UwsgiPlace = {
	/** Of the run-time directory, of the directory in /etc, and for people. */
	readonly name: string;
	readonly app: Offers['project'];
	/** Where its data lies; with capabilities no set-user-ID program can be made there. */
	readonly data: string;
	/** The group of the web server's workers, which may connect. */
	readonly proxyGroup: string;
	/** Units that it starts after. */
	readonly after: readonly string[];
	/** What must be done before it starts. */
	readonly needs: NonNullable<Edges['needs']>;
	/** The site file as the web server will have it; undefined where there is none. */
	readonly siteText: (host: Reader) => Promise<string | undefined>;
	readonly siteNeeds: NonNullable<Edges['needs']>;
	/** The ini that the repository ships, from its top, and how the socket and the site file are answered. */
	readonly shippedIni: string;
	readonly answeredBy: {readonly server: string; readonly socket: string; readonly edits: string};
};

/** Provides the unit of the project. */
export const uwsgiServer = (answers: UwsgiAnswers, place: UwsgiPlace): readonly Resource[] => {
	const {name, app, data, proxyGroup, after, needs, siteText, siteNeeds, shippedIni, answeredBy} = place;
	const debian = answers.server === 'debian';
	if (debian && app.language === 2)
		throw new Fault(
			'uwsgi.python2',
			"the distribution's uwsgi serves Python 3 only, and the application's is 2",
			`Answer ${answeredBy.server} with environment, and add uwsgi to the packages of its environment (application.python.packages).`,
		);
	const mounted = answers.capabilities.length === 0 ? [] : [data, ...answers.writes];
	const ini = `/etc/${name}/uwsgi.ini`;
	const unitPath = `/etc/systemd/system/${app.service}`;
	const uwsgi = debian ? '/usr/bin/uwsgi' : `${app.environment ?? `${app.home}/venv`}/bin/uwsgi`;
	const iniFile = (socket: string, shipped: Readonly<Record<string, string>>): FileSpec => ({
		path: ini,
		text: [uwsgiIni({...answers, name, app, debian, socket, shipped})],
		mode: 0o644,
		owner: 'root:root',
	});
	const unitFile = (others: readonly string[]): FileSpec => ({
		path: unitPath,
		text: [uwsgiUnit({...answers, name, uwsgi, ini, app, proxyGroup, after, data, others})],
		mode: 0o644,
		owner: 'root:root',
	});
	return [
		...(debian
			? [
					aptPackages(
						{names: ['uwsgi', 'uwsgi-plugin-python']},
						{id: 'apt:uwsgi', needs: ['done:requirements', 'done:dpkg-consistent'], provides: ['done:uwsgi']},
					),
				]
			: []),
		directory({path: `/etc/${name}`, mode: 0o755, owner: 'root:root'}),
		lateFile(
			{path: ini, owner: 'root:root'},
			async host =>
				iniFile(
					socketOf(await siteText(host), answers.socket, name, answeredBy),
					shippedOptions((await treeText(host, treeOf(app), shippedIni)) ?? ''),
				),
			{needs: [`path:${app.repository}`, ...siteNeeds], owes: [{unit: app.service, do: 'restart'}]},
			iniFile(answers.socket ?? `${name}.sock`, {}),
		),
		answers.capabilities.length === 0
			? file(unitFile([]))
			: lateFile(
					{path: unitPath, owner: 'root:root'},
					async host => unitFile(await host.fact(ownTops)),
					{},
					unitFile([]),
				),
		...mounted.flatMap(nosuidMount),
		unit(
			{name: app.service, enabled: true, running: true, files: [unitPath, ini, app.settingsFile]},
			{
				needs: [
					`path:${unitPath}`,
					`path:${ini}`,
					...needs,
					`user:${app.user}`,
					...mounted.map(path => `unit:${mountUnitName(path)}` as const),
					...(debian ? ['done:uwsgi' as const] : []),
				],
			},
		),
	];
};
