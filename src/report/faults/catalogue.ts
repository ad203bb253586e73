/** Every fault by its code: what it says and what to do, for `setup explain CODE` and docs/faults.md. Nothing that runs needs it. */
import {backups} from './backups.ts';
import {commands} from './commands.ts';
import {apt} from './distribution.ts';
import type {FaultRow} from './fault-row.ts';
import {host} from './host.ts';
import {making} from './making.ts';
import {networks} from './networks.ts';
import {owned} from './owned.ts';
import {rehearsals} from './rehearsals.ts';
import {servers} from './servers.ts';
import {units} from './units.ts';

export const faults: Readonly<Record<string, FaultRow>> = {
	...apt,
	...backups,
	...commands,
	...host,
	...making,
	...networks,
	...owned,
	...rehearsals,
	...units,
	...servers,
};

/** What a code means, in lines. Undefined where there is no such code. */
export const faultMeaning = (code: string): readonly string[] | undefined => {
	const row = Object.hasOwn(faults, code) ? faults[code] : undefined;
	return row && [`It says: ${row.says}.`, `What to do: ${row.hint}`];
};

/** docs/faults.md. */
export const faultsPage = (): string => {
	const codes = Object.keys(faults).toSorted();
	const subjects = Map.groupBy(codes, code => code.split('.')[0] ?? '');
	return [
		'# What setup says when something does not work',
		'',
		'Made by `node docs/make-faults.ts`. `setup explain CODE` says the same. Words in capitals stand for what it is about.',
		...[...subjects].flatMap(([subject, own]) => [
			'',
			`## ${subject}`,
			'',
			...own.map(code => `- **${code}**: ${faults[code]?.says}. ${faults[code]?.hint}`),
		]),
		'',
	].join('\n');
};
