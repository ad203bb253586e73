import {describe, expect, it} from 'vitest';
import {sameSetting} from '#resources/postgres/value.ts';

describe('sameSetting', () => {
	it.each([
		['16384', '8kB', 'integer', '128MB', true],
		['16384', '8kB', 'integer', '16384', true],
		['16384', '8kB', 'integer', '129MB', false],
		['4096', 'kB', 'integer', '4MB', true],
		['300', 's', 'integer', '5min', true],
		['300', 's', 'integer', '5MB', false],
		['120000', 'ms', 'integer', '2min', true],
		['0.5', null, 'real', '.5', true],
		['100', null, 'integer', '1e2', true],
		['100', null, 'integer', 'many', false],
		['on', null, 'bool', 'TRUE', true],
		['off', null, 'bool', '1', false],
		['on', null, 'enum', 'yes', true],
		['scram-sha-256', null, 'enum', 'SCRAM-SHA-256', true],
		['localhost', null, 'string', 'Localhost', false],
	])('%s %s (%s) is %s: %s', (value, unit, type, wanted, same) => {
		expect(sameSetting({value, unit, type}, wanted)).toBe(same);
	});
});
