import {apache} from '#host/apache/now.ts';
import {see} from '#host/see.ts';
import {listeners} from '#host/system/listeners.ts';
import {unitState} from '#host/units/units.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {Blocked} from '#model/unknown.ts';
import {unit} from '#resources/units/unit.ts';
import {clock, seen} from '../shared/seeing.ts';

/** A process that is there and a server that answers are two things. */
export const check = defineCheck({
	id: 'apache.running',
	title: 'Apache runs, answers, and starts at boot',
	why: 'A server that was started by hand is gone after the next reboot; one that hangs looks well to systemd, which only sees its process.',
	reads: [
		'systemctl show apache2.service: ActiveState, UnitFileState',
		'/proc: its processes',
		'GET / without a Host header on the first port that it listens on: it refuses that itself, and so answers, and no application behind it is asked',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'weblab-deusto: Apache HTTP server; cc-server: Apache 2 WSGI',
	verify: 'systemctl is-enabled apache2 && systemctl is-active apache2 && curl -sI http://localhost/',
	facts: {apache, listeners},
	appliesTo: ({facts}) => facts.apache.installed || 'apache2 is not installed',
	async inspect({host, facts}) {
		const {running} = facts.apache;
		const state = await unitState('apache2.service', host);
		const atBoot = state.enabled !== false;
		const up = running !== undefined;
		const pids = new Set(running === undefined ? [] : [running.main.pid, ...running.children.map(({pid}) => pid)]);
		const socket = facts.listeners
			.filter(
				one =>
					one.protocol.startsWith('tcp') &&
					(one.process === undefined ? [80, 443].includes(one.port) : pids.has(one.process.pid)),
			)
			.toSorted((a, b) => a.port - b.port)[0];
		return [
			{
				state: up && atBoot ? 'ok' : up ? 'warn' : 'fail',
				says: up
					? atBoot
						? `Apache runs since ${clock(running.main.startedAt)}`
						: 'Apache runs, and will not start at the next boot'
					: `Apache does not run${state.active === 'failed' ? `: apache2.service failed (${state.result})` : ''}`,
				expected: 'enabled, running',
				layers: {
					file: seen(atBoot ? 'enabled' : 'disabled', 'apache2.service'),
					runtime: up
						? await see(async () => {
								if (socket === undefined)
									throw new Blocked({because: 'unreadable', need: 'Apache listens on no TCP port'});
								const host =
									socket.address === '0.0.0.0' ? '127.0.0.1' : socket.address === '::' ? '::1' : socket.address;
								const {status} = await askLocal({host, port: socket.port, tls: false, name: null});
								return seen(`running, answers ${status}`, `GET http://${host}:${socket.port}/`);
							})
						: seen(state.active, 'systemctl show apache2.service'),
				},
			},
		];
	},
	remedy: () => ({
		sentence: 'Start it and have it started at boot; where that fails, apache2ctl configtest says why.',
		commands: [['systemctl', 'enable', '--now', 'apache2.service']],
	}),
	fix: () => [unit({name: 'apache2.service', enabled: true, running: true})],
});
