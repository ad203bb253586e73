/** What the checks of a running service have in common: why, remedy and fix; each names its service and unit. */
import {runningFindings} from '#host/units/running.ts';
import type {Finding, Findings, Remedy} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import {unit} from '#resources/units/unit.ts';

type Parts = {
	readonly severity: 'fail';
	readonly layers: readonly ['runtime', 'file'];
	inspect(context: {readonly host: Reader}): Promise<Findings>;
	remedy(finding: Finding): Remedy;
	fix(finding: Finding): readonly Resource[];
};

/** The parts of a `SUBJECT.running` check for one unit, or for the unit that the host has. */
export const serviceParts = (
	name: string,
	unitOf: string | ((host: Reader) => Promise<string>),
	atBoot?: string,
): Parts => ({
	...serviceMending(name),
	severity: 'fail',
	layers: ['runtime', 'file'],
	inspect: async ({host}) =>
		runningFindings(
			typeof unitOf === 'string' ? unitOf : await unitOf(host),
			host,
			atBoot === undefined ? {} : {atBoot},
		),
});

/** Remedy and fix alone, for a check that finds its units itself. */
export const serviceMending = (name: string): Pick<Parts, 'remedy' | 'fix'> => ({
	remedy: finding => ({
		sentence: isBoot(finding)
			? `Let ${name} start at boot.`
			: `Start ${name}; if it stops again, journalctl -u ${runUnit(finding)} says why.`,
		commands: isBoot(finding)
			? [['systemctl', 'enable', bootUnit(finding)]]
			: unitsToStart(finding).map(name => ['systemctl', 'start', name]),
	}),
	fix: finding =>
		isBoot(finding)
			? [unit({name: bootUnit(finding), enabled: true})]
			: unitsToStart(finding).map((name, at, all) =>
					unit({name, running: true}, at === 0 ? {} : {needs: [`unit:${all[0]!}`]}),
				),
});

const isBoot = ({item}: Finding): boolean => item?.endsWith('boot') ?? false;

/** The finding itself says which units it is about: the one that runs, and the one that starts it at boot. */
const runUnit = ({layers}: Finding): string => unitIn(layers.runtime);
const bootUnit = ({layers}: Finding): string => unitIn(layers.file);

/** The name for all instances goes first: a reload of it fails while it is down, whatever its instances do. */
const unitsToStart = (finding: Finding): readonly string[] =>
	[...new Set([bootUnit(finding), runUnit(finding)])].filter(name => name !== '');

const unitIn = (layer: Finding['layers']['file']): string =>
	layer !== undefined && 'where' in layer ? (/systemctl show (\S+?)(?::|$)/.exec(layer.where)?.[1] ?? '') : '';
