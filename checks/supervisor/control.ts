/** supervisord is root, and whoever may talk to it starts programs as root: its socket and its port are doors like those of an engine of containers. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {seeAs, there} from '#host/see.ts';
import {type SupervisorFile, supervisorFile} from '#host/supervisor/file.ts';
import {supervisorNow} from '#host/supervisor/now.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {controlOf} from '../shared/socket-control.ts';

const kinds = defineKinds({
	socket: {
		state: 'fail',
		example: {path: '/var/run/supervisor.sock', who: 'everybody'},
		says: ({path, who}) =>
			`${who === 'everybody' ? 'every account of this host' : who} may tell supervisor what to do by ${path}, without a password`,
		remedy: () => ({
			sentence:
				'Write chmod=0700 (and chown=root:root) into its section [unix_http_server], or give that a username and a password; then restart supervisor.service.',
		}),
	},
	port: {
		state: 'fail',
		example: {place: '127.0.0.1:9001', where: '/etc/supervisor/supervisord.conf:9'},
		says: ({place}) => `whoever reaches ${place} may tell supervisor what to do, without a password`,
		remedy: ({where}) => ({
			sentence: `Take the section [inet_http_server] out (${where}), or give it a username and a password; then restart supervisor.service.`,
		}),
	},
});

export const check = defineCheck({
	id: 'supervisor.control',
	title: 'Only root tells supervisor what to do',
	why: 'supervisord runs as root. Whoever may send it a request starts and stops its programs, reads their logs, and where one of them is started as root runs it anew: a socket open to everybody is enough.',
	reads: [
		'[unix_http_server] and [inet_http_server]: file, port, whether there is a name and a password',
		'owner, mode and access list of the socket, and who that is; where others may write there: whether supervisor answers',
	],
	severity: 'fail',
	layers: ['file'],
	requires: ['supervisor.running'],
	source: 'supervisor documentation, "[unix_http_server] Section Settings", "[inet_http_server] Section Settings"',
	verify: 'ls -l /var/run/supervisor.sock; grep -A4 http_server /etc/supervisor/supervisord.conf',
	facts: {packages, file: supervisorFile},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('supervisor')) ? there(facts, ['file']) : 'supervisor is not installed',
	async inspect({host, facts}) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the socket of the running supervisor'});
		const {place, sections} = facts.file;
		const expected = 'root alone, or a password';
		const control = await seeAs(() => controlOf(host, place.socket));
		const asks = place.user !== undefined;
		const open = control === undefined || 'because' in control || asks ? [] : control.open;
		// Whose socket it is the mode does not say: only what answers there as supervisor is told what to do.
		if (open.length > 0) await host.fact(supervisorNow);
		const file =
			control === undefined ? {value: 'no socket', where: place.socket} : 'because' in control ? control : control.seen;
		return findings(
			[
				...open.map(
					({who}): FoundOf<typeof kinds> => ({
						item: place.socket,
						is: 'socket',
						data: {path: place.socket, who},
						expected,
						layers: {file},
					}),
				),
				...openPort(sections).map(
					(data): FoundOf<typeof kinds> => ({
						item: data.place,
						is: 'port',
						data,
						expected,
						layers: {file: {value: 'no username', where: data.where}},
					}),
				),
			],
			{is: 'ok', expected, layers: {file}},
		);
	},
});

const openPort = (sections: SupervisorFile['sections']): readonly {readonly place: string; readonly where: string}[] =>
	sections
		.filter(({kind, options}) => kind === 'inet_http_server' && options.has('port') && !options.has('username'))
		.map(({options, where}) => ({place: options.get('port') ?? '', where}));
