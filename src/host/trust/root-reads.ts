/**
 * What root reads or runs on this host without being asked: its processes, units, timers and cron jobs, sudo's rules, PAM, logrotate, the shells' profiles, the
 * web servers. Each with who reads it; who may write it is another question (who-may-write.ts).
 */
import {basename} from 'node:path';
import {systemdDialect} from '#edit/sections/ini.ts';
import type {Fact, Reader} from '#model/host.ts';
import {apache} from '../apache/now.ts';
import {apacheReads} from '../apache/reads.ts';
import {sectionLines} from '../files/section-lines.ts';
import {textOf} from '../files/text-of.ts';
import {nginxes} from '../nginx/now.ts';
import {nginxReads} from '../nginx/reads.ts';
import {handedOn} from '../programs/handed-on.ts';
import {ifTold} from '../see.ts';
import {isContained, isRootsOwn, processTable, programOf} from '../system/process-table.ts';
import {programsIn} from './programs-in.ts';

export type RootRead = {
	readonly path: string;
	/** `cron`, `the process sshd (812)`, `nginx`. */
	readonly by: string;
};

/** In no order; the same path may be there for several readers. What may not be looked into is left out. */
export const rootReads: Fact<readonly RootRead[]> = {
	id: 'root-reads',
	read: async host =>
		(
			await Promise.all([
				shells(host),
				tools(host),
				processes(host),
				units(host),
				cron(host),
				sudo(host),
				pam(host),
				logrotate(host),
				webServers(host),
			])
		).flat(),
};

const all = (by: string, paths: readonly string[]): readonly RootRead[] => paths.map(path => ({path, by}));

/** The directory itself, for who may add to it, and what lies in it. */
const inside = async (host: Reader, directory: string): Promise<readonly string[]> => {
	const names = await ifTold(() => host.list(directory));
	return names === undefined ? [] : [directory, ...names.map(name => `${directory}/${name}`)];
};

const linesOf = async (host: Reader, path: string): Promise<readonly string[]> =>
	((await ifTold(() => textOf(host, path))) ?? '').split('\n');

const shells = async (host: Reader): Promise<readonly RootRead[]> => {
	const lists = await Promise.all(
		['/etc/profile.d', '/etc/ld.so.conf.d', '/etc/apt/apt.conf.d', '/etc/modprobe.d'].map(path => inside(host, path)),
	);
	const path = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'];
	const ofRoot = ['.profile', '.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.ssh/authorized_keys'];
	const system = ['profile', 'bash.bashrc', 'environment', 'passwd', 'shadow', 'group', 'nsswitch.conf', 'rc.local'];
	return [
		...all('the search path of root', path),
		...all("root's shells", [...ofRoot.map(name => `/root/${name}`), ...system.map(name => `/etc/${name}`)]),
		...all('every program', ['/etc/ld.so.preload', '/etc/ld.so.conf']),
		...all("root's shells and tools", lists.flat()),
	];
};

/** Where the system's own tools take up what somebody puts there: at boot, at a login, when a cable is put in, by every Python of root's. */
const tools = async (host: Reader): Promise<readonly RootRead[]> => {
	const lists = await Promise.all(takenUp.map(path => inside(host, path)));
	const libraries = ((await ifTold(() => host.list('/usr/local/lib'))) ?? []).filter(name => /^python3/.test(name));
	const loader = await Promise.all((await inside(host, '/etc/ld.so.conf.d')).slice(1).map(path => linesOf(host, path)));
	const apt = await Promise.all((await inside(host, '/etc/apt/apt.conf.d')).slice(1).map(path => linesOf(host, path)));
	return [
		...all("root's tools", lists.flat()),
		...all(
			'every Python of root',
			libraries.map(name => `/usr/local/lib/${name}/dist-packages`),
		),
		...all(
			'every program',
			loader
				.flat()
				.filter(line => line.startsWith('/'))
				.map(line => line.trim()),
		),
		...all(
			'apt, as a hook',
			apt
				.flat()
				.filter(line => /Invoke|Pre-Install-Pkgs|^\s*"/.test(line))
				.flatMap(line => [...line.matchAll(/"([^"]*)"/g)].flatMap(([, command = '']) => programsIn(command))),
		),
	];
};

const takenUp = [
	'/etc/update-motd.d',
	'/etc/udev/rules.d',
	'/etc/network/if-up.d',
	'/etc/dhcp/dhclient-exit-hooks.d',
	'/etc/tmpfiles.d',
	'/etc/sysctl.d',
	'/etc/modules-load.d',
	'/etc/polkit-1/rules.d',
	'/etc/dbus-1/system.d',
	'/etc/supervisor',
	'/etc/supervisor/conf.d',
	'/etc/init.d',
	'/etc/kernel/postinst.d',
	'/etc/initramfs-tools/hooks',
	'/etc/systemd/system-generators',
];

const processes = async (host: Reader): Promise<readonly RootRead[]> => {
	if (host.root !== '/') return [];
	const table = [...(await host.fact(processTable)).values()];
	return table
		.filter(one => isRootsOwn(one) && !isContained(one))
		.flatMap(({pid, name, argv}) => {
			const program = programOf(pid);
			const {script} = handedOn([basename(argv[0] ?? ''), ...argv.slice(1)]);
			const paths = [...(program?.startsWith('/') ? [program] : []), ...(script?.startsWith('/') ? [script] : [])];
			return all(`the process ${name} (${pid})`, paths);
		});
};

const unitDirectories = ['/etc/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system'];

const units = async (host: Reader): Promise<readonly RootRead[]> => {
	const [own = [], ...others] = await Promise.all(unitDirectories.map(path => inside(host, path)));
	const dropIns = (await Promise.all(own.filter(path => path.endsWith('.d')).map(path => inside(host, path)))).flat();
	const services = own.filter(path => path.endsWith('.service'));
	const run = await Promise.all(services.map(path => runByUnit(host, path)));
	return [...all('systemd', [...own, ...dropIns, ...others.flat()]), ...run.flat()];
};

/** What it runs as root: all where it names no user, else what has a `+` or `!` before it. */
const runByUnit = async (host: Reader, path: string): Promise<readonly RootRead[]> => {
	const service = sectionLines(systemdDialect, (await ifTold(() => textOf(host, path))) ?? '').get('Service') ?? [];
	const user = service.findLast(({key}) => key === 'User')?.value ?? 'root';
	const lines = service.filter(
		({key, value}) => /^Exec[A-Z]/.test(key) && (user === 'root' || user === '0' || /^[-@:]*[+!]/.test(value)),
	);
	return all(
		`systemd for ${basename(path)}`,
		lines.flatMap(({value}) => programsIn(value.replace(/;/g, ' '))),
	);
};

const cron = async (host: Reader): Promise<readonly RootRead[]> => {
	const scripts = await Promise.all(
		['hourly', 'daily', 'weekly', 'monthly'].map(often => inside(host, `/etc/cron.${often}`)),
	);
	const tables = ['/etc/crontab', '/etc/anacrontab', ...(await inside(host, '/etc/cron.d'))];
	const own = '/var/spool/cron/crontabs/root';
	const lines = await Promise.all([...tables, own].map(path => linesOf(host, path)));
	// The system's tables name the user before the command.
	const commands = lines.flatMap((some, at) =>
		some.flatMap(line => {
			const found = /^\s*(?:@\w+|(?:[\d*/,\-A-Za-z]+\s+){4}[\d*/,\-A-Za-z]+)\s+(.*)$/.exec(line)?.[1];
			if (found === undefined) return [];
			return at === tables.length ? [found] : /^root\s/.test(found) ? [found.slice(5)] : [];
		}),
	);
	return all('cron', [...scripts.flat(), ...tables, own, ...commands.flatMap(programsIn)]);
};

/** What a rule lets somebody run as root is root's the moment it is run. */
const sudo = async (host: Reader): Promise<readonly RootRead[]> => {
	const files = ['/etc/sudo.conf', '/etc/sudoers', ...(await inside(host, '/etc/sudoers.d'))];
	const lines = (await Promise.all(files.map(path => linesOf(host, path)))).flat();
	const named = lines
		.filter(line => !/^\s*(#|Defaults|@)/.test(line))
		.flatMap(line => [...(line.split('=').slice(1).join('=') ?? '').matchAll(/(?:^|[\s,:!])(\/[\w.+@/-]+)/g)])
		.map(([, path = '']) => path.replace(/\/$/, ''));
	return [...all('sudo', files), ...all('sudo, as a command of a rule', named)];
};

const pam = async (host: Reader): Promise<readonly RootRead[]> => {
	const files = await inside(host, '/etc/pam.d');
	const lines = (await Promise.all(files.slice(1).map(path => linesOf(host, path)))).flat();
	const words = lines.filter(line => !line.trim().startsWith('#') && /pam_exec|\/pam_/.test(line));
	return all('PAM', [...files, ...words.flatMap(line => line.split(/\s+/).filter(word => word.startsWith('/')))]);
};

const logrotate = async (host: Reader): Promise<readonly RootRead[]> => {
	const files = ['/etc/logrotate.conf', ...(await inside(host, '/etc/logrotate.d'))];
	const texts = await Promise.all(files.map(path => linesOf(host, path)));
	const scripts = texts.flatMap(lines => {
		const found: string[] = [];
		let within = false;
		for (const line of lines) {
			if (/^\s*(pre|post|first|last)(rotate|action)\s*$/.test(line)) within = true;
			else if (/^\s*endscript/.test(line)) within = false;
			else if (within) found.push(...programsIn(line));
		}
		return found;
	});
	return all('logrotate', [...files, ...scripts]);
};

const webServers = async (host: Reader): Promise<readonly RootRead[]> => {
	const nginx = await Promise.all(
		(await host.fact(nginxes)).map(async ({name, binary, conf}) =>
			all(name, [binary, ...((await ifTold(() => host.fact(nginxReads(conf)))) ?? [])]),
		),
	);
	const reads = (await host.fact(apache)).installed ? ((await ifTold(() => host.fact(apacheReads))) ?? []) : [];
	return [...nginx.flat(), ...all('Apache', reads)];
};
