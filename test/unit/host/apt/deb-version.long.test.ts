import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {compareVersions} from '#host/apt/deb-version.ts';

describe('compareVersions', () => {
	it.each([
		['1.0', '1.0', 0],
		['1.0', '1.1', -1],
		['1.9', '1.10', -1],
		['1.0~rc1', '1.0', -1],
		['1.0~~', '1.0~', -1],
		['1:0.1', '9.9', 1],
		['1.0-1', '1.0-1+deb12u1', -1],
		['1.0-2', '1.0-10', -1],
		['2.5.13+dfsg-5', '2.5.13-5', 1],
		['1.0a', '1.0+', -1],
		['0', '00', 0],
		['1.0', '1.0-0', 0],
	])('%s against %s', (a, b, sign) => {
		expect(Math.sign(compareVersions(a, b))).toBe(sign);
		expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
	});

	const version = fc
		.tuple(
			fc.option(fc.nat(3)),
			fc.stringMatching(/^\d[\dA-Za-z.+~]{0,6}$/),
			fc.option(fc.stringMatching(/^[\dA-Za-z.+~]{1,4}$/)),
		)
		.map(
			([epoch, upstream, revision]) =>
				`${epoch === null ? '' : `${epoch}:`}${upstream}${revision === null ? '' : `-${revision}`}`,
		);

	it('is an order', () => {
		fc.assert(
			fc.property(version, version, version, (a, b, c) => {
				expect(compareVersions(a, a)).toBe(0);
				expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
				if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
					expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
			}),
			{numRuns: 500},
		);
	});

	it.skipIf(!existsSync('/usr/bin/dpkg'))('is the order of dpkg (needs: dpkg)', () => {
		fc.assert(
			fc.property(version, version, (a, b) => {
				const says = (relation: string): boolean => {
					try {
						execFileSync('dpkg', ['--compare-versions', a, relation, b], {stdio: 'ignore'});
						return true;
					} catch {
						return false;
					}
				};
				const by = compareVersions(a, b);
				expect(says(by < 0 ? 'lt' : by > 0 ? 'gt' : 'eq'), `${a} ${b}`).toBe(true);
			}),
			{numRuns: 150},
		);
	});
});
