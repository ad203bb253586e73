/** Which programs are asked for the kernel's packet rules: each costs as much as a whole check. */
import {expect, test} from 'vitest';
import {inetTable, rulesets} from '#host/network/rulesets.ts';
import {fileReader} from '../support/file-reader.ts';

const asked = async (nft: string | undefined, files: Readonly<Record<string, string>> = {}) => {
	const programs: string[] = [];
	const told = await rulesets.read({
		...fileReader(files),
		root: '/',
		probe: async argv => {
			programs.push(argv[0] ?? '');
			return argv[0] === 'nft'
				? {code: nft === undefined ? 1 : 0, stdout: nft ?? '', stderr: ''}
				: {code: 0, stdout: `of ${argv[0]}`, stderr: ''};
		},
	});
	return {programs, ...told};
};

test('nft alone where there are no tables of iptables', async () => {
	expect(await asked('table inet filter {\n}\n')).toMatchObject({programs: ['nft'], ip4: '', ip6: ''});
});

test('iptables where nft lists its tables, the kernel has older ones, or nft tells nothing', async () => {
	expect(await asked('table ip filter {\n}\n')).toMatchObject({
		programs: ['nft', 'iptables-save'],
		ip4: 'of iptables-save',
	});
	expect((await asked('', {'/proc/net/ip6_tables_names': 'filter\n'})).programs).toEqual(['nft', 'ip6tables-save']);
	expect((await asked(undefined)).programs).toEqual(['nft', 'iptables-save', 'ip6tables-save']);
});

test('one table of nft, by its whole name', () => {
	const ruleset =
		'table ip nat {\n\tchain a {\n\t}\n}\ntable inet cc_server_2 {\n\ttcp dport 1 drop\n}\ntable inet cc_server {\n\ttcp dport 2 drop\n}\n';
	expect(inetTable(ruleset, 'cc_server')).toBe('table inet cc_server {\n\ttcp dport 2 drop\n}\n');
	expect(inetTable(ruleset, 'nat')).toBe('');
});
