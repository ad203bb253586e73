/** What is made from the checks is made from the checks as they are. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {checks} from '#checks/index.ts';
import {checksPage} from '../../../docs/make-checks.ts';

const root = join(import.meta.dirname, '../../..');

test('docs/checks.md says what the checks say: else run node docs/make-checks.ts', () => {
	expect(readFileSync(join(root, 'docs/checks.md'), 'utf8')).toBe(checksPage());
});

test('a check is named like its file, and requires what there is, without a circle', () => {
	const byId = new Map(checks.map(check => [check.id, check]));
	expect(byId.size).toBe(checks.length);
	for (const {id} of checks)
		expect(() => readFileSync(join(root, 'checks', `${id.replace('.', '/')}.ts`)), id).not.toThrow();
	const chain = (id: string, path: readonly string[]): void => {
		expect(path, `${id} requires itself`).not.toContain(id);
		expect(byId.has(id), `${path.at(-1)} requires ${id}, which is not there`).toBe(true);
		for (const next of byId.get(id)?.requires ?? []) chain(next, [...path, id]);
	};
	for (const {id} of checks) chain(id, []);
});

test('every check declares what explain tells', () => {
	for (const check of checks) {
		expect(check.why.length, check.id).toBeGreaterThan(40);
		expect(check.reads.length, check.id).toBeGreaterThan(0);
		expect(check.verify, check.id).not.toBe('');
		expect(check.source, check.id).not.toBe('');
		expect(new Set(check.layers).size, check.id).toBe(check.layers.length);
	}
});
