/** Who may connect to Redis: the file of rules, the kernel's own words for them (recorded on Debian 12, nft 1.0.6), and who is connected. */
import {describe, expect, test} from 'vitest';
import {openersIn} from '#host/network/connected.ts';
import {mayFilter} from '#host/network/may-filter.ts';
import {mark, namedIn, rulesText, uidsOf} from '#host/redis/may-connect.ts';
import {fileReader} from '../support/file-reader.ts';

const opens = (more: string): string =>
	`{"rule": {"expr": [{"match": {"op": "==", "left": {"meta": {"key": "oifname"}}, "right": "lo"}}, {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 6379}}, {"match": {"op": "==", "left": {"&": [{"payload": {"protocol": "tcp", "field": "flags"}}, [1, 2, 4, 16]]}, "right": 2}}, ${more}]}}`;
const allows = (uids: string): string =>
	opens(`{"match": {"op": "==", "left": {"meta": {"key": "skuid"}}, "right": ${uids}}}, {"accept": null}`);
const refuses = opens('{"reject": {"type": "icmpx", "expr": 3}}');
const table = (...rules: readonly string[]): string =>
	`{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "inet", "name": "redis_accounts"}}, {"chain": {"name": "output", "type": "filter", "hook": "output", "prio": -5, "policy": "accept"}}, ${rules.join(', ')}]}`;

describe('the rules', () => {
	test('name what each stack lets in, and root', () => {
		const text = rulesText(
			new Map([
				['weblab-deusto', ['weblab']],
				['coralnet', ['coralnet', 'www-data']],
				['openslides', []],
			]),
			[998, 33, 998],
		);
		expect(text.startsWith(mark)).toBe(true);
		expect(text).toContain(
			'# coralnet lets in coralnet www-data\n# openslides lets in -\n# weblab-deusto lets in weblab\n',
		);
		expect(text).toContain('meta skuid { 0, 33, 998 } accept');
		expect([...(namedIn(text) ?? [])]).toEqual([
			['coralnet', ['coralnet', 'www-data']],
			['openslides', []],
			['weblab-deusto', ['weblab']],
		]);
		expect(namedIn('table inet redis_accounts {}\n')).toBeUndefined();
	});

	test('are read from the kernel as numbers, also where it is root alone', () => {
		expect(uidsOf(table(allows('{"set": [998, 0]}'), refuses))).toEqual([0, 998]);
		expect(uidsOf(table(allows('0'), refuses))).toEqual([0]);
		const named = table(allows('{"set": ["root", "app"]}'), refuses);
		expect(uidsOf(named, name => ({root: 0, app: 998})[name])).toEqual([0, 998]);
		expect(uidsOf(named)).toBeUndefined();
	});

	test('with one more, one less, or in another order are none', () => {
		expect(uidsOf(table(allows('0')))).toBeUndefined();
		expect(uidsOf(table(refuses, allows('0')))).toBeUndefined();
		expect(uidsOf(table(opens('{"accept": null}'), allows('0'), refuses))).toBeUndefined();
		expect(uidsOf(table(allows('0'), refuses.replace('6379', '6380')))).toBeUndefined();
		// It would refuse connections of one account alone.
		expect(
			uidsOf(
				table(
					allows('0'),
					opens('{"match": {"op": "==", "left": {"meta": {"key": "skuid"}}, "right": 5}}, {"reject": null}'),
				),
			),
		).toBeUndefined();
		expect(uidsOf(table(allows('0'), refuses).replace('"hook": "output"', '"hook": "input"'))).toBeUndefined();
	});
});

test('who has a connection to a port is told by who opened it', () => {
	const rows = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000   104        0 1 1
   1: 0100007F:9C40 0100007F:18EB 01 00000000:00000000 00:00000000 00000000    33        0 2 1
   2: 0100007F:18EB 0100007F:9C40 01 00000000:00000000 00:00000000 00000000   104        0 3 1
   3: 0100007F:9C42 0100007F:18EB 06 00000000:00000000 03:00000000 00000000     0        0 0 3
`;
	expect(openersIn(rows, 6379)).toEqual([33]);
});

test('root of a container without CAP_NET_ADMIN may make no rules', async () => {
	const may = (uid: number, eff: string) =>
		mayFilter(fileReader({'/proc/self/status': `Name:\tx\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${eff}\n`}));
	expect(await may(0, '00000000fdecafff')).toBe(false);
	expect(await may(0, '00000000fdecbfff')).toBe(true);
	expect(await may(1000, '0000000000000000')).toBe(true);
});
