import {describe, expect, test} from 'vitest';
import {didYouMean} from '#answers/resolve/did-you-mean.ts';
import {doctorArgs} from '#commands/doctor/args.ts';
import {rowsOf} from '#doctor/fold.ts';
import {parseInstalled} from '#doctor/installed.ts';
import {mendingOf} from '#doctor/mend.ts';
import {selectChecks} from '#doctor/select.ts';
import {worseRows} from '#doctor/worse.ts';
import type {Resource} from '#model/resource.ts';
import {bad, broken, check, finds, ok, run} from './checks.ts';

describe('selecting', () => {
	const all = [check('mysql.bind', {requires: ['mysql.running']}), check('mysql.running'), check('redis.bind')];
	const ids = (words: readonly string[]) => {
		const {asked, run: toRun} = selectChecks(all, words, didYouMean);
		return [asked.map(one => one.id).join(' '), toRun.map(one => one.id).join(' ')];
	};

	test.each([
		{words: [], asked: 'mysql.bind mysql.running redis.bind', toRun: 'mysql.bind mysql.running redis.bind'},
		{words: ['redis'], asked: 'redis.bind', toRun: 'redis.bind'},
		{words: ['mysql.bind'], asked: 'mysql.bind', toRun: 'mysql.bind mysql.running'},
		{
			words: ['redis', 'mysql.running', 'redis.bind'],
			asked: 'mysql.running redis.bind',
			toRun: 'mysql.running redis.bind',
		},
	])('$words', ({words, asked, toRun}) => expect(ids(words)).toEqual([asked, toRun]));

	test('says what was meant', () => {
		expect(() => ids(['redos', 'mysql.bnd'])).toThrow(
			/"redos" \(did you mean redis\?\), "mysql.bnd" \(did you mean mysql.bind\?\)/,
		);
	});
});

describe('the words after setup doctor', () => {
	test('are read', () => {
		expect(doctorArgs(['redis', '--format', 'json', '-v', '--fail-on=warn', '--at', '2027-06-01'])).toMatchObject({
			act: 'look',
			words: ['redis'],
			format: 'json',
			verbose: true,
			failOn: 'warn',
			at: Date.parse('2027-06-01'),
		});
		expect(doctorArgs(['--try', 'doors.ssh'])).toMatchObject({act: 'look', tryDoors: true, words: ['doors.ssh']});
		expect(doctorArgs([])).toMatchObject({tryDoors: false});
		expect(doctorArgs(['fix', 'redis', '--yes'])).toMatchObject({act: 'fix', words: ['redis'], yes: true});
	});

	test.each([
		[['--formt']],
		[['--format', 'xml']],
		[['--fail-on', 'all']],
		[['--at', 'tomorrow']],
		[['--at', '2027-02-31']],
		[['waive', 'x', '--until', '1.6.2027']],
		[['fix', '--root', '/mnt']],
		[['--try', '--root', '/mnt']],
		[['fix', '--try']],
	])('%j is a fault of usage', argv => {
		expect(() => doctorArgs(argv)).toThrow(expect.objectContaining({code: expect.stringMatching(/^usage\./)}));
	});
});

describe('mending', () => {
	const resource = (id: string): Resource => ({id, type: 'test', look: async () => ({state: 'ok'})});

	test('takes only what is wanted, and gives two repairs of one file names of their own', async () => {
		const kinds = {bad: {...bad, fix: () => [resource('edit:/etc/x')]}};
		const runs = await run([
			check('x.a', {...finds(broken({item: '1'}), broken({item: '2'}), ok({item: '3'})), kinds}),
			check('x.b', {...finds(broken()), kinds}),
			check('x.c', {...finds(ok()), kinds}),
		]);
		expect(mendingOf(runs, () => true).map(({step, resource: one}) => [step, one.id])).toEqual([
			['x.a', 'edit:/etc/x'],
			['x.a', 'edit:/etc/x (x.a[2])'],
			['x.b', 'edit:/etc/x (x.b)'],
		]);
		expect(mendingOf(runs, key => key === 'x.a[2]').map(({resource: one}) => one.id)).toEqual(['edit:/etc/x']);
	});

	test('is worse when something that was fine is not any more, or cannot be told any more', async () => {
		const before = rowsOf(
			await run([
				check('x.a'),
				check('x.b', finds(broken({item: '1'}), ok({item: '2'}))),
				check('x.c'),
				check('x.d', finds(broken())),
			]),
		);
		const after = rowsOf(
			await run([
				check('x.a', finds(broken({item: 'new'}))),
				check('x.b', finds(broken({item: '1'}), broken({item: '2'}))),
				check('x.c', {inspect: () => Promise.reject(new Error('gone'))}),
				check('x.d', finds(broken({state: 'warn'}))),
			]),
		);
		expect(worseRows(before, after).map(row => row.key)).toEqual(['x.a[new]', 'x.b[2]', 'x.c']);
		expect(worseRows(before, before)).toEqual([]);
	});
});

test('what was installed is read by hand', () => {
	const state = {
		schemaVersion: 1,
		drafts: {},
		installed: {
			a: {stack: 'a', answers: {step: {key: 1}}, run: 'x'},
			b: {stack: 1},
			c: {stack: 'c', answers: {}, expects: {'x.y': [1]}},
		},
	};
	expect(parseInstalled(JSON.stringify(state))).toEqual([
		{stack: 'a', answers: {step: {key: 1}}},
		{stack: 'c', answers: {}, expects: {'x.y': [1]}},
	]);
	expect(parseInstalled('{"schemaVersion": 2, "installed": {}}')).toBeUndefined();
	expect(parseInstalled('nonsense')).toBeUndefined();
});
