/** What every kind of every check owes: a clause, a remedy that can be followed, a repair that can be planned; and no sentence that is searched. */
import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {remedyOf, resourcesOf, said} from '#doctor/kinds.ts';
import {allChecks} from '#tasks/doctor/look.ts';
import {kindsWithoutRecipe} from '../../host/doctor/support/kinds-without-recipe.ts';

const root = join(import.meta.dirname, '../../..');
const kinds = allChecks().flatMap(check =>
	Object.entries(check.kinds ?? {}).map(([is, kind]) => ({name: `${check.id} ${is}`, check, is, kind})),
);
const wrong = kinds.filter(({kind}) => kind.state !== 'ok');

describe.each(wrong)('$name', ({check, is, kind}) => {
	const sight = {item: 'ITEM', data: kind.example as unknown, expected: 'x', layers: {}};
	const [finding] = said(check, [{is, ...sight}]);

	test('says what is so', () => {
		expect(['warn', 'fail']).toContain(finding.state);
		expect(finding.says).toMatch(/\S/);
		expect(finding.says).not.toMatch(/undefined|\[object|NaN/);
	});

	test('has a remedy whose commands can be run as they stand', () => {
		const remedy = remedyOf(check, finding);
		expect(remedy?.sentence).toMatch(/^[\S].*\.$/s);
		expect(remedy?.sentence).not.toMatch(/undefined|\[object|NaN/);
		for (const argv of remedy?.commands ?? []) {
			expect(argv.length).toBeGreaterThan(0);
			expect(argv.filter(word => word === '' || /undefined|\[object/.test(word))).toEqual([]);
		}
	});

	test('has a repair, if any, of resources with ids of their own', () => {
		const ids = resourcesOf(check, finding).map(({id}) => id);
		expect(new Set(ids).size).toBe(ids.length);
		expect(ids.filter(id => /undefined|\[object/.test(id))).toEqual([]);
	});
});

test('a kind that nobody declares is a defect of the check, and ok needs no kind', () => {
	const [{check}] = kinds as [(typeof kinds)[number]];
	expect(() => said(check, [{is: 'no-such-kind', expected: 1, layers: {}}])).toThrow(TypeError);
	expect(said(check, [{is: 'ok', expected: 1, layers: {}}])[0].state).toBe('ok');
});

test('a file layer gets path and line as data', () => {
	const [{check}] = kinds as [(typeof kinds)[number]];
	const layers = {file: {value: 1, where: '/etc/redis/redis.conf:27'}};
	expect(said(check, [{is: 'ok', expected: 1, layers}])[0].layers.file).toMatchObject({
		path: '/etc/redis/redis.conf',
		line: 27,
	});
});

test('every kind is caused and mended by a recipe on a booted host, or the list says why not', () => {
	const recipes = globSync('test/host/doctor/*.test.ts', {cwd: root}).map(file =>
		readFileSync(join(root, file), 'utf8'),
	);
	const caused = new Set(
		recipes
			.flatMap(text => [...text.matchAll(/check: '([\w.-]+)',(?:(?!\bcheck: ').)*?\bis: '(\w+)'/gs)])
			.map(([, check, is]) => `${check} ${is}`),
	);
	const without = wrong.map(({name}) => name).filter(name => !caused.has(name));
	expect(without.toSorted()).toEqual(Object.keys(kindsWithoutRecipe).toSorted());
});
