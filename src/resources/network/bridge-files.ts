/** What ifupdown and systemd-networkd read of a bridge that keeps its address. */
import type {BridgeSpec} from './bridge.ts';

/** Paths and texts. */
export const bridgeFiles = (spec: BridgeSpec): readonly {readonly path: string; readonly text: string}[] =>
	spec.by === 'ifupdown'
		? [{path: `/etc/network/interfaces.d/${spec.name}`, text: stanzas(spec)}]
		: [
				{path: networkd(spec.name, 'netdev'), text: `${mark}[NetDev]\nName=${spec.name}\nKind=bridge\n`},
				{
					path: networkd(spec.member, 'netdev'),
					text: `${mark}[NetDev]\nName=${spec.member}\nKind=veth\n\n[Peer]\nName=${peerOf(spec)}\n`,
				},
				{
					path: networkd(spec.member, 'network'),
					text: `${mark}[Match]\nName=${spec.member}\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nBridge=${spec.name}\n`,
				},
				{
					path: networkd(peerOf(spec), 'network'),
					text: `${mark}[Match]\nName=${peerOf(spec)}\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n`,
				},
				{
					path: networkd(spec.name, 'network'),
					text: `${mark}[Match]\nName=${spec.name}\n\n[Link]\nRequiredForOnline=no\n\n[Network]\nAddress=${spec.address}/${spec.prefix}\nConfigureWithoutCarrier=yes\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n`,
				},
			];

/** A pair of Ethernet ends, one of them plugged in: containers have the same, so no kernel that runs them lacks it. */
const peerOf = ({member}: BridgeSpec): string => `${member.slice(0, 13)}-e`;

const mark = '# Written by setup: a bridge for containers, with a member that stays, so that its address does.\n';

const networkd = (name: string, kind: 'netdev' | 'network'): string => `/etc/systemd/network/30-${name}.${kind}`;

/** `pre-up ip link add` alone fails the second time, and networking.service with it. */
const stanzas = (spec: BridgeSpec): string => {
	const {name, member, address, prefix} = spec;
	return `${mark}auto ${member}
iface ${member} inet manual
	pre-up ip link show dev ${member} >/dev/null 2>&1 || ip link add ${member} type veth peer name ${peerOf(spec)}
	up ip link set dev ${member} up
	up ip link set dev ${peerOf(spec)} up

auto ${name}
iface ${name} inet static
	pre-up ip link show dev ${name} >/dev/null 2>&1 || ip link add ${name} type bridge
	pre-up ip link set dev ${member} master ${name}
	address ${address}/${prefix}
`;
};
