/**
 * What a process with capabilities still sees. CAP_DAC_OVERRIDE opens every file and every socket on a host, CAP_CHOWN gives any file to anybody:
 * a list of secrets to hide always lacks one, so every directory at the top but /usr is hidden and what the program needs is put back, read-only.
 */

export type Fence = {
	readonly writes: readonly string[];
	readonly reads: readonly string[];
	/** In /run. */
	readonly sockets: readonly string[];
	/** Directories at the top of this host that no other host has (host/files/own-tops.ts). */
	readonly others: readonly string[];
};

/** Directives with one path each, in an order in which they may stand. */
export const fenceLines = ({writes, reads, sockets, others}: Fence): readonly (readonly [string, string])[] => [
	...[...emptied, ...others].map(path => ['TemporaryFileSystem', `${path}:ro`] as const),
	...[...configuration, ...[...connections, ...sockets].flatMap(byBothNames)].map(
		path => ['BindReadOnlyPaths', `-${path}`] as const,
	),
	...reads.map(path => ['BindReadOnlyPaths', path] as const),
	...writes.map(path => ['BindPaths', path] as const),
];

/** All of any file system's top but what packages bring (/usr and its links) and the kernel's own. */
const emptied = ['/boot', '/etc', '/home', '/media', '/mnt', '/opt', '/root', '/run', '/srv', '/var'];

/** What any program and its libraries read there; none of it is a secret. */
const configuration = [
	'/etc/alternatives',
	'/etc/ca-certificates',
	'/etc/gai.conf',
	'/etc/group',
	'/etc/host.conf',
	'/etc/hostname',
	'/etc/hosts',
	'/etc/ld.so.cache',
	'/etc/ldap/ldap.conf',
	'/etc/localtime',
	'/etc/machine-id',
	'/etc/mime.types',
	'/etc/nsswitch.conf',
	'/etc/passwd',
	'/etc/protocols',
	'/etc/resolv.conf',
	'/etc/services',
	'/etc/ssl/certs',
	'/etc/ssl/openssl.cnf',
	'/etc/timezone',
];

/** Through these it asks for names and says that it is ready; none of them does anything for a caller that is not root. */
const connections = ['/run/nscd', '/run/nslcd', '/run/systemd/notify', '/run/systemd/resolve', '/run/postgresql'];

/** Libraries of Debian still say /var/run, which is a link that an empty /var lacks. */
const byBothNames = (path: string): readonly string[] => {
	const inRun = path.replace(/^\/var(?=\/run\/)/, '');
	return inRun.startsWith('/run/') ? [inRun, `${inRun}:/var${inRun}`] : [path];
};
