/** Is a service running, and will it be after the next boot? The same two findings for every service, so that one that is down is told once. */
import type {Found} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {ifTold, see} from '../see.ts';
import {type AtBoot, atBoot as reachOf} from './at-boot.ts';
import {type Unmet, unmetCondition} from './conditions.ts';
import {looping} from './looping.ts';
import {type Stilled, stilledServices, stilledWords} from './stilled.ts';
import {type UnitState, unitState} from './units.ts';

export type RunningOptions = {
	/** Another unit that starts it at boot: postgresql.service for a cluster, postfix.service for its instance. */
	readonly atBoot?: string;
	/** Before the items, where there are several of a kind: `15/main `. */
	readonly prefix?: string;
};

/** The unit that runs, the one that starts it at boot, and how the first one is: "failed (failed, exit-code)". */
export type ServiceData = {readonly unit: string; readonly atBoot: string; readonly shown: string};

/** It is "active" and answers nobody. */
export type StilledData = ServiceData & Stilled;

/** It ends again and again, and is never called failed. */
export type LoopData = ServiceData & {readonly times: number};

/** Nothing can start it, whoever asks. */
export type MaskedData = {readonly unit: string; readonly runs: boolean};

/** Its next start would be passed over. */
export type ConditionData = ServiceData & Unmet;

export type RunningFinding = Found<{
	down: ServiceData;
	stilled: StilledData;
	loops: LoopData;
	masked: MaskedData;
	notAtBoot: ServiceData;
	unreached: ServiceData;
	conditional: ConditionData;
}>;

/** Not running is a failure; not coming back at boot is a warning, which blocks no other check. */
export const runningFindings = async (
	unit: string,
	host: Reader,
	options: RunningOptions = {},
): Promise<readonly [RunningFinding, RunningFinding]> => {
	const {atBoot = unit, prefix = ''} = options;
	const [state, boot, stilled] = await Promise.all([
		unitState(unit, host),
		unitState(atBoot, host),
		ifTold(() => host.fact(stilledServices)),
	]);
	const starts = await reachOf(boot, host);
	const unmet =
		starts === 'yes' && host.root === '/' && state.active === 'active' ? await unmetCondition(state, host) : undefined;
	const data = {unit, atBoot, shown: shownState(state)};
	const layers = {
		runtime: await see(() => ({value: data.shown, where: `systemctl show ${unit}`})),
		file: await see(() => ({
			value: bootWords(starts, boot),
			where: `systemctl show ${atBoot}: UnitFileState${starts === 'unreached' ? ', WantedBy' : ''}`,
		})),
	};
	const boots = {item: `${prefix}boot`, expected: 'enabled', layers};
	const masked = [state, boot].findIndex(({load}) => load === 'masked');
	if (masked >= 0) {
		const runs = state.active === 'active';
		const finding = {is: 'masked' as const, data: {unit: masked === 0 ? unit : atBoot, runs}};
		const running = {item: `${prefix}running`, expected: 'active', layers};
		return runs
			? [
					{...running, is: 'ok'},
					{...boots, ...finding},
				]
			: [
					{...running, ...finding},
					{...boots, is: 'ok'},
				];
	}
	return [
		{item: `${prefix}running`, expected: 'active', layers, ...(await howItRuns(state, data, host, stilled?.get(unit)))},
		starts === 'no'
			? {...boots, is: 'notAtBoot', data}
			: starts === 'unreached'
				? {...boots, is: 'unreached', data}
				: unmet !== undefined
					? {...boots, is: 'conditional', data: {...data, ...unmet}}
					: {...boots, is: 'ok'},
	];
};

const howItRuns = async (state: UnitState, data: ServiceData, host: Reader, stilled: Stilled | undefined) => {
	if (stilled !== undefined)
		return {is: 'stilled', data: {...data, ...stilled, shown: `active, and ${stilledWords(stilled)}`}} as const;
	if (await host.fact(looping(data.unit))) return {is: 'loops', data: {...data, times: state.restarts}} as const;
	if (state.active === 'active' || state.active === 'reloading') return {is: 'ok'} as const;
	const waiting = state.active === 'inactive' && (await isWaitedFor(state, host));
	return waiting
		? ({is: 'ok', says: 'waits for its first request, for which systemd listens'} as const)
		: ({is: 'down', data} as const);
};

/** A socket of systemd listens for it: whoever asks first has it started. */
const isWaitedFor = async ({triggeredBy}: UnitState, host: Reader): Promise<boolean> => {
	const sockets = triggeredBy.filter(name => name.endsWith('.socket'));
	const states = await Promise.all(sockets.map(name => unitState(name, host)));
	return states.some(({active, sub}) => active === 'active' && sub === 'listening');
};

const bootWords = (starts: AtBoot, {fileState, load}: UnitState): string =>
	({
		yes: 'enabled',
		onRequest: 'started by its socket',
		no: fileState || load,
		unreached: 'enabled, into a target that no boot reaches',
	})[starts];

const shownState = ({load, active, sub, result}: UnitState): string =>
	load === 'loaded' ? `${active} (${sub}${active === 'failed' && result !== 'success' ? `, ${result}` : ''})` : load;
