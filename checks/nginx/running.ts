import {nginxes, otherNginxes} from '#host/nginx/now.ts';
import {inUse} from '#host/nginx/sites.ts';
import {availableSockets} from '#host/nginx/sockets.ts';
import {see} from '#host/see.ts';
import {type Accounts, accounts} from '#host/system/accounts.ts';
import {listeners} from '#host/system/listeners.ts';
import type {Process} from '#host/system/process-table.ts';
import {unitState} from '#host/units/units.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {defineCheck} from '#model/check.ts';
import type {Finding} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {unit} from '#resources/units/unit.ts';
import {clock, seen} from '../shared/seeing.ts';

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
	facts: {nginx: nginxes, others: otherNginxes, accounts, listeners},
	appliesTo: ({facts}) => facts.nginx.length > 0 || 'neither nginx nor OpenResty is installed',
	async inspect({host, facts}) {
		const findings = await Promise.all(
			inUse(facts.nginx).map(async (nginx): Promise<Finding> => {
				const state = await unitState(nginx.unit, host);
				const up = nginx.running !== undefined;
				const atBoot = state.enabled !== false;
				const says = !up
					? `${nginx.name} does not run${state.active === 'failed' ? `: ${nginx.unit} failed (${state.result})` : ''}${otherWords(facts.others, facts.accounts)}`
					: atBoot
						? `${nginx.name} runs since ${clock(nginx.running.master.startedAt)}`
						: `${nginx.name} runs, and will not start at the next boot`;
				return {
					item: nginx.name,
					state: up && atBoot ? 'ok' : up ? 'warn' : 'fail',
					says,
					expected: 'enabled, running',
					layers: {
						file: seen(state.load === 'not-found' ? 'no unit' : atBoot ? 'enabled' : 'disabled', nginx.unit),
						runtime: up
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
							: seen(state.active, `systemctl show ${nginx.unit}`),
					},
				};
			}),
		);
		return findings as [Finding, ...Finding[]];
	},
	remedy: ({item, layers}) => ({
		sentence: `Start it and have it started at boot; where that fails, its own test of the configuration says why.`,
		commands: [[...'systemctl enable --now'.split(' '), unitOf(layers, item)]],
	}),
	fix: ({item, layers}) => [unit({name: unitOf(layers, item), enabled: true, running: true})],
});

/** What calls itself so is named, with whose it is, since it may hold the port. */
const otherWords = (others: readonly Process[], {users}: Accounts): string => {
	const [first] = others;
	if (first === undefined) return '';
	const owner = [...users.values()].find(({uid}) => uid === first.realUid)?.name ?? `uid ${first.realUid}`;
	return `; process ${first.pid} of ${owner} calls itself nginx and is not it`;
};

const unitOf = (layers: Finding['layers'], item: string | undefined): string => {
	const {file} = layers;
	return file !== undefined && 'where' in file ? file.where : `${item ?? 'nginx'}.service`;
};
