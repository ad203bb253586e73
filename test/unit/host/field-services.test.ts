/** Firewalls, Postfix, Apache and nginx of real hosts, each case with the others of its kind. */
import {describe, expect, it} from 'vitest';
import {judgedNetwork} from '#checks/shared/networks.ts';
import {apacheConfig} from '#host/apache/config.ts';
import {answersTo, hostName, virtualHosts} from '#host/apache/sites.ts';
import {parseNslcd} from '#host/ldap/nslcd.ts';
import {postfix} from '#host/postfix/now.ts';
import {filtersInSave, filtersOf} from '#host/system/packet-rules.ts';
import type {Reader} from '#model/host.ts';
import {field} from '../support/field.ts';
import {fileReader} from '../support/file-reader.ts';
import {installedPackages} from '../support/look.ts';

describe('what the rules do to a stranger', () => {
	const all = {ip4: true, ip6: true};
	const none = {ip4: false, ip6: false};
	const input = (rules: string, policy = 'accept'): string =>
		`table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy ${policy};\n\t\t${rules}\n\t}\n}\n`;

	it('the field cases', () => {
		expect(filtersOf(field('fail2ban-only/f2b.nft'))).toEqual(none);
		expect(filtersOf(field('two-input-chains/two.nft'))).toEqual(all);
	});
	it.each([
		['drop', all],
		['counter packets 1 bytes 2 log prefix "x drop " level info drop comment "accept"', all],
		['iifname "lo" accept\n\t\tct state established,related accept\n\t\treject with icmpx admin-prohibited', all],
		['accept\n\t\tdrop', none],
		['iifname "eth0" accept\n\t\tdrop', none],
		['tcp dport { 22, 80 } accept\n\t\tct state new drop', all],
		['tcp dport != { 22, 80 } drop', all],
		['ct state invalid drop', none],
		['ip saddr 192.0.2.7 drop', none],
		['ip saddr != 10.0.0.0/8 drop', {ip4: true, ip6: false}],
		['meta nfproto ipv6 drop', {ip4: false, ip6: true}],
		['udp dport 53 drop', none],
		['ct state vmap { invalid : drop, established : accept, related : accept }', none],
		['limit rate over 10/second drop', none],
	])('%s', (rules, wanted) => expect(filtersOf(input(rules))).toEqual(wanted));
	it('follows jumps, goto and return, and never for ever', () => {
		const table = (base: string, other: string): string =>
			`table ip filter {\n\tchain INPUT {\n\t\ttype filter hook input priority filter; policy accept;\n\t\t${base}\n\t}\n\n\tchain other {\n\t\t${other}\n\t}\n}\n`;
		expect(filtersOf(table('jump other', 'drop')).ip4).toBe(true);
		expect(filtersOf(table('jump other\n\t\tdrop', 'accept')).ip4).toBe(false);
		expect(filtersOf(table('jump other\n\t\tdrop', 'return')).ip4).toBe(true);
		expect(filtersOf(table('goto other\n\t\tdrop', 'tcp dport 22 accept')).ip4).toBe(false);
		expect(filtersOf(table('tcp dport 22 jump other', 'drop')).ip4).toBe(false);
		expect(filtersOf(table('jump other', 'jump other')).ip4).toBe(false);
		expect(
			filtersOf('table ip nat {\n\tchain x {\n\t\ttype nat hook output priority 0; policy accept;\n\t\tdrop\n\t}\n}\n'),
		).toEqual(none);
	});
	it.each([
		[':INPUT DROP [0:0]', true],
		[':INPUT ACCEPT [0:0]\n-A INPUT -s 192.0.2.7/32 -j DROP', false],
		[':INPUT ACCEPT [0:0]\n:f2b - [0:0]\n-A INPUT -p tcp -m multiport --dports 22 -j f2b\n-A f2b -j REJECT', false],
		[
			':INPUT ACCEPT [0:0]\n-A INPUT -i lo -j ACCEPT\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-port-unreachable',
			true,
		],
		[
			':INPUT ACCEPT [0:0]\n:ufw-user - [0:0]\n-A INPUT -j ufw-user\n-A ufw-user -p tcp -m tcp --dport 22 -j ACCEPT',
			false,
		],
		[':INPUT ACCEPT [0:0]\n-A INPUT ! -i lo -m state --state NEW -j DROP', true],
	])('iptables: %j', (text, wanted) => expect(filtersInSave(`*filter\n${text}\nCOMMIT\n`, 4)).toBe(wanted));
});

describe('Postfix', () => {
	/** postconf and postmap as they answer; `holds` are the tables that know the stranger. */
	const read = async (main: string, holds: readonly string[]) =>
		postfix.read({
			...fileReader({
				...installedPackages('postfix'),
				'/etc/postfix/trusted': '0.0.0.0/0\n',
				'/etc/postfix/few': '10.0.0.1\n',
			}),
			root: '/',
			query: async ([, mode]: readonly string[]) => (mode === '-P' ? '' : main),
			probe: async ([, , , table = '']: readonly string[]) =>
				table.startsWith('broken')
					? {code: 1, stdout: '', stderr: 'postmap: fatal: unsupported dictionary type'}
					: {code: holds.includes(table) ? 0 : 1, stdout: holds.includes(table) ? 'OK\n' : '', stderr: ''},
		} as unknown as Reader);

	it.each([
		[field('mynetworks-cidr/main.cf-tail'), ['mynetworks cidr:/etc/postfix/nets'], []],
		[field('relay-domains/main.cf-tail'), ['relay_domains static:ALL'], []],
		['relay_domains = hash:/etc/postfix/ours', [], []],
		['mynetworks = 127.0.0.0/8, broken:/x', [], ['mynetworks broken:/x']],
		['mynetworks = /etc/postfix/trusted', ['mynetworks /etc/postfix/trusted'], []],
		['mynetworks = /etc/postfix/few', [], ['mynetworks /etc/postfix/few']],
		['mynetworks = 127.0.0.0/8 [::1]/128', [], []],
	])('%s', async (main, letIn, unasked) => {
		expect(await read(`${main}\n`, ['cidr:/etc/postfix/nets', 'static:ALL'])).toMatchObject({letIn, unasked});
	});
	it("the host's own addresses are the host", () => {
		const known = new Map([
			['10.77.50.2', 'eth0'],
			['fe80::1', 'eth0'],
		]);
		expect(judgedNetwork('10.77.50.2/32', known)).toBeUndefined();
		expect(judgedNetwork('fe80::1/128', known)).toBeUndefined();
		expect(judgedNetwork('10.77.50.0/24', known)).toMatchObject({state: 'warn'});
		expect(judgedNetwork('10.77.50.3/32', known)).toMatchObject({state: 'warn'});
	});
});

describe('Apache', () => {
	const read = async (text: string, version = '2.4.57-2') =>
		virtualHosts(
			await apacheConfig.read(
				fileReader({
					...installedPackages(`apache2=${version}`),
					'/etc/apache2/apache2.conf': text,
					'/etc/apache2/there': '',
				}),
			),
		).map(hostName);

	it('the field cases', async () => {
		expect(await read(field('mod-macro/x.conf'))).toEqual(['a.example']);
		expect(await read(field('builtin-module/x.conf'))).toEqual(['a.example']);
		const hosts = virtualHosts(
			await apacheConfig.read(
				fileReader({
					...installedPackages('apache2=2.4.57-2'),
					'/etc/apache2/apache2.conf': field('wildcard-alias/x.conf'),
				}),
			),
		);
		expect(hosts.filter(one => answersTo(one, 'A.example')).map(hostName)).toEqual(['z.example', 'a.example']);
		expect(hosts.some(one => answersTo(one, 'aXexample'))).toBe(false);
	});
	const site = '<VirtualHost *:80>\nServerName x\n</VirtualHost>\n';
	it.each([
		[`<IfModule !mod_version.c>\n${site}</IfModule>`, 0],
		[`<IfModule core.c>\n${site}</IfModule>`, 1],
		[`<IfModule http_core.c>\n${site}</IfModule>`, 1],
		[`<IfModule mod_php.c>\n${site}</IfModule>`, 0],
		[`<IfVersion < 2.4>\n${site}</IfVersion>`, 0],
		[`<IfVersion !< 2.4>\n${site}</IfVersion>`, 1],
		[`<IfVersion 2.4.57>\n${site}</IfVersion>`, 1],
		[`<IfFile there>\n${site}</IfFile>`, 1],
		[`<IfFile !/etc/apache2/there>\n${site}</IfFile>`, 0],
		[`<Macro V $a>\n${site}</Macro>`, 0],
		[`<Macro V $a $ab>\n<VirtualHost *:80>\nServerName $ab.$a\n</VirtualHost>\n</Macro>\nUse v x y\nUse V p q`, 2],
		[`<IfDefine no>\n<Macro V>\n${site}</Macro>\n</IfDefine>`, 0],
	])('%s', async (text, count) => expect(await read(`${text}\n`)).toHaveLength(count));
	it('a macro that is not there is not guessed', async () => {
		await expect(read('Use V a\n')).rejects.toMatchObject({why: {because: 'unreadable'}});
		await expect(read('<Macro V>\nUse V\n</Macro>\nUse V\n')).rejects.toMatchObject({why: {because: 'unreadable'}});
	});
});

it('nslcd.conf is read as the editor reads it', () => {
	expect(
		parseNslcd('uri ldap://a\u00a0b\tldap://c\n# base x\nBASE dc=a,dc=b \nbase passwd ou=p\n\ufeffbase x\n'),
	).toMatchObject({
		uris: ['ldap://a\u00a0b', 'ldap://c'],
		base: 'dc=a,dc=b',
	});
});
