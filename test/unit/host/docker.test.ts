import {expect, test} from 'vitest';
import {addressOn} from '#host/docker/now.ts';

const routes = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0114A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t0014A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
`;
const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 172.17.0.0/16 2 0 2
        |-- 172.17.0.0
           /16 link UNICAST
        |-- 172.17.0.1
           /32 host LOCAL
        |-- 172.17.255.255
           /32 link BROADCAST
     +-- 192.168.20.0/24 2 0 2
        |-- 192.168.20.7
           /32 host LOCAL
`;

test('the address of an interface is the local one in the network that is routed to it', () => {
	expect(addressOn(trie, routes, 'docker0')).toBe('172.17.0.1');
	expect(addressOn(trie, routes, 'eth0')).toBe('192.168.20.7');
	expect(addressOn(trie, routes, 'wlan0')).toBeUndefined();
});
