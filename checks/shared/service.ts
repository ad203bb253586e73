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
export const serviceParts = (name: string, unitOf: string | ((host: Reader) => Promise<string>)): Parts => ({
	severity: 'fail',
	layers: ['runtime', 'file'],
	inspect: async ({host}) => runningFindings(typeof unitOf === 'string' ? unitOf : await unitOf(host), host),
	remedy: finding => ({
		sentence: finding.item === 'boot' ? `Let ${name} start at boot.` : `Start ${name}; if it stops again, journalctl -u ${unitIn(finding)} says why.`,
		commands: [['systemctl', finding.item === 'boot' ? 'enable' : 'start', unitIn(finding)]],
	}),
	fix: finding => [unit({name: unitIn(finding), ...(finding.item === 'boot' ? {enabled: true} : {running: true})})],
});

/** The finding itself says which unit it is about. */
export const unitIn = (finding: Finding): string => /systemctl show (\S+?)(?::|$)/.exec(placeOf(finding))?.[1] ?? '';

const placeOf = ({layers}: Finding): string => {
	const seen = layers.runtime;
	return seen !== undefined && 'where' in seen ? seen.where : '';
};
