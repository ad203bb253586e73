/**
 * A new connection as a stranger's is: from a network namespace of its own, through an interface that no rule trusts. What goes over the loopback
 * interface proves nothing, and a session that is there already is let through whatever the rules say of new ones.
 */
import type {Listener} from '#host/system/listeners.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';

/** Which doors did not answer, as `port 2222 over IPv6`; each is asked with the SSH protocol's first words. Throws Fault firewall.no-proof where such a namespace cannot be made. */
export const isReached = async (doors: readonly Listener[], host: Host): Promise<readonly string[]> => {
	const ways = doors.flatMap(waysOf);
	if (ways.length === 0) return [];
	try {
		await setUp(host);
		const failed: string[] = [];
		for (const {port, address, says} of ways) {
			const ran = await host.probe(
				['ip', 'netns', 'exec', space, 'ssh-keyscan', '-T', '5', '-p', String(port), address],
				{timeout: 30_000},
			);
			if (ran.stdout.trim() === '') failed.push(says);
		}
		return failed;
	} catch (error) {
		throw new Fault(
			'firewall.no-proof',
			'this host lets nobody make a network of its own to try a new connection from, so the rules were taken back',
			'Answer that a new login confirms the firewall (firewall.confirm: login).',
			{cause: error},
		);
	} finally {
		await takeDown(host);
	}
};

const space = 'host-setup-proof';
const [here, there] = ['hs-proof0', 'hs-proof1'];
/** Kept for examples: nobody's network. */
const four = {here: '192.0.2.1', there: '192.0.2.2', prefix: 30};
const six = {here: '2001:db8:5e7::1', there: '2001:db8:5e7::2', prefix: 126};

/** Once over each family; a door of one address is asked there. */
const waysOf = ({protocol, address, port}: Listener) => {
	const version = protocol === 'tcp6' ? 6 : 4;
	const any = address === '0.0.0.0' || address === '::';
	return [
		{
			port,
			address: any ? (version === 6 ? six.here : four.here) : address,
			says: `port ${port} over IPv${version}`,
		},
	];
};

const setUp = async (host: Host): Promise<void> => {
	await takeDown(host);
	const ip = (...argv: readonly string[]): Promise<void> => host.exec(['ip', ...argv], {timeout: 10_000});
	await ip('netns', 'add', space);
	await ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', space);
	for (const {here: own, there: other, prefix} of (await hasSix(host)) ? [four, six] : [four]) {
		const more = own.includes(':') ? ['nodad'] : [];
		await ip('address', 'add', `${own}/${prefix}`, 'dev', here, ...more);
		await ip('-n', space, 'address', 'add', `${other}/${prefix}`, 'dev', there, ...more);
	}
	await ip('link', 'set', here, 'up');
	await ip('-n', space, 'link', 'set', there, 'up');
	await ip('-n', space, 'route', 'add', 'default', 'via', four.here);
	if (await hasSix(host)) await ip('-n', space, '-6', 'route', 'add', 'default', 'via', six.here);
};

const takeDown = async (host: Host): Promise<void> => {
	for (const argv of [
		['ip', 'link', 'delete', here],
		['ip', 'netns', 'delete', space],
	])
		await host.exec(argv, {codes: [0, 1, 2, 255]});
};

const hasSix = async (host: Host): Promise<boolean> => {
	const ran = await host.probe(['cat', '/proc/sys/net/ipv6/conf/all/disable_ipv6']);
	return ran.stdout.trim() === '0';
};
