import {type Renewal, type Renewer, renewals} from '#host/certificates/renewers.ts';
import type {UnitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {unit} from '#resources/units/unit.ts';
import {seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	notRunning: {
		state: 'fail',
		example: {timer: 'certbot.timer', active: 'inactive', enabled: false as UnitState['enabled']},
		says: ({timer, active, enabled}) =>
			active === 'active'
				? `${timer} is not enabled: it will not run after the next boot`
				: `${timer} does not run${enabled === false ? ', and is not enabled' : ''}`,
		remedy: ({timer}) => ({
			sentence: 'Enable and start it; then try a renewal.',
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
		'/etc/letsencrypt/live, /var/lib/dehydrated/certs, ~/.acme.sh, /var/lib/lego, the directories of Caddy and mod_md: which client keeps certificates here',
		'every timer of systemd with what it starts, and the scripts behind that: enabled, running',
		'the crontabs of all users, /etc/cron.d and the scripts of cron.hourly to cron.monthly: a line or a script that renews',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source:
		'weblab-deusto: SSL certificates (Let\'s Encrypt, "you can renew them automatically"); certbot: Setting up automated renewal',
	verify: 'systemctl list-timers; certbot renew --dry-run',
	facts: {renewals},
	kinds,
	appliesTo: ({facts}) => facts.renewals.length > 0 || 'no ACME client keeps a certificate here',
	inspect: async ({facts}) => findings(facts.renewals.map(findingOf)),
});

const findingOf = ({client, renewers}: Renewal): FoundOf<typeof kinds> => {
	const sight = {item: client.name, expected: 'a timer that is enabled and runs'};
	const best = renewers.find(works) ?? renewers[0];
	if (best === undefined) {
		const unknown = {
			because: 'unreadable',
			need: `who renews what is in ${client.where}: no timer, no line of cron and no script of them runs ${client.name}`,
		} as const;
		return {...sight, is: 'ok', layers: {file: unknown, runtime: unknown}};
	}
	if (best.by === 'cron')
		return {
			...sight,
			is: 'ok',
			says: `${client.name} is run by cron`,
			layers: {file: seen('a line of cron', best.where), runtime: seen('run by cron', best.where)},
		};
	const {name, state} = best;
	const layers = {
		file: seen(state.enabled === false ? 'disabled' : 'enabled', name),
		runtime: seen(state.active, `systemctl show ${name}`),
	};
	if (works(best)) return {...sight, layers, is: 'ok', says: `${name} runs`};
	return {
		...sight,
		layers,
		is: 'notRunning',
		data: {timer: name, active: state.active, enabled: state.enabled},
	};
};

const works = (one: Renewer): boolean =>
	one.by === 'cron' || (one.state.active === 'active' && one.state.enabled !== false);
