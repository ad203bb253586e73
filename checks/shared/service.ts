/** What the checks of a running service have in common: its kinds, with remedy and repair; each names its service and unit. */
import {
	type ConditionData,
	type LoopData,
	type MaskedData,
	type RunningFinding,
	runningFindings,
	type ServiceData,
	type StilledData,
} from '#host/units/service-findings.ts';
import {defineKinds, type Kind, type Kinds} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {unit} from '#resources/units/unit.ts';

type ServiceKinds = Kinds<{
	down: ServiceData;
	stilled: StilledData;
	loops: LoopData;
	masked: MaskedData;
	notAtBoot: ServiceData;
	unreached: ServiceData;
	conditional: ConditionData;
}>;

/** The parts of a `SUBJECT.running` check for one unit, or for the unit that the host has. */
export const serviceParts = (
	name: string,
	unitOf: string | ((host: Reader) => Promise<string>),
	atBoot?: string,
): {
	readonly kinds: ServiceKinds;
	readonly severity: 'fail';
	readonly layers: readonly ['runtime', 'file'];
	inspect(context: {readonly host: Reader}): Promise<readonly [RunningFinding, RunningFinding]>;
} => ({
	kinds: serviceKinds(name),
	severity: 'fail',
	layers: ['runtime', 'file'],
	inspect: async ({host}) =>
		runningFindings(
			typeof unitOf === 'string' ? unitOf : await unitOf(host),
			host,
			atBoot === undefined ? {} : {atBoot},
		),
});

/** The kinds alone, for a check that finds its units itself. */
export const serviceKinds = (name: string): ServiceKinds =>
	defineKinds({
		down: {
			state: 'fail',
			example: {unit: 'NAME.service', atBoot: 'NAME.service', shown: 'inactive (dead)'},
			says: ({unit, shown}) => `${unit} is ${shown}`,
			remedy: service => ({
				sentence: `Start ${name}; if it stops again, journalctl -u ${service.unit} says why.`,
				commands: unitsToStart(service).map(one => ['systemctl', 'start', one]),
			}),
			fix: service =>
				unitsToStart(service).map((one, at, all) =>
					unit({name: one, running: true}, at === 0 ? {} : {needs: [`unit:${all[0]!}`]}),
				),
		},
		stilled: stilledKind(service),
		loops: {
			state: 'fail',
			example: {...service, shown: 'activating (auto-restart)', times: 12},
			says: ({unit, times}) => `${unit} ends again and again: systemd has started it ${times} times`,
			remedy: ({unit}) => ({
				sentence: `journalctl -u ${unit} says why it ends. Mend that; it is started again by itself.`,
			}),
		},
		masked: maskedKind('NAME.service'),
		notAtBoot: {
			state: 'warn',
			example: {unit: 'NAME.service', atBoot: 'NAME.service', shown: 'active (running)'},
			says: ({atBoot}) => `${atBoot} does not start at boot`,
			remedy: ({atBoot}) => ({
				sentence: `Let ${name} start at boot.`,
				commands: [['systemctl', 'enable', atBoot]],
			}),
			fix: ({atBoot}) => [unit({name: atBoot, enabled: true})],
		},
		unreached: {
			state: 'warn',
			example: service,
			says: ({atBoot}) => `${atBoot} is enabled into a target that no boot reaches`,
			remedy: ({atBoot}) => ({
				sentence: `Have multi-user.target want it: systemctl add-wants multi-user.target ${atBoot}; or see that the target it is enabled into is reached (systemctl get-default).`,
				commands: [['systemctl', 'add-wants', 'multi-user.target', atBoot]],
			}),
		},
		conditional: {
			state: 'warn',
			example: {
				...service,
				line: 'ConditionPathExists=/run/ready',
				where: '/etc/systemd/system/NAME.service.d/when.conf',
				onlyToday: false as boolean,
			},
			says: ({unit, line, onlyToday}) =>
				onlyToday
					? `the next boot may pass ${unit} over: ${line} holds only as long as a directory that a boot empties has it`
					: `its next start will be passed over: ${line} does not hold, and systemd calls that no failure`,
			remedy: ({line, where}) => ({
				sentence: `Take ${line} out of ${where} (systemctl edit), or see that it holds at every boot; then systemctl daemon-reload.`,
			}),
		},
	});

const service: ServiceData = {unit: 'NAME.service', atBoot: 'NAME.service', shown: 'active (running)'};

/** Of a service that somebody masked: to enable or to start it is refused, and only they know why it was to stay down. */
export const maskedKind = (name: string): Kind<MaskedData> => ({
	state: ({runs}) => (runs ? 'warn' : 'fail'),
	example: {unit: name, runs: false},
	says: ({unit, runs}) =>
		`${unit} is masked: ${runs ? 'it still runs, and nothing will start it again' : 'it does not run, and nothing can start it'}`,
	remedy: ({unit}) => ({
		sentence: 'Somebody masked it, perhaps on purpose: find out why. Then let it be started again.',
		commands: [
			['systemctl', 'unmask', unit],
			['systemctl', 'enable', '--now', unit],
		],
	}),
});

/** Frozen or stopped: what it is told by, for a service of a check and for any other. */
export const stilledKind = <D extends Pick<StilledData, 'unit' | 'how' | 'pids' | 'shown'>>(of: object): Kind<D> => ({
	state: 'fail',
	example: {...of, how: 'frozen', pids: [4711], shown: 'active, and frozen (systemctl freeze)'} as unknown as D,
	says: ({unit, shown}) => `${unit} is ${shown}: it answers nobody`,
	remedy: ({unit, how, pids}) => ({
		sentence: 'Find out who did that and why; then let it go on.',
		commands: [how === 'frozen' ? ['systemctl', 'thaw', unit] : ['kill', '-CONT', ...pids.map(String)]],
	}),
});

/** The name for all instances goes first: a reload of it fails while it is down, whatever its instances do. */
const unitsToStart = ({unit, atBoot}: ServiceData): readonly string[] =>
	[...new Set([atBoot, unit])].filter(name => name !== '');
