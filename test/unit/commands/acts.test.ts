import {describe, expect, test} from 'vitest';
import type {Plan} from '#engine/plan.ts';
import type {Host, Reader} from '#model/host.ts';
import {actsOf} from '#wizard/acts.ts';

const reader = {root: '/', probe: async () => ({code: 3, stdout: '', stderr: ''})} as unknown as Reader;
const planOf = (apply: (host: Host) => Promise<void>): Plan =>
	({
		nodes: [
			{
				step: 's',
				resource: {id: 'x', type: 't'},
				look: {state: 'change', changes: [], undo: {can: false, why: ''}, apply},
			},
		],
	}) as unknown as Plan;

describe('the commands that a line of the plan stands for', () => {
	test('are what it would ask of the host, and nothing is done', async () => {
		const plan = planOf(async host => {
			await host.replace('/etc/x.conf', ['secret'], {was: 'absent'});
			await host.exec(['systemctl', 'restart', 'x'], {stdin: ['secret']});
			await host.act('change the entry', async () => {
				throw new Error('it was done');
			});
		});
		expect(await actsOf(plan, 'x', reader)).toEqual([
			'write /etc/x.conf',
			'run systemctl restart x',
			'change the entry',
		]);
	});

	test('are open where they depend on what did not happen', async () => {
		const plan = planOf(async host => {
			await host.exec(['make']);
			if ((await host.probe(['x', '--version'])).code !== 0) throw new Error('x is not there');
		});
		expect(await actsOf(plan, 'x', reader)).toEqual(['run make', 'What follows depends on what these do.']);
	});

	test('a line that changes nothing stands for none', async () => {
		expect(
			await actsOf(
				planOf(async () => {}),
				'y',
				reader,
			),
		).toEqual([]);
	});
});
