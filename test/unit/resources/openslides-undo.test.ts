/** What people made in instances is copied at an undo when nothing writes there any more. */
import {expect, test} from 'vitest';
import type {Host} from '#model/host.ts';
import {instanceProofType} from '#resources/openslides/instance-proof.ts';

const ids = ['0123456789abcdef'.repeat(2), 'f'.repeat(32)] as const;

test.each([
	[false, [`stop ${ids[0]}`, `stop ${ids[1]}`]],
	[
		true,
		[
			`stop ${ids[0]}`,
			'look for its database',
			`remove ${ids[0]}`,
			`stop ${ids[1]}`,
			'look for its database',
			`remove ${ids[1]}`,
		],
	],
] as const)('purged: %s', async (purgeData, steps) => {
	const did: string[] = [];
	const host = {
		root: '/',
		list: async () => [...ids, `ansible.${ids[0]}.log.json`],
		stat: async (path: string) => (path === '/usr/local/lib/openslides/instances' ? {kind: 'file'} : undefined),
		read: async () => undefined,
		exec: async ([, ...words]: readonly string[]) => void did.push(words.join(' ')),
		fact: async () => {
			if (did.at(-1)?.startsWith('stop')) did.push('look for its database');
			return [];
		},
		run: async () => ({code: 0, stdout: '0', stderr: ''}),
		query: async () => '0',
		probe: async () => ({code: 0, stdout: '0', stderr: ''}),
	} as unknown as Host;
	await instanceProofType.undo({site: 's', instances: '/i'}, host, {purgeData, kept: []} as never);
	expect(did).toEqual(steps);
});
