/** What the checks of a running service have in common: why, remedy and fix; each names its service and unit. */
import {runningFindings} from '#host/facts/running.ts';
import type {Finding, Findings, Remedy} from '#model/check.ts';
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import {unit} from '#resources/unit.ts';

type Parts = {
	readonly severity: 'fail';
	readonly layers: readonly ['runtime', 'file'];
	inspect(context: {readonly host: Reader}): Promise<Findings>;
	remedy(finding: Finding): Remedy;
	fix(finding: Finding): readonly Resource[];
};

/** The parts of a `SUBJECT.running` check for one unit, or for the unit that the host has. */
export const serviceParts = (name: string, unitOf: string | ((host: Reader) => Promise<string>), atBoot?: string): Parts => ({
	...serviceMending(name),
	severity: 'fail',
	layers: ['runtime', 'file'],
	inspect: async ({host}) => runningFindings(typeof unitOf === 'string' ? unitOf : await unitOf(host), host, atBoot === undefined ? {} : {atBoot}),
});

/** Remedy and fix alone, for a check that finds its units itself. */
export const serviceMending = (name: string): Pick<Parts, 'remedy' | 'fix'> => ({
	remedy: finding => ({
		sentence: isBoot(finding) ? `Let ${name} start at boot.` : `Start ${name}; if it stops again, journalctl -u ${unitIn(finding)} says why.`,
		commands: [['systemctl', isBoot(finding) ? 'enable' : 'start', unitIn(finding)]],
	}),
	fix: finding => [unit({name: unitIn(finding), ...(isBoot(finding) ? {enabled: true} : {running: true})})],
});

/** The finding itself says which unit it is about: the one that runs, or the one that starts it at boot. */
const unitIn = (finding: Finding): string => /systemctl show (\S+?)(?::|$)/.exec(placeOf(finding))?.[1] ?? '';

const isBoot = ({item}: Finding): boolean => item?.endsWith('boot') ?? false;

const placeOf = (finding: Finding): string => {
	const seen = isBoot(finding) ? finding.layers.file : finding.layers.runtime;
	return seen !== undefined && 'where' in seen ? seen.where : '';
};
