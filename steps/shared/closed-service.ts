/**
 * The unit file of an application's server, closed from the start: whoever gets into the application gets its directories and its network,
 * and nothing else of the host. Every stack makes its units here, so that what one of them learnt holds for all.
 */
import {fenceLines} from './capability-fence.ts';

export type ClosedService = {
	readonly description: string;
	readonly after: readonly string[];
	readonly type: 'notify' | 'exec' | 'simple';
	readonly user: string;
	readonly group: string;
	readonly supplementaryGroups?: readonly string[];
	/** Its name below /run; made for it and gone with it. */
	readonly runtimeDirectory?: string;
	readonly environment?: Readonly<Record<string, string>>;
	/** Of NAME=value, read by systemd as root: what no list of processes and no unit file may show. */
	readonly environmentFiles?: readonly string[];
	/** Further lines of [Unit]. */
	readonly unit?: readonly string[];
	/** Units with which it starts, beside every boot. */
	readonly startsWith?: readonly string[];
	/** How it is asked to end, and how long it is waited for; else SIGTERM and half a minute. */
	readonly ends?: {readonly signal: 'SIGINT'; readonly seconds: number};
	/** argv; the program with its whole path. */
	readonly start: readonly [string, ...string[]];
	/** Every directory it writes, and no other; each must be there before it starts. */
	readonly writes: readonly string[];
	/** Its own trees that it reads: they stay in sight where homes, or all but its own, are hidden. */
	readonly reads: readonly string[];
	/** Sockets and directories in /run that it needs; counts only where `capabilities` hide the others. */
	readonly sockets?: readonly string[];
	/** Directories of this host's own at the top, out of sight for a unit with capabilities. */
	readonly others?: readonly string[];
	/** More than its user may. With any of them all that is not its own is hidden, not only kept from being written. */
	readonly capabilities?: readonly string[];
	/** What it makes is for itself and its group (0027) unless others are to read it. */
	readonly umask?: '0022' | '0027' | '0077';
};

/** The text of the unit file. Directives are those of systemd 247 (Debian 11); see systemd.exec(5). */
export const closedService = (service: ClosedService): string => `[Unit]
Description=${service.description}
After=${['network-online.target', ...service.after].join(' ')}
Wants=network-online.target
${(service.unit ?? []).map(line => `${line}\n`).join('')}${service.writes.map(path => `RequiresMountsFor=${inUnit(path)}`).join('\n')}

[Service]
${[...serving(service), '', ...closed(service)].join('\n')}

[Install]
WantedBy=${['multi-user.target', ...(service.startsWith ?? [])].join(' ')}
`;

const serving = (service: ClosedService): readonly string[] => [
	`Type=${service.type}`,
	...(service.type === 'notify' ? ['NotifyAccess=all'] : []),
	`User=${service.user}`,
	`Group=${service.group}`,
	...(service.supplementaryGroups === undefined
		? []
		: [`SupplementaryGroups=${service.supplementaryGroups.join(' ')}`]),
	...(service.runtimeDirectory === undefined
		? []
		: [`RuntimeDirectory=${service.runtimeDirectory}`, 'RuntimeDirectoryMode=0755']),
	...Object.entries(service.environment ?? {}).map(([name, value]) => `Environment=${inUnit(`${name}=${value}`)}`),
	...(service.environmentFiles ?? []).map(path => `EnvironmentFile=${inUnit(path)}`),
	`ExecStart=${service.start.map(inCommand).join(' ')}`,
	'KillMode=mixed',
	...(service.ends === undefined ? [] : [`KillSignal=${service.ends.signal}`]),
	`TimeoutStopSec=${service.ends?.seconds ?? 30}`,
	'Restart=on-failure',
];

const closed = (service: ClosedService): readonly string[] => {
	const capabilities = service.capabilities ?? [];
	return [
		`UMask=${service.umask ?? '0027'}`,
		'NoNewPrivileges=true',
		...(capabilities.length > 0
			? [
					'# A part of root: with these any file and any socket in sight is its own. So what is not its own is out of sight.',
				]
			: []),
		`CapabilityBoundingSet=${capabilities.join(' ')}`,
		`AmbientCapabilities=${capabilities.join(' ')}`,
		'ProtectSystem=strict',
		...service.writes.map(path => `ReadWritePaths=${inUnit(path)}`),
		...hidden(service),
		'PrivateTmp=true',
		'PrivateDevices=true',
		'DevicePolicy=closed',
		'ProtectProc=invisible',
		'ProtectKernelTunables=true',
		'ProtectKernelModules=true',
		'ProtectKernelLogs=true',
		'ProtectControlGroups=true',
		'ProtectClock=true',
		'ProtectHostname=true',
		'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6',
		'RestrictNamespaces=true',
		'RestrictRealtime=true',
		// A group's directory is set-group-ID: with CAP_FSETID such bits are what it is for.
		...(capabilities.includes('CAP_FSETID') ? [] : ['RestrictSUIDSGID=true']),
		'LockPersonality=true',
		'RemoveIPC=true',
		'KeyringMode=private',
		'SystemCallArchitectures=native',
		'SystemCallFilter=@system-service',
		'SystemCallFilter=~@privileged @resources',
		...(capabilities.length > 0 ? ['SystemCallFilter=@chown'] : []),
		'SystemCallErrorNumber=EPERM',
	];
};

/** Homes are nobody's business, unless it lives in one; our own state is root's alone, and is not even seen. */
const hidden = (service: ClosedService): readonly string[] => {
	const {writes, reads, capabilities = [], sockets = [], others = [], runtimeDirectory} = service;
	const state = 'InaccessiblePaths=-/var/lib/host-setup';
	if (capabilities.length > 0)
		return fenceLines({
			writes: [...writes, ...(runtimeDirectory === undefined ? [] : [`/run/${runtimeDirectory}`])],
			reads,
			sockets,
			others,
		}).map(([name, path]) => `${name}=${inUnit(path)}`);
	const inHomes = (path: string): boolean => /^\/(home|root|run\/user)(\/|$)/.test(path);
	if (![...writes, ...reads].some(inHomes)) return ['ProtectHome=true', state];
	return [
		'ProtectHome=tmpfs',
		...reads.filter(inHomes).map(path => `BindReadOnlyPaths=${inUnit(path)}`),
		...writes.filter(inHomes).map(path => `BindPaths=${inUnit(path)}`),
		state,
	];
};

/** A word as systemd reads it back: % begins a specifier, and blanks part words. */
const inUnit = (word: string): string => {
	const plain = word.replaceAll('%', '%%');
	return /[\s"'\\]/.test(plain) ? `"${plain.replaceAll(/["\\]/g, '\\$&')}"` : plain;
};

const inCommand = (word: string): string => inUnit(word).replaceAll('$', '$$$$');
