import {expect, test} from 'vitest';
import {packagesIn, sbom} from '../../../package/sbom.ts';

test('what went into a bundle is told by the packages of its paths, also those inside others', () => {
	expect(
		packagesIn([
			'src/cli.ts',
			'node_modules/zod/v4/core.js',
			'node_modules/zod/index.js',
			'node_modules/@aws-sdk/client-s3/dist/index.js',
			'node_modules/pg/node_modules/pg-types/index.js',
			'late-builtin:tls',
		]),
	).toEqual(['@aws-sdk/client-s3', 'pg/node_modules/pg-types', 'zod']);
});

test('each has version, sum and licence as locked, and the same input gives the same bytes', () => {
	const about = {version: '1.0', commit: 'abc', epoch: 1_800_000_000, changed: false};
	const text = sbom(['zod', '@lezer/python'], about);
	expect(sbom(['zod', '@lezer/python'], about)).toBe(text);
	const {components, metadata} = JSON.parse(text) as {
		readonly components: readonly {readonly purl: string; readonly hashes?: readonly {readonly content: string}[]}[];
		readonly metadata: {readonly timestamp: string};
	};
	expect(metadata.timestamp).toBe('2027-01-15T08:00:00.000Z');
	expect(components.map(({purl}) => purl.replace(/@[\d.]+$/, ''))).toEqual([
		'pkg:generic/node',
		'pkg:npm/zod',
		'pkg:npm/%40lezer/python',
	]);
	expect(components[1]?.hashes?.[0]?.content).toMatch(/^[0-9a-f]{128}$/);
	expect(() => sbom(['no-such-package'], about)).toThrow('no-such-package');
});
