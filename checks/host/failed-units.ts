/** A unit that failed says so only to who asks; one that ends again and again, or that somebody froze, is not even called failed. */
import {processTable, serviceOf} from '#host/system/process-table.ts';
import {listedUnits} from '#host/units/listed-units.ts';
import {looping} from '#host/units/looping.ts';
import {type Stilled, stilledServices, stilledWords} from '#host/units/stilled.ts';
import {refuseWithoutSystemd, unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {stilledKind} from '../shared/service.ts';

const kinds = defineKinds({
	failed: {
		state: 'fail',
		example: {unit: 'backup.service'},
		says: ({unit}) => `${unit} has failed`,
		remedy: ({unit}) => ({
			sentence: `journalctl -u ${unit} says why. Mend that, then start it again; where it is not needed any more, disable it.`,
			commands: [['systemctl', 'restart', unit]],
		}),
	},
	loops: {
		state: 'fail',
		example: {unit: 'worker.service', times: 12},
		says: ({unit, times}) => `${unit} ends again and again: systemd has started it ${times} times`,
		remedy: ({unit}) => ({
			sentence: `journalctl -u ${unit} says why it ends. Mend that; where it is not needed any more, disable it.`,
		}),
	},
	stilled: stilledKind<Stilled & {readonly unit: string; readonly shown: string}>({unit: 'worker.service'}),
});

export const check = defineCheck({
	id: 'host.failed-units',
	title: 'No unit has failed, ends again and again, or is held still',
	why: 'A service, timer or mount that failed stays down until somebody looks: backups that do not run, certificates that are not renewed. One that is started anew whenever it ends is never called failed, and a frozen one is called active.',
	reads: [
		'systemctl list-units --state=failed,auto-restart',
		'/proc/PID/stat and cgroup: services whose processes are all new, or stopped; cgroup.freeze',
		'systemctl show UNIT: NRestarts, of those whose processes are all new',
	],
	severity: 'fail',
	layers: ['runtime'],
	source: 'systemctl(1), FAILED UNITS; systemd.service(5), Restart=; systemctl(1), freeze',
	verify: 'systemctl --failed lists nothing, and no service is activating (auto-restart).',
	facts: {processTable, stilled: stilledServices},
	kinds,
	async inspect({host, facts}) {
		await refuseWithoutSystemd(host, 'only it could tell which units failed');
		const where = 'systemctl list-units --state=failed,auto-restart';
		const listed = (await host.fact(listedUnits)).filter(
			({unit, active, sub}) =>
				active === 'failed' || sub === 'auto-restart' || (sub === 'running' && unit.endsWith('.service')),
		);
		const old = oldServices([...facts.processTable.values()]);
		// Its processes are new, or it had none a moment ago: it may have ended before.
		const young = listed.filter(({sub, unit}) => sub === 'running' && !old.has(unit)).map(({unit}) => unit);
		const waiting = listed.filter(({sub}) => sub === 'auto-restart').map(({unit}) => unit);
		const asked = [...new Set([...waiting, ...young])];
		const states = await Promise.all(
			asked.map(async unit => ({unit, state: await unitState(unit, host), loops: await host.fact(looping(unit))})),
		);
		const sight = (unit: string, value: string, seen: string) => ({
			item: unit,
			expected: 'not failed',
			layers: {runtime: {value, where: seen}},
		});
		return findings<FoundOf<typeof kinds>>(
			[
				...listed
					.filter(({sub}) => !['auto-restart', 'running'].includes(sub))
					.map(({unit}) => ({...sight(unit, 'failed', where), is: 'failed' as const, data: {unit}})),
				...states
					.filter(({loops}) => loops)
					.map(({unit, state}) => ({
						...sight(unit, `${state.active} (${state.sub})`, `systemctl show ${unit}: NRestarts`),
						is: 'loops' as const,
						data: {unit, times: state.restarts},
					})),
				...[...facts.stilled].map(([unit, one]) => ({
					...sight(unit, one.how, one.how === 'frozen' ? `${unit}: cgroup.freeze` : '/proc/PID/stat'),
					is: 'stilled' as const,
					data: {unit, ...one, shown: `active, and ${stilledWords(one)}`},
				})),
			],
			{is: 'ok', expected: [], layers: {runtime: {value: [], where}}},
		);
	},
});

/** Services with a process that has been there for a while. */
const oldServices = (all: readonly Parameters<typeof serviceOf>[0][]): ReadonlySet<string> => {
	const now = Date.now();
	return new Set(all.flatMap(one => (now - one.startedAt < 30_000 ? [] : (serviceOf(one) ?? []))));
};
