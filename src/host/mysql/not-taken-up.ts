/** Where the option files and the running server differ. The server rounds and adjusts, so a difference counts only where the file is newer, or a statement made it. */

import type {MysqlFile, MysqlOption} from './file.ts';
import type {MysqlNow, MysqlVariable} from './now.ts';

export type MysqlDrift = {
	readonly name: string;
	readonly where: string;
	readonly inFile: string;
	readonly inProcess: string;
	/** Which of the two is newer. */
	readonly changed: 'file' | 'process';
};

export const mysqlDrift = (file: MysqlFile, now: MysqlNow): readonly MysqlDrift[] => {
	const last = new Map(file.options.map(option => [option.name, option]));
	return [...last.values()].flatMap((option): readonly MysqlDrift[] => {
		const [name, variable] = variableOf(option, now);
		// A restart would give it the same words again.
		if (variable === undefined || option.byCommand) return [];
		const inFile = wanted(option);
		if (same(inFile, variable.value)) return [];
		const drift = {name, where: option.where, inFile, inProcess: variable.value};
		if (variable.from === 'statement') return [{...drift, changed: 'process'}];
		return file.changedAt > now.since ? [{...drift, changed: 'file'}] : [];
	});
};

/** `skip-name-resolve` is a variable of that name, `skip-networking=0` as well; others without a variable cannot be compared. */
const variableOf = ({name}: MysqlOption, {variables}: MysqlNow): readonly [string, MysqlVariable | undefined] => [
	name,
	variables.get(name),
];

const wanted = ({value}: MysqlOption): string => value ?? 'ON';

const same = (inFile: string, inProcess: string): boolean => normal(inFile) === normal(inProcess);

const units: Readonly<Record<string, number>> = {k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4};

const normal = (value: string): string => {
	const plain = value.trim().toLowerCase();
	if (['1', 'on', 'true', 'yes'].includes(plain)) return '1';
	if (['0', 'off', 'false', 'no'].includes(plain)) return '0';
	const [, number, unit] = /^(-?\d+(?:\.\d+)?)([kmgt])?$/.exec(plain) ?? [];
	if (number !== undefined) return String(Number(number) * (units[unit ?? ''] ?? 1));
	return plain.replace(/\/+$/, '').replace(/\s*,\s*/g, ',');
};
