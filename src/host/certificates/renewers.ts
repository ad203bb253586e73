/**
 * Who renews the certificates of this host: timers, lines of cron and scripts that run an ACME client, and servers that do it themselves. A renewer may have any
 * name and be somebody's own, so what a timer or a line starts is looked into; where none is found nobody knows who renews.
 */
import {trimmed, wordsIn} from '#edit/blanks.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {type UnitState, unitState} from '../units/units.ts';

export type Client = {
	readonly name: string;
	/** Where it keeps certificates here. */
	readonly where: string;
};

export type Renewer =
	| {readonly by: 'timer'; readonly name: string; readonly state: UnitState}
	| {readonly by: 'cron'; readonly where: string}
	/** A server that renews what it serves while it runs. */
	| {readonly by: 'server'; readonly name: string; readonly state: UnitState};

export type Renewal = {readonly client: Client; readonly renewers: readonly Renewer[]};

/** One for each client that keeps something here. */
export const renewals: Fact<readonly Renewal[]> = {
	id: 'certificate-renewals',
	async read(host) {
		const here = (await Promise.all(clients.map(async one => ({one, where: await keptBy(one, host)})))).flatMap(
			({one, where}) => (where === undefined ? [] : [{...one, where}]),
		);
		if (here.length === 0) return [];
		const [timers, lines] = await Promise.all([ifTold(() => timersOf(host)), cronLines(host)]);
		return Promise.all(
			here.map(async ({name, where, runs, server}) => ({
				client: {name, where},
				renewers: [
					...(await Promise.all((server ?? []).map(unit => serverOf(unit, host)))).flat(),
					...(timers ?? []).flatMap(({timer, texts}) =>
						texts.some(text => runs.test(text)) ? [{by: 'timer' as const, ...timer}] : [],
					),
					...lines.flatMap(({where: at, texts}) =>
						texts.some(text => runs.test(text)) ? [{by: 'cron' as const, where: at}] : [],
					),
				],
			})),
		);
	},
};

type Known = {
	readonly name: string;
	readonly places: readonly string[];
	/** Its certificates may have any name (certbot's --cert-name): all that lies there is one. */
	readonly anyName?: true;
	/** Text that runs it so that it renews. */
	readonly runs: RegExp;
	readonly server?: readonly string[];
};

const clients: readonly Known[] = [
	{
		name: 'certbot',
		places: ['/etc/letsencrypt/live'],
		anyName: true,
		runs: /\b(certbot|letsencrypt|certbot-auto)\b(?![-\w]*\.timer)[\s\S]*\b(renew|certonly)\b/,
	},
	{
		name: 'dehydrated',
		places: ['/var/lib/dehydrated/certs', '/etc/dehydrated/certs'],
		runs: /\bdehydrated\b[\s\S]*(\s-c\b|--cron\b)/,
	},
	{name: 'acme.sh', places: ['/root/.acme.sh', '/etc/acme.sh'], runs: /\bacme\.sh\b[\s\S]*(--cron|--renew|--issue)/},
	{
		name: 'lego',
		places: ['/var/lib/lego/certificates', '/etc/lego/certificates', '/root/.lego/certificates'],
		runs: /\blego\b[\s\S]*\b(renew|run)\b/,
	},
	{
		name: 'Caddy',
		places: ['/var/lib/caddy/.local/share/caddy/certificates'],
		runs: /(?!)/,
		server: ['caddy.service'],
	},
	{
		name: 'mod_md',
		places: ['/etc/apache2/md/domains', '/var/lib/apache2/md/domains'],
		runs: /(?!)/,
		server: ['apache2.service'],
	},
];

/** Where it keeps certificates. A directory that only root may look into is not taken for an empty one. */
const keptBy = async ({places, anyName}: Known, host: Reader): Promise<string | undefined> => {
	for (const place of places) {
		const names = await host.list(place).catch(error => {
			// /root is closed to others, and most hosts have nothing there: only what a client certainly keeps is worth the question.
			if (error instanceof Blocked && place.startsWith('/root/')) return [];
			throw error;
		});
		if (
			(names ?? []).some(name => (anyName || name.includes('.')) && !notCertificates.test(name)) ||
			isCaddys(place, names)
		)
			return place;
	}
	return undefined;
};

const notCertificates = /^(README|\..*)$|\.(sh|env|conf|csh|header|json|txt)$/;

/** Below it one directory for each authority. */
const isCaddys = (place: string, names: readonly string[] | undefined): boolean =>
	place.endsWith('/caddy/certificates') && (names ?? []).length > 0;

const serverOf = async (name: string, host: Reader): Promise<readonly Renewer[]> => {
	const state = await unitState(name, host);
	return state.load === 'loaded' ? [{by: 'server', name, state}] : [];
};

type Runs = {readonly texts: readonly string[]};

/** Every timer with what it starts, and the scripts behind that. */
const timersOf = async (
	host: Reader,
): Promise<readonly (Runs & {readonly timer: {readonly name: string; readonly state: UnitState}})[]> => {
	const {code, stdout} = await host.probe([
		'systemctl',
		'list-unit-files',
		'--type=timer',
		'--no-legend',
		'--no-pager',
	]);
	const names = stdout
		.split('\n')
		.map(line => wordsIn(line)[0]?.text ?? '')
		.filter(name => code === 0 && name.endsWith('.timer') && !name.includes('@.'));
	return Promise.all(
		names.map(async name => {
			const service = (await valueOf(host, name, 'Unit')) || name.replace(/timer$/, 'service');
			const starts = await valueOf(host, service, 'ExecStart');
			return {timer: {name, state: await unitState(name, host)}, texts: await withScripts(starts, host)};
		}),
	);
};

const valueOf = async (host: Reader, unit: string, property: string): Promise<string> =>
	(
		await host.probe(['systemctl', 'show', '--no-pager', '--value', `--property=${property}`, '--', unit])
	).stdout.trim();

/** Lines of every crontab, and the scripts that run-parts starts: by its rules for names. */
const cronLines = async (host: Reader): Promise<readonly (Runs & {readonly where: string})[]> => {
	const [inD, users] = await Promise.all([listOf(host, '/etc/cron.d'), listOf(host, '/var/spool/cron/crontabs')]);
	const tables = [
		'/etc/crontab',
		...inD.filter(isPart).map(name => `/etc/cron.d/${name}`),
		...users.map(name => `/var/spool/cron/crontabs/${name}`),
	];
	const parts = await Promise.all(
		['hourly', 'daily', 'weekly', 'monthly'].map(async every =>
			(await listOf(host, `/etc/cron.${every}`)).filter(isPart).map(name => `/etc/cron.${every}/${name}`),
		),
	);
	const lines = await Promise.all(
		tables.map(async path =>
			linesOf((await ifTold(() => textOf(host, path))) ?? '').map(({text, number}) => ({
				text,
				where: `${path}:${number}`,
			})),
		),
	);
	const scripts = await Promise.all(
		parts.flat().map(async path => {
			const stat = await ifTold(() => host.stat(path, {follow: true}));
			return stat === undefined || (stat.mode & 0o111) === 0 ? [] : [{text: path, where: path}];
		}),
	);
	// Debian's own line for certbot does nothing where systemd runs.
	return Promise.all(
		[...lines.flat(), ...scripts.flat()]
			.filter(({text}) => !/-d \/run\/systemd\/system/.test(text))
			.map(async ({text, where}) => ({where, texts: await withScripts(text, host)})),
	);
};

const isPart = (name: string): boolean => /^[\w-]+$/.test(name);

const linesOf = (text: string): readonly {readonly text: string; readonly number: number}[] =>
	text.split('\n').flatMap((line, at) => {
		const plain = trimmed(line);
		return plain === '' || plain.startsWith('#') ? [] : [{text: plain, number: at + 1}];
	});

const listOf = async (host: Reader, path: string): Promise<readonly string[]> =>
	(await ifTold(() => host.list(path))) ?? [];

/** A command, and the text of each script that it names and that may be read: comments do not run. */
const withScripts = async (command: string, host: Reader): Promise<readonly string[]> => {
	const paths = [...new Set(command.match(/\/[\w.+@/-]+/g) ?? [])].slice(0, 20);
	const texts = await Promise.all(paths.map(path => scriptAt(path, host)));
	return [command, ...texts.filter(text => text !== undefined)];
};

const scriptAt = async (path: string, host: Reader): Promise<string | undefined> => {
	const stat = await ifTold(() => host.stat(path, {follow: true}));
	if (stat?.kind !== 'file' || stat.size > 256 * 1024) return undefined;
	const text = (await ifTold(() => textOf(host, path))) ?? '';
	return text.startsWith('#!')
		? linesOf(text)
				.map(one => one.text)
				.join('\n')
		: undefined;
};
