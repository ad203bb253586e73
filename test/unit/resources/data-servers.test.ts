/** What a server holds before a purge takes it: what is not counted there goes without a copy. */
import {expect, test} from 'vitest';
import type {Reader} from '#model/host.ts';
import {dataServers, heldData} from '#resources/apt/data-servers.ts';

test('an entry of the directory whose name is not plain ASCII is one as well', async () => {
	const slapd = dataServers.find(({name}) => name === 'slapd')!;
	const host = {
		stat: async () => ({kind: 'file'}),
		query: async (argv: readonly string[]) =>
			argv.includes('0')
				? 'dn: olcDatabase={1}mdb,cn=config\nolcSuffix: dc=x\n\n'
				: `dn: dc=x\no: x\n\ndn:: ${Buffer.from('ou=S\u00f6hne,dc=x').toString('base64')}\nou: a\n\n`,
	} as unknown as Reader;
	expect(await heldData(slapd, host, new Set(), undefined)).toEqual([
		{thing: 'entry:ou=S\u00f6hne,dc=x', name: 'ou=S\u00f6hne,dc=x'},
	]);
});
