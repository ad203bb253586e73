/** What programs of every account take for granted. Whoever tightens a host with one chmod too many, or copies a tree as root, breaks it here, and each program tells it in other words. */

import {hostname} from 'node:os';
import {trimmed} from '#edit/blanks.ts';
import {entriesOf} from '#edit/line-formats/hosts.ts';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {textOf} from '#host/files/text-of.ts';
import {isDown, loopbackFlags} from '#host/network/loopback.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`;

const modeOf = (example: {readonly path: string; readonly mode: number; readonly to: string}) => ({
	example,
	remedy: ({path, to}: typeof example) => ({
		sentence: `Give ${path} back the mode ${to}, then restart what failed meanwhile; see what changed it (a script with a wrong path, a copy of a tree).`,
		commands: [['chmod', to, path]],
	}),
});

const kinds = defineKinds({
	shut: {
		state: 'fail',
		...modeOf({path: '/etc', mode: 0o700, to: '0755'}),
		says: ({path, mode}) =>
			`${path} is closed to everybody but its owner (mode ${octal(mode)}): programs of other accounts find nothing below it`,
	},
	unreadable: {
		state: 'fail',
		...modeOf({path: '/etc/resolv.conf', mode: 0o600, to: '0644'}),
		says: ({path, mode}) => `${path} cannot be read by everybody (mode ${octal(mode)}), and every program needs it`,
	},
	notWritable: {
		state: 'fail',
		...modeOf({path: '/tmp', mode: 0o755, to: '1777'}),
		says: ({path, mode}) => `${path} cannot be written by everybody (mode ${octal(mode)})`,
	},
	notSticky: {
		state: 'fail',
		...modeOf({path: '/tmp', mode: 0o777, to: '1777'}),
		says: ({path, mode}) =>
			`in ${path} everybody may take away and replace files of others (mode ${octal(mode)}, without the sticky bit)`,
	},
	device: {
		state: 'fail',
		example: {path: '/dev/null', is: 'a file'},
		says: ({path, is}) => `${path} is ${is}, and no device`,
		remedy: ({path}) => ({
			sentence: `Restart the host, which makes ${path} anew; or move it away and make it with mknod. Then look for what replaced it: a program of root's that writes to ${path} and renames.`,
		}),
	},
	gone: {
		state: 'fail',
		example: {path: '/etc/hosts', why: 'is not there'},
		says: ({path, why}) => `${path} ${why}`,
		remedy: ({path}) => ({
			sentence: `Put ${path} back: from a backup, or as its package has it (base-files, netbase, update-ca-certificates --fresh for the certificates).`,
		}),
	},
	loopback: {
		state: 'fail',
		says: 'the interface lo is down: no program of this host reaches another at 127.0.0.1',
		remedy: {
			sentence:
				'Bring it up, and see what took it down (a script, a firewall, /etc/network/interfaces without auto lo).',
			commands: [['ip', 'link', 'set', 'lo', 'up']],
		},
	},
	ownName: {
		state: 'warn',
		example: {name: 'web1'},
		says: ({name}) => `this host's own name, ${name}, has no address here`,
		remedy: ({name}) => ({
			sentence: `Put the line "127.0.1.1 ${name}" into /etc/hosts: sudo, mail and Java programs wait for it or stop. If the name is another than /etc/hostname says, find out who changed it.`,
		}),
	},
	localhost: {
		state: 'fail',
		example: {address: 'none'},
		says: ({address}) =>
			address === 'none'
				? 'localhost has no address in /etc/hosts, and nothing else here gives it one'
				: `localhost is ${address} in /etc/hosts, which is not this host`,
		remedy: {sentence: 'Put the line "127.0.0.1 localhost" into /etc/hosts.'},
	},
});

const directories = [
	...['/', '/dev', '/etc', '/etc/alternatives', '/etc/ssl', '/etc/ssl/certs', '/run', '/usr', '/usr/bin'],
	...[
		'/usr/lib',
		'/usr/local',
		'/usr/local/bin',
		'/usr/sbin',
		'/usr/share',
		'/var',
		'/var/cache',
		'/var/lib',
		'/var/log',
	],
];
const authorities = '/etc/ssl/certs/ca-certificates.crt';
const files = [
	...['/etc/group', '/etc/host.conf', '/etc/hosts', '/etc/ld.so.cache', '/etc/localtime', '/etc/nsswitch.conf'],
	...['/etc/passwd', '/etc/protocols', '/etc/resolv.conf', '/etc/services', '/etc/ssl/openssl.cnf', authorities],
];
const needed = ['/etc/group', '/etc/hosts', '/etc/nsswitch.conf', '/etc/passwd'];
/** Of an image only the place is seen where something is mounted. */
const mountedAtBoot: ReadonlySet<string> = new Set(['/dev', '/run']);
const scratch = ['/tmp', '/var/tmp', '/dev/shm'];
const devices = ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom'];

export const check = defineCheck({
	id: 'host.open',
	title: 'What programs of every account need is open to them',
	why: 'A directory of the system that only root may enter, a file that only root may read, a /tmp nobody can write in or a /dev/null that is a file stop programs that have nothing to do with each other, and none says why.',
	reads: [
		`modes of ${directories.join(', ')}`,
		`modes of ${files.join(', ')}`,
		`modes of ${scratch.join(', ')}; whether ${devices.join(', ')} are devices`,
		'/etc/hosts: localhost and the own name; /sys/class/net/lo/flags',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'hier(7), file-hierarchy(7), null(4), hosts(5)',
	verify: 'runuser -u nobody -- ls / /etc /usr/bin /tmp; runuser -u nobody -- cat /etc/hosts /etc/resolv.conf',
	facts: {packages},
	kinds,
	async inspect({host, facts}) {
		const live = host.root === '/';
		const wrong = await Promise.all([
			...directories.filter(path => live || !mountedAtBoot.has(path)).map(path => ofDirectory(host, path)),
			...files.map(path => ofFile(host, path)),
			...(live ? scratch : []).map(path => ofScratch(host, path)),
			...(live ? devices : []).map(path => ofDevice(host, path)),
			ofLocalhost(host),
			ofOwnName(host),
			live ? ofLoopback(host) : undefined,
			isInstalled(facts.packages.all.get('ca-certificates')) ? ofAuthorities(host) : undefined,
		]);
		const found = wrong.filter(one => one !== undefined);
		const count = directories.length + files.length + scratch.length + devices.length;
		return findings<Found>(found, {
			is: 'ok',
			says: `${count} directories, files and devices`,
			expected: [],
			layers: {file: {value: 'open', where: 'modes'}},
		});
	},
});

type Found = FoundOf<typeof kinds>;

const wrongMode = (
	is: 'shut' | 'unreadable' | 'notWritable' | 'notSticky',
	path: string,
	mode: number,
	to: string,
): Found => ({
	item: path,
	is,
	data: {path, mode, to},
	expected: to,
	layers: {file: {value: octal(mode), where: path}},
});

const gone = (path: string, why: string): Found => ({
	item: path,
	is: 'gone',
	data: {path, why},
	expected: 'there',
	layers: {file: {value: why, where: path}},
});

const ofDirectory = async (host: Reader, path: string): Promise<Found | undefined> => {
	const at = await host.stat(path, {follow: true});
	return at?.kind === 'directory' && (at.mode & 0o001) === 0 ? wrongMode('shut', path, at.mode, '0755') : undefined;
};

const ofFile = async (host: Reader, path: string): Promise<Found | undefined> => {
	const at = await host.stat(path, {follow: true});
	if (at === undefined) {
		if (needed.includes(path)) return gone(path, 'is not there');
		const link = await host.stat(path);
		// systemd-resolved makes its file when it starts; what a package left behind is its own matter.
		// Without tzdata every program takes UTC, which is what such a link says.
		if (path === '/etc/localtime' && /\/(Etc\/)?(UTC|UCT|Universal|Zulu)$/.test(link?.target ?? '')) return undefined;
		return link?.kind === 'symlink' && path !== '/etc/resolv.conf'
			? gone(path, `leads to ${link.target ?? 'another place'}, where nothing is`)
			: undefined;
	}
	return at.kind === 'file' && (at.mode & 0o004) === 0 ? wrongMode('unreadable', path, at.mode, '0644') : undefined;
};

const ofScratch = async (host: Reader, path: string): Promise<Found | undefined> => {
	const at = await host.stat(path, {follow: true});
	if (at === undefined) return path === '/dev/shm' ? undefined : gone(path, 'is not there');
	if (at.kind !== 'directory') return gone(path, 'is no directory');
	if ((at.mode & 0o003) !== 0o003) return wrongMode('notWritable', path, at.mode, '1777');
	return (at.mode & 0o1000) === 0 ? wrongMode('notSticky', path, at.mode, '1777') : undefined;
};

const ofDevice = async (host: Reader, path: string): Promise<Found | undefined> => {
	const at = await host.stat(path, {follow: true});
	if (at === undefined || at.kind === 'other') return undefined;
	const is = at.kind === 'file' ? 'a file' : 'a directory';
	return {item: path, is: 'device', data: {path, is}, expected: 'a device', layers: {file: {value: is, where: path}}};
};

const ofAuthorities = async (host: Reader): Promise<Found | undefined> => {
	const at = await host.stat(authorities, {follow: true});
	if (at === undefined) return gone(authorities, 'is not there: no program can tell whom it talks to over TLS');
	return at.size === 0 ? gone(authorities, 'is empty: no program can tell whom it talks to over TLS') : undefined;
};

const ofLoopback = async (host: Reader): Promise<Found | undefined> => {
	const where = loopbackFlags;
	return isDown(await textOf(host, where))
		? {item: 'lo', is: 'loopback', expected: 'up', layers: {file: {value: 'down', where}}}
		: undefined;
};

/** A name server may know it as well: it is asked, by the way that every program asks. */
const ofOwnName = async (host: Reader): Promise<Found | undefined> => {
	if (host.root !== '/') return undefined;
	const name = hostname();
	const entries = entriesOf((await textOf(host, '/etc/hosts')) ?? '');
	const own = entries.some(({names}) => names.some(one => one.name.toLowerCase() === name.toLowerCase()));
	// A host that never had the line does without; where the installer wrote it for another name, somebody changed one of both.
	const renamed = name !== trimmed((await textOf(host, '/etc/hostname')) ?? name);
	if (
		own ||
		!(renamed || entries.some(({address}) => address === '127.0.1.1')) ||
		givesNames.test((await textOf(host, '/etc/nsswitch.conf')) ?? '')
	)
		return undefined;
	const ran = await host.probe(['getent', 'ahosts', name], {timeout: 3000});
	return ran.code !== notFound
		? undefined
		: {
				item: name,
				is: 'ownName',
				data: {name},
				expected: 'an address',
				layers: {file: {value: 'none', where: '/etc/hosts'}},
			};
};

const notFound = 2;
const givesNames = /^\s*hosts:.*\b(myhostname|resolve)\b/m;

/** systemd's modules of the name service give localhost its address whatever the file says. */
const ofLocalhost = async (host: Reader): Promise<Found | undefined> => {
	const [hosts, order] = [await textOf(host, '/etc/hosts'), (await textOf(host, '/etc/nsswitch.conf')) ?? ''];
	if (hosts === undefined) return undefined;
	const called = entriesOf(hosts).filter(({names}) => names.some(({name}) => name.toLowerCase() === 'localhost'));
	const other = called.find(({address}) => !/^(127\.|::1$)/.test(address));
	if (called.length > 0 && other === undefined) return undefined;
	if (called.length === 0 && givesNames.test(order)) return undefined;
	const address = other?.address ?? 'none';
	return {
		item: 'localhost',
		is: 'localhost',
		data: {address},
		expected: '127.0.0.1',
		layers: {file: {value: address, where: '/etc/hosts'}},
	};
};
