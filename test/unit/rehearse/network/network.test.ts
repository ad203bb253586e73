import {describe, expect, it} from 'vitest';
import {addressOf, isTaken, oursOf, subnetOf, vethOf} from '#rehearse/network/addresses.ts';
import {resolverFor} from '#rehearse/network/nameservers.ts';
import {rulesFor} from '#rehearse/network/network.ts';

describe('addresses', () => {
	it('gives each slot a /30 of its own and a name that fits an interface', () => {
		expect([0, 1, 63, 64, 16_383].map(slot => [subnetOf(slot), oursOf(slot), addressOf(slot)])).toEqual([
			['10.213.0.0/30', '10.213.0.1', '10.213.0.2'],
			['10.213.0.4/30', '10.213.0.5', '10.213.0.6'],
			['10.213.0.252/30', '10.213.0.253', '10.213.0.254'],
			['10.213.1.0/30', '10.213.1.1', '10.213.1.2'],
			['10.213.255.252/30', '10.213.255.253', '10.213.255.254'],
		]);
		// The chains are named after it and end in -host; 28 characters are what iptables takes.
		expect(`${vethOf(16_383)}-host`.length).toBeLessThan(28);
		expect(vethOf(16_383).length).toBeLessThan(16);
	});

	it('does not take addresses that this machine has', () => {
		expect(isTaken(12_345)).toBe(false);
		expect(isTaken(0, [{family: 'IPv4', address: '10.213.0.9', cidr: '10.213.0.9/24'}])).toBe(true);
		expect(isTaken(64, [{family: 'IPv4', address: '10.213.0.9', cidr: '10.213.0.9/24'}])).toBe(false);
		expect(isTaken(0, [{family: 'IPv4', address: '10.1.2.3', cidr: '10.1.2.3/8'}])).toBe(false);
		expect(isTaken(0, [{family: 'IPv4', address: '10.213.0.2', cidr: '10.213.0.2/32'}])).toBe(true);
	});
});

describe('name servers', () => {
	const files =
		(texts: Readonly<Record<string, string>>) =>
		(path: string): string | undefined =>
			texts[path];

	it('are those of this machine', () => {
		expect(
			resolverFor(
				'10.213.0.1',
				files({'/etc/resolv.conf': 'search a.example\nnameserver 192.0.2.53\noptions edns0\n'}),
			),
		).toEqual({
			text: 'search a.example\nnameserver 192.0.2.53\n',
			servers: ['192.0.2.53'],
		});
	});

	it("are the real ones behind systemd-resolved's stub", () => {
		expect(
			resolverFor(
				'10.213.0.1',
				files({
					'/etc/resolv.conf': 'nameserver 127.0.0.53\n',
					'/run/systemd/resolve/resolv.conf': 'nameserver 192.0.2.1\nnameserver 2001:db8::1\n',
				}),
			).servers,
		).toEqual(['192.0.2.1']);
	});

	it('are our end of the wire, forwarded, where only loopback answers', () => {
		expect(resolverFor('10.213.0.1', files({'/etc/resolv.conf': 'nameserver 127.0.0.1\n'}))).toEqual({
			text: 'nameserver 10.213.0.1\n',
			servers: ['10.213.0.1'],
			forward: '127.0.0.1',
		});
	});
});

describe('the filter', () => {
	const resolver = {text: '', servers: ['192.0.2.53']};

	it('lets out names, web, git and what is named, in this order, then refuses', () => {
		const out = rulesFor(3, resolver, [{host: '192.0.2.7', port: 5432}])
			.split('\n')
			.filter(line => line.startsWith('-A hs3-out'));
		expect(out.map(line => line.slice('-A hs3-out '.length))).toEqual([
			'-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
			'-d 192.0.2.53 -p udp --dport 53 -j ACCEPT',
			'-d 192.0.2.53 -p tcp --dport 53 -j ACCEPT',
			'-d 192.0.2.7 -p tcp --dport 5432 -j ACCEPT',
			'-p tcp -m multiport --dports 80,443,9418 -j ACCEPT',
			'-p tcp -j REJECT --reject-with tcp-reset',
			'-j REJECT --reject-with icmp-admin-prohibited',
		]);
	});

	it('lets root and who called sudo begin a connection to the copy, and no other account', () => {
		const here = rulesFor(3, resolver, undefined, [1000])
			.split('\n')
			.filter(line => line.startsWith('-A hs3-here'));
		expect(here.map(line => line.slice('-A hs3-here '.length))).toEqual([
			'-m conntrack --ctstate ESTABLISHED,RELATED -j RETURN',
			'-m owner --uid-owner 1000 -j RETURN',
			'-p tcp -m owner --uid-owner 1-4294967294 -j REJECT --reject-with tcp-reset',
			'-m owner --uid-owner 1-4294967294 -j REJECT --reject-with icmp-admin-prohibited',
		]);
	});

	it('lets nothing new out without a policy', () => {
		expect(
			rulesFor(0, resolver, undefined)
				.split('\n')
				.filter(line => line.includes('ACCEPT') && !line.includes('ESTABLISHED')),
		).toEqual([]);
	});
});
