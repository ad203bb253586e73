import {apache} from '#host/apache/now.ts';
import {see} from '#host/see.ts';
import {listeners} from '#host/system/listeners.ts';
import {reachesIt, atBoot as reachOf} from '#host/units/at-boot.ts';
import {type Stilled, stilledServices, stilledWords} from '#host/units/stilled.ts';
import {unitState} from '#host/units/units.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {unit} from '#resources/units/unit.ts';
import {clock, seen} from '../shared/seeing.ts';
import {maskedKind, stilledKind} from '../shared/service.ts';

const kinds = defineKinds({
	masked: maskedKind('apache2.service'),
	stilled: stilledKind<Stilled & {readonly unit: string; readonly shown: string}>({unit: 'apache2.service'}),
	down: {
		state: 'fail',
		example: {failed: 'exit-code' as string | undefined},
		says: ({failed}) => `Apache does not run${failed === undefined ? '' : `: apache2.service failed (${failed})`}`,
		remedy: {
			sentence: 'Start it and have it started at boot; where that fails, apache2ctl configtest says why.',
			commands: [['systemctl', 'enable', '--now', 'apache2.service']],
		},
		fix: () => [unit({name: 'apache2.service', enabled: true, running: true})],
	},
	notAtBoot: {
		state: 'warn',
		says: 'Apache runs, and will not start at the next boot',
		remedy: {sentence: 'Have it started at boot.', commands: [['systemctl', 'enable', 'apache2.service']]},
		fix: () => [unit({name: 'apache2.service', enabled: true})],
	},
});

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
	facts: {apache, listeners, stilled: stilledServices},
	kinds,
	appliesTo: ({facts}) => facts.apache.installed || 'apache2 is not installed',
	async inspect({host, facts}) {
		const {running} = facts.apache;
		const state = await unitState('apache2.service', host);
		const atBoot = reachesIt.includes(await reachOf(state, host));
		const stilled = facts.stilled.get('apache2.service');
		const up = running !== undefined;
		const pids = new Set(running === undefined ? [] : [running.main.pid, ...running.children.map(({pid}) => pid)]);
		const socket = facts.listeners
			.filter(
				one =>
					one.protocol.startsWith('tcp') &&
					(one.process === undefined ? [80, 443].includes(one.port) : pids.has(one.process.pid)),
			)
			.toSorted((a, b) => a.port - b.port)[0];
		const sight = {
			expected: 'enabled, running',
			layers: {
				file: seen(atBoot ? 'enabled' : 'disabled', 'apache2.service'),
				runtime:
					up && stilled === undefined
						? await see(async () => {
								if (socket === undefined)
									throw new Blocked({because: 'unreadable', need: 'Apache listens on no TCP port'});
								const host =
									socket.address === '0.0.0.0' ? '127.0.0.1' : socket.address === '::' ? '::1' : socket.address;
								const {status} = await askLocal({host, port: socket.port, tls: false, name: null});
								return seen(`running, answers ${status}`, `GET http://${host}:${socket.port}/`);
							})
						: seen(stilled?.how ?? state.active, 'systemctl show apache2.service'),
			},
		};
		if (stilled !== undefined)
			return [
				{
					...sight,
					is: 'stilled',
					data: {unit: 'apache2.service', ...stilled, shown: `active, and ${stilledWords(stilled)}`},
				},
			];
		if (state.load === 'masked') return [{...sight, is: 'masked', data: {unit: 'apache2.service', runs: up}}];
		if (!up) return [{...sight, is: 'down', data: {failed: state.active === 'failed' ? state.result : undefined}}];
		if (!atBoot) return [{...sight, is: 'notAtBoot'}];
		return [{...sight, is: 'ok', says: `Apache runs since ${clock(running.main.startedAt)}`}];
	},
});
