/** A login page is seen to work with a right name and never with a wrong one, where a broken backend shows: everybody gets in, or everybody gets an error. */
import {type DjangoSite, djangoSites} from '#host/django/sites.ts';
import {tryLoginPage} from '#host/doors/login-page.ts';
import {nobody} from '#host/doors/nobody.ts';
import {seeAs} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {noDjango} from '../shared/django-verdict.ts';

const kinds = defineKinds({
	letsIn: {
		state: 'fail',
		example: {item: 'app.service'},
		says: ({item}) => `the login page of ${item} lets in a name that does not exist, with any password`,
		remedy: ({item}) => ({
			sentence: `Take ${item} out of reach until it asks, and see AUTHENTICATION_BACKENDS in its settings: one of them makes an account of every name, or a directory behind it says yes to everything.`,
		}),
	},
	fails: {
		state: 'fail',
		example: {item: 'app.service', said: 'POST /accounts/login/: 500'},
		says: ({item, said}) => `the login page of ${item} ends in an error for a wrong name (${said})`,
		remedy: ({item}) => ({
			sentence: `See what it says in its log (journalctl -u ${item}): a directory, database or cache that its AUTHENTICATION_BACKENDS ask does not answer, so people with a right password are most likely not let in either.`,
		}),
	},
});

export const check = defineCheck({
	id: 'doors.application',
	title: 'The login page of the application refuses a name that does not exist',
	why: 'Whether a page opens says nothing of whether it lets the right ones in. A backend that says yes to everybody looks like a success, and one whose directory is gone is noticed by whoever cannot log in.',
	reads: [
		'the settings of each Django application, for the names that it answers to',
		'with --try: its login form, sent as a name that does not exist, at its own port',
	],
	severity: 'fail',
	layers: ['runtime'],
	source: 'Django documentation, "Customizing authentication in Django"',
	verify: 'Log in with a name that nobody has: the form comes back and says so.',
	facts: {sites: djangoSites},
	deadline: 12_000,
	kinds,
	tries: ({facts}) =>
		doorsOf(facts.sites).map(({item, address}) => ({
			door: `login page of ${item} at ${address}`,
			does: `sends its form as ${nobody()}, who does not exist`,
			leaves: 'a failed login of 127.0.0.1 where the application counts them',
		})),
	appliesTo: ({facts}) => {
		if (facts.sites.length === 0) return noDjango;
		return doorsOf(facts.sites).length > 0 || 'no Django of this host takes HTTP on a port of its own';
	},
	async inspect({facts}) {
		return findings(
			await Promise.all(
				doorsOf(facts.sites).map(async ({item, address, name}): Promise<FoundOf<typeof kinds>> => {
					const answer = await seeAs(() => tryLoginPage(address, name));
					const where = `${address}, as ${name}`;
					const runtime = 'because' in answer ? answer : {value: answer.said, where};
					const sight = {item, expected: 'refuses, without an error', layers: {runtime}};
					if ('because' in answer) return {...sight, is: 'ok'};
					const {is, said} = answer;
					if (is === 'letIn') return {...sight, is: 'letsIn', data: {item}};
					if (is === 'fails') return {...sight, is, data: {item, said}};
					return {...sight, is: 'ok', ...(is === 'noForm' && {says: said})};
				}),
			),
		);
	},
});

/** gunicorn on a port; what speaks uwsgi or a Unix socket is reached through its web server only. */
const doorsOf = (sites: readonly DjangoSite[]) =>
	sites.flatMap(({server, allowedHosts}) => {
		const socket = server.sockets.find(one => one.kind === 'tcp');
		if (server.kind !== 'gunicorn' || socket?.kind !== 'tcp' || server.running === undefined) return [];
		const names = 'because' in allowedHosts ? [] : allowedHosts.value;
		const name = names.find(one => /^[\w-][\w.-]*$/.test(one)) ?? names.find(one => one.startsWith('.'))?.slice(1);
		const host = socket.host === '0.0.0.0' ? '127.0.0.1' : socket.host === '::' ? '[::1]' : socket.host;
		return [{item: server.item, address: `http://${host}:${socket.port}`, name: name ?? 'localhost'}];
	});
