/** What the checks of a running service have in common: its kinds, with remedy and repair; each names its service and unit. */
import {type RunningFinding, runningFindings, type ServiceData} from '#host/units/running.ts';
import {defineKinds, type Kinds} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {unit} from '#resources/units/unit.ts';

type ServiceKinds = Kinds<{down: ServiceData; notAtBoot: ServiceData}>;

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
	});

/** The name for all instances goes first: a reload of it fails while it is down, whatever its instances do. */
const unitsToStart = ({unit, atBoot}: ServiceData): readonly string[] =>
	[...new Set([atBoot, unit])].filter(name => name !== '');
