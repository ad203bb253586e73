/** PostgreSQL shows 128MB as 16384 of 8kB: whether a setting is as wanted is a question of units and spellings. */
import type {PostgresSettingNow} from '#host/postgres/now.ts';

/** Does the server's own value mean what was wanted? */
export const sameSetting = (now: Pick<PostgresSettingNow, 'value' | 'unit' | 'type'>, wanted: string): boolean => {
	switch (now.type) {
		case 'bool':
			return boolOf(now.value) !== undefined && boolOf(now.value) === boolOf(wanted);
		case 'enum':
			return (
				now.value.toLowerCase() === wanted.toLowerCase() ||
				(boolOf(now.value) !== undefined && boolOf(now.value) === boolOf(wanted))
			);
		case 'integer':
		case 'real':
			return sameNumber(now.value, now.unit, wanted);
		default:
			return now.value === wanted;
	}
};

const boolOf = (word: string): boolean | undefined => {
	const low = word.toLowerCase();
	if (['on', 'true', 'yes', '1', 't', 'y'].includes(low)) return true;
	if (['off', 'false', 'no', '0', 'f', 'n'].includes(low)) return false;
	return undefined;
};

const sameNumber = (value: string, unit: string | null, wanted: string): boolean => {
	const [, number = '', given = ''] =
		/^\s*([-+]?(?:0x[0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+))\s*([A-Za-z]*)\s*$/.exec(wanted) ?? [];
	if (number === '') return false;
	if (given === '') return Number(value) === Number(number);
	const [base, other] = [sizeOf(unit ?? ''), sizeOf(given)];
	if (base === undefined || other === undefined || base.kind !== other.kind) return false;
	const scaled = (Number(number) * other.size) / base.size;
	return Number(value) === scaled || Number(value) === Math.round(scaled);
};

const sizes: Readonly<Record<string, number>> = {B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4};
const times: Readonly<Record<string, number>> = {us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000};

/** '8kB' is a unit as well: pages. */
const sizeOf = (unit: string): {readonly kind: 'size' | 'time'; readonly size: number} | undefined => {
	const [, count = '1', name = ''] = /^(\d*)([A-Za-z]+)$/.exec(unit) ?? [];
	const many = Number(count || 1);
	if (sizes[name] !== undefined) return {kind: 'size', size: sizes[name] * many};
	if (times[name] !== undefined) return {kind: 'time', size: times[name] * many};
	return undefined;
};
