/** The units and rules of the container network. */
import type {BridgeSpec} from '#resources/network/bridge.ts';

/** Done when the address is there: `network.target` is no promise of that. */
export const addressUnit = ({name, address}: BridgeSpec, manager: string): string => `# Written by setup.
[Unit]
Description=The address ${address} on ${name}, for what listens on it
After=${manager}
Wants=${manager}
DefaultDependencies=no
Conflicts=shutdown.target
Before=shutdown.target network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=90
ExecStart=/bin/sh -c 'until ip -4 address show dev ${name} 2>/dev/null | grep -qF "inet ${address}/"; do sleep 0.2; done'

[Install]
WantedBy=multi-user.target
`;

/** For a server that listens on the address: it starts after it, and without it all the same. */
export const afterAddress = (unit: string): string => `# Written by setup.
[Unit]
After=${unit}
Wants=${unit}
`;

/** As nft prints them. Both servers listen there without TLS, and Redis without a password. */
export const filterRules = (address: string, bridge: string): string => `table inet openslides {
	chain input {
		type filter hook input priority filter - 5; policy accept;
		ip daddr ${address} tcp dport { 5432, 6379 } iifname != { "lo", "${bridge}" } drop
	}
}
`;

/** Beside the firewall that is in charge; nftables.service flushes everything when it starts, so this one follows it. */
export const filterUnit = (rules: string): string => `# Written by setup.
[Unit]
Description=PostgreSQL and Redis are for this host and its containers alone
DefaultDependencies=no
After=nftables.service
PartOf=nftables.service
Conflicts=shutdown.target
Before=shutdown.target network-pre.target
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStartPre=-/usr/sbin/nft delete table inet openslides
ExecStart=/usr/sbin/nft -f ${rules}
ExecStop=/usr/sbin/nft delete table inet openslides

[Install]
WantedBy=sysinit.target
`;
