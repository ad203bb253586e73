/** Programs and rules that hand a port of the outside on to the loopback. */
import {describe, expect, it} from 'vitest';
import {handsOnTo, rulesIn, streamsIn} from '#host/network/forwards.ts';
import type {Node} from '#host/nginx/config.ts';

describe('the words of a program', () => {
	it.each([
		['socat TCP-LISTEN:7000,fork,reuseaddr TCP:127.0.0.1:6379', 6379],
		['socat tcp4-listen:7000 openssl:localhost:6380,verify=0', 6380],
		['socat TCP-LISTEN:7000,fork TCP:10.0.0.9:6379', undefined],
		['ssh -N -f -L *:7000:127.0.0.1:3306 db@host', 3306],
		['ssh -fNL 0.0.0.0:7000:localhost:3306 db@host', 3306],
		['ssh -L7000:[::1]:5432 db@host', 5432],
		['ssh -L 7001:127.0.0.1:3306 -D 7000 db@host', undefined],
		['ssh -L 7000:db.example:3306 host', undefined],
		['nginx: master process', undefined],
	])('%s', (line, to) => {
		expect(handsOnTo(line.split(' '), 7000)).toBe(to);
		expect(handsOnTo([line], 7000)).toBe(to);
	});
});

describe('the rules of the kernel', () => {
	const of = (text: string) => rulesIn(text, 'nft').map(({port, to}) => [port, to]);
	it.each([
		['\t\ttcp dport 33061 dnat to 127.0.0.1:3306', [[33061, 3306]]],
		['\t\ttcp dport 33061 counter packets 0 bytes 0 dnat ip6 to [::1]:3306', [[33061, 3306]]],
		['-A PREROUTING -p tcp -m tcp --dport 33061 -j DNAT --to-destination 127.0.0.1:3306', [[33061, 3306]]],
		['-A OUTPUT -p tcp -m tcp --dport 33061 -j DNAT --to-destination 127.0.0.1:3306', []],
		['-A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:80', []],
		['\t\ttcp dport 22 accept', []],
	])('%s', (line, found) => expect(of(line)).toEqual(found));
});

describe('the streams of nginx', () => {
	const node = (name: string, args: readonly string[], children?: readonly Node[]): Node =>
		({
			name,
			args,
			where: '/etc/nginx/nginx.conf:1',
			...(children && {children}),
		}) as Node;
	const server = (listen: readonly string[], to: string): Node =>
		node('server', [], [node('listen', listen), node('proxy_pass', [to])]);

	it('hands a port on to the loopback, by an upstream as well; to others and by UDP it does not', () => {
		const found = streamsIn([
			node('http', [], [server(['80'], 'http://127.0.0.1:8000')]),
			node(
				'stream',
				[],
				[
					node('upstream', ['db'], [node('server', ['127.0.0.1:3306'])]),
					server(['6391'], '127.0.0.1:6379'),
					server(['[::]:33061'], 'db'),
					server(['53', 'udp'], '127.0.0.1:5353'),
					server(['443'], '10.0.0.9:443'),
				],
			),
		]);
		expect(found.map(({port, to, by}) => [port, to, by])).toEqual([
			[6391, 6379, 'nginx'],
			[33061, 3306, 'nginx'],
		]);
	});
});
