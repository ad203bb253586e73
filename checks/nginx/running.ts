import {nginxes, otherNginxes} from '#host/nginx/now.ts';
import {inUse} from '#host/nginx/sites.ts';
import {availableSockets} from '#host/nginx/sockets.ts';
import {see} from '#host/see.ts';
import {type Accounts, accounts} from '#host/system/accounts.ts';
import {listeners} from '#host/system/listeners.ts';
import type {Process} from '#host/system/process-table.ts';
import {reachesIt, atBoot as reachOf} from '#host/units/at-boot.ts';
import {type Stilled, stilledServices, stilledWords} from '#host/units/stilled.ts';
import {unitState} from '#host/units/units.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {unit} from '#resources/units/unit.ts';
import {clock, seen} from '../shared/seeing.ts';
import {maskedKind, stilledKind} from '../shared/service.ts';

const kinds = defineKinds({
	masked: maskedKind('nginx.service'),
	down: {
		state: 'fail',
		example: {name: 'nginx', unit: 'nginx.service', result: 'exit-code' as string | undefined, others: ''},
		says: ({name, unit: failed, result, others}) =>
			`${name} does not run${result === undefined ? '' : `: ${failed} failed (${result})`}${others}`,
		remedy: ({unit: name}) => ({
			sentence: 'Start it and have it started at boot; where that fails, its own test of the configuration says why.',
			commands: [['systemctl', 'enable', '--now', name]],
		}),
		fix: ({unit: name}) => [unit({name, enabled: true, running: true})],
	},
	stilled: stilledKind<Stilled & {readonly unit: string; readonly shown: string}>({unit: 'nginx.service'}),
	notAtBoot: {
		state: 'warn',
		example: {name: 'nginx', unit: 'nginx.service', result: undefined as string | undefined},
		says: ({name}) => `${name} runs, and will not start at the next boot`,
		remedy: ({unit: name}) => ({sentence: 'Have it started at boot.', commands: [['systemctl', 'enable', name]]}),
		fix: ({unit: name}) => [unit({name, enabled: true})],
	},
});

/** A site that is down is the first thing its users see. */
export const check = defineCheck({
	id: 'nginx.running',
	title: 'nginx runs, answers, and starts at boot',
	why: 'A web server that was started by hand is gone after the next reboot; one that hangs looks well to systemd, which only sees its process.',
	reads: [
		'systemctl show nginx.service openresty.service: ActiveState, UnitFileState',
		'/proc: master and worker processes',
		'GET / without a Host header on the first port that it listens on: it refuses that itself, and so answers, and no application behind it is asked',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'ipynbsrv: Nginx/OpenResty (auto-start on boot); coralnet: nginx',
	verify: 'systemctl is-enabled nginx && systemctl is-active nginx && curl -sI http://localhost/',
	facts: {nginx: nginxes, stilled: stilledServices, others: otherNginxes, accounts, listeners},
	kinds,
	appliesTo: ({facts}) => facts.nginx.length > 0 || 'neither nginx nor OpenResty is installed',
	async inspect({host, facts}) {
		return findings(
			await Promise.all(
				inUse(facts.nginx).map(async (nginx): Promise<FoundOf<typeof kinds>> => {
					const state = await unitState(nginx.unit, host);
					const up = nginx.running !== undefined;
					const atBoot = reachesIt.includes(await reachOf(state, host));
					const stilled = facts.stilled.get(nginx.unit);
					const sight = {
						item: nginx.name,
						expected: 'enabled, running',
						layers: {
							file: seen(state.load === 'not-found' ? 'no unit' : atBoot ? 'enabled' : 'disabled', nginx.unit),
							runtime:
								up && stilled === undefined
									? await see(async () => {
											const socket = availableSockets(nginx, facts.listeners)[0];
											if (socket === undefined)
												throw new Blocked({
													because: 'unreadable',
													need: `${nginx.name} listens on no TCP port that could be asked`,
												});
											const {status} = await askLocal({...socket, tls: false, name: null});
											return seen(`running, answers ${status}`, `GET http://${socket.host}:${socket.port}/`);
										})
									: seen(stilled?.how ?? state.active, `systemctl show ${nginx.unit}`),
						},
					};
					const data = {
						name: nginx.name,
						unit: nginx.unit,
						result: state.active === 'failed' ? state.result : undefined,
					};
					if (state.load === 'masked') return {...sight, is: 'masked', data: {unit: nginx.unit, runs: up}};
					if (nginx.running === undefined)
						return {...sight, is: 'down', data: {...data, others: otherWords(facts.others, facts.accounts)}};
					if (stilled !== undefined)
						return {
							...sight,
							is: 'stilled',
							data: {unit: nginx.unit, ...stilled, shown: `active, and ${stilledWords(stilled)}`},
						};
					if (!atBoot) return {...sight, is: 'notAtBoot', data};
					return {...sight, is: 'ok', says: `${nginx.name} runs since ${clock(nginx.running.master.startedAt)}`};
				}),
			),
		);
	},
});

/** What calls itself so is named, with whose it is, since it may hold the port. */
const otherWords = (others: readonly Process[], {users}: Accounts): string => {
	const [first] = others;
	if (first === undefined) return '';
	const owner = [...users.values()].find(({uid}) => uid === first.realUid)?.name ?? `uid ${first.realUid}`;
	return `; process ${first.pid} of ${owner} calls itself nginx and is not it`;
};
