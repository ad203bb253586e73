import {type UnitState, unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {unit} from '#resources/units/unit.ts';
import {seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	nothing: {
		state: 'fail',
		example: {client: 'certbot'},
		says: ({client}) => `nothing renews the certificates of ${client}`,
		remedy: ({client}) => ({
			sentence: `Let ${client} run twice a day: by the timer of its package, or by a line in root's crontab.`,
		}),
	},
	notRunning: {
		state: 'fail',
		example: {timer: 'certbot.timer', active: 'inactive', enabled: false as UnitState['enabled']},
		says: ({timer, active, enabled}) =>
			active === 'active'
				? `${timer} is not enabled: it will not run after the next boot`
				: `${timer} does not run${enabled === false ? ', and is not enabled' : ''}`,
		remedy: ({timer}) => ({
			sentence: 'Enable and start its timer; then try a renewal.',
			commands: [['systemctl', 'enable', '--now', timer]],
		}),
		fix: ({timer: name}) => [unit({name, enabled: true, running: true})],
	},
});

/** A certificate for ninety days that nobody renews is an outage that was ordered. */
export const check = defineCheck({
	id: 'tls.renewal',
	title: 'Certificates of an ACME client are renewed by a timer',
	why: "Certificates of Let's Encrypt last for 90 days and less. Without a timer that runs, the site fails for everybody on a day that is known now.",
	reads: [
		'/etc/letsencrypt/live, /var/lib/dehydrated/certs, ~/.acme.sh: which client keeps certificates here',
		'systemctl show of the timers of certbot, dehydrated and lego: enabled, running',
		"root's crontab, /etc/cron.d and the scripts of cron.hourly to cron.monthly: a line that renews",
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source:
		'weblab-deusto: SSL certificates (Let\'s Encrypt, "you can renew them automatically"); certbot: Setting up automated renewal',
	verify: 'systemctl list-timers certbot.timer; certbot renew --dry-run',
	facts: {client: {id: 'acme-client', read: (host: Reader) => clientOn(host)} satisfies Fact<Client | undefined>},
	kinds,
	appliesTo: ({facts}) =>
		facts.client !== undefined || 'no ACME client (certbot, dehydrated, acme.sh) keeps a certificate here',
	async inspect({host, facts}) {
		const client = facts.client!;
		const cron = await cronLine(host, client);
		const timers = await Promise.all(client.timers.map(async name => ({name, state: await unitState(name, host)})));
		const there = timers.filter(({state}) => state.load === 'loaded');
		const best = there.find(({state}) => works(state)) ?? there[0];
		// Debian's own cron line for certbot does nothing where systemd runs.
		const byCron = cron !== undefined && !/-d \/run\/systemd\/system/.test(cron.line);
		const good = byCron || (best !== undefined && works(best.state));
		const sight = {
			item: client.name,
			expected: 'a timer that is enabled and runs',
			layers: {
				file: byCron
					? seen('a line of cron', cron.where)
					: seen(
							best === undefined ? 'no timer' : best.state.enabled === false ? 'disabled' : 'enabled',
							best?.name ?? client.where,
						),
				runtime: byCron
					? seen('run by cron', cron.where)
					: seen(best?.state.active ?? 'no timer', `systemctl show ${best?.name ?? client.timers[0]}`),
			},
		};
		if (good) return [{...sight, is: 'ok', says: byCron ? `${client.name} is run by cron` : `${best?.name} runs`}];
		return best === undefined
			? [{...sight, is: 'nothing', data: {client: client.name}}]
			: [
					{
						...sight,
						is: 'notRunning',
						data: {timer: best.name, active: best.state.active, enabled: best.state.enabled},
					},
				];
	},
});

type Client = {
	readonly name: string;
	readonly where: string;
	readonly timers: readonly string[];
	readonly cron: RegExp;
};

const clients: readonly Client[] = [
	{
		name: 'certbot',
		where: '/etc/letsencrypt/live',
		timers: ['certbot.timer', 'snap.certbot.renew.timer', 'certbot-renew.timer'],
		cron: /certbot\b.*\brenew/,
	},
	{
		name: 'dehydrated',
		where: '/var/lib/dehydrated/certs',
		timers: ['dehydrated.timer'],
		cron: /dehydrated\b.*(-c|--cron)/,
	},
	{
		name: 'acme.sh',
		where: '/root/.acme.sh',
		timers: ['acme.timer', 'acme_letsencrypt.timer'],
		cron: /acme\.sh\b.*--cron/,
	},
];

/** The first client that keeps something. A directory that only root may look into is not taken for an empty one. */
const clientOn = async (host: Reader): Promise<Client | undefined> => {
	for (const client of clients) {
		const names = await listOf(host, client.where);
		if (
			names.some(name => /[\w-]+\.[\w.-]+/.test(name) && name !== 'README' && !/\.(sh|env|conf|csh|header)$/.test(name))
		)
			return client;
	}
	return undefined;
};

const listOf = async (host: Reader, path: string): Promise<readonly string[]> => {
	try {
		return (await host.list(path)) ?? [];
	} catch (error) {
		// /root is closed to others, and most hosts have nothing there: only what a client certainly keeps is worth the question.
		if (error instanceof Blocked && path.startsWith('/root/')) return [];
		throw error;
	}
};

const works = ({active, enabled}: UnitState): boolean => active === 'active' && enabled !== false;

const cronLine = async (
	host: Reader,
	{cron}: Client,
): Promise<{readonly line: string; readonly where: string} | undefined> => {
	const names = (await host.list('/etc/cron.d')) ?? [];
	const scripts = await Promise.all(
		['hourly', 'daily', 'weekly', 'monthly'].map(async every =>
			((await host.list(`/etc/cron.${every}`)) ?? [])
				.filter(name => /^[\w-]+$/.test(name))
				.map(name => `/etc/cron.${every}/${name}`),
		),
	);
	const tables = ['/etc/crontab', ...names.map(name => `/etc/cron.d/${name}`), '/var/spool/cron/crontabs/root'];
	for (const path of [...tables, ...scripts.flat()]) {
		const text = await textOf(host, path);
		const lines = text.split('\n');
		const at = lines.findIndex(line => !line.trimStart().startsWith('#') && cron.test(line));
		if (at >= 0) return {line: lines[at] ?? '', where: `${path}:${at + 1}`};
	}
	return undefined;
};

const textOf = async (host: Reader, path: string): Promise<string> => {
	try {
		return Buffer.from((await host.read(path)) ?? '').toString('utf8');
	} catch (error) {
		if (error instanceof Blocked) return '';
		throw error;
	}
};
