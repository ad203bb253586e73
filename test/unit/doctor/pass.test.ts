/** What the checks of one run are handed is the host's own reader, with all that it can be asked. */
import {describe, expect, test} from 'vitest';
import {createPass} from '#doctor/pass.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {fileReader} from '../support/file-reader.ts';

const passOver = (more: Partial<Reader>): Reader =>
	createPass({...fileReader({}), ...more}).readerFor(new AbortController().signal);

describe('a pass', () => {
	test('hands on how something is to be looked at', async () => {
		const asked: unknown[] = [];
		const reader = passOver({
			stat: async (...args) => void asked.push(args),
			read: async (...args) => void asked.push(args),
		});
		await reader.stat('/a', {follow: true});
		await reader.read('/b', {most: 7});
		expect(asked).toEqual([
			['/a', {follow: true}],
			['/b', {most: 7}],
		]);
	});

	test.each(['path.leads-out', 'path.hard-link'])('makes an unknown of %s, and says which link it was', async code => {
		const refuse = async (): Promise<never> => {
			throw new Fault(code, '/srv/app/x is a link to /root/y', 'Nothing behind it was touched.');
		};
		const reader = passOver({stat: refuse, read: refuse, list: refuse});
		for (const look of [reader.stat('/x'), reader.read('/x'), reader.list('/x')])
			await expect(look).rejects.toMatchObject({
				why: {because: 'unsafe', need: '/srv/app/x is a link to /root/y'},
			});
	});

	test('asks before a program runs as another account, and starts it only where nobody would wait in vain', async () => {
		const started: string[] = [];
		const base = {
			...fileReader({}),
			query: async (argv: readonly string[]) => {
				started.push(argv[0] ?? '');
				return '';
			},
		};
		const refused = createPass(base, async () => {
			throw new Blocked({because: 'timeout', need: 'names come from nobody'});
		}).readerFor(new AbortController().signal);
		await refused.query(['uptime']);
		await expect(refused.query(['psql'], {as: 'postgres'})).rejects.toMatchObject({why: {because: 'timeout'}});
		expect(started).toEqual(['uptime']);
	});
});
