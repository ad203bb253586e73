/**
 * What root reads or runs on this host without being asked: its processes, units, timers and cron jobs, sudo's rules, PAM, logrotate, the shells' profiles, the
 * web servers. Each with who reads it; who may write it is another question (who-may-write.ts).
 */
import {basename} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import {handedOn} from '../programs/handed-on.ts';
import {ifTold} from '../see.ts';
import {isContained, isRootsOwn, processTable, programOf} from '../system/process-table.ts';
import {sudoersFiles} from '../system/sudoers.ts';
import {configsIn, programsIn} from './programs-in.ts';
import {all, inside, linesOf, type RootRead, searchedBy} from './root-read.ts';
import {cron, logrotate, units} from './root-reads-jobs.ts';
import {mysqlClient, supervisor, webServers} from './root-reads-servers.ts';

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
				mysqlClient(host),
				supervisor(host),
			])
		).flat(),
};

const shells = async (host: Reader): Promise<readonly RootRead[]> => {
	const lists = await Promise.all(
		['/etc/profile.d', '/etc/ld.so.conf.d', '/etc/apt/apt.conf.d', '/etc/modprobe.d'].map(path => inside(host, path)),
	);
	const texts = await Promise.all(
		[...shellFiles, ...lists.slice(0, 1).flat().slice(1)].map(file => linesOf(host, file)),
	);
	const path = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin'];
	const ofRoot = ['.profile', '.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.ssh/authorized_keys'];
	const system = ['profile', 'bash.bashrc', 'environment', 'passwd', 'shadow', 'group', 'nsswitch.conf', 'rc.local'];
	return [
		...all('the search path of root', path),
		...all("root's shells", [...ofRoot.map(name => `/root/${name}`), ...system.map(name => `/etc/${name}`)]),
		...all('every program', ['/etc/ld.so.preload', '/etc/ld.so.conf']),
		...all("root's shells and tools", lists.flat()),
		...all(
			"root's shells",
			texts.flat().flatMap(line => [...programsIn(line), ...searchedBy(line)]),
		),
	];
};

/** Those whose lines root's shells run. */
const shellFiles = [
	'/root/.profile',
	'/root/.bashrc',
	'/root/.bash_profile',
	'/root/.bash_login',
	'/etc/profile',
	'/etc/bash.bashrc',
	'/etc/environment',
	'/etc/rc.local',
];

/** Where the system's own tools take up what somebody puts there: at boot, at a login, when a cable is put in, by every Python of root's. */
const tools = async (host: Reader): Promise<readonly RootRead[]> => {
	const lists = await Promise.all(takenUp.map(path => inside(host, path)));
	const libraries = ((await ifTold(() => host.list('/usr/local/lib'))) ?? []).filter(name => /^python3/.test(name));
	const loader = await Promise.all((await inside(host, '/etc/ld.so.conf.d')).slice(1).map(path => linesOf(host, path)));
	const apt = await Promise.all((await inside(host, '/etc/apt/apt.conf.d')).slice(1).map(path => linesOf(host, path)));
	return [
		...all("root's tools", [...lists.flat(), ...takenUpFiles]),
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
	'/etc/host-setup',
	'/etc/host-setup/stacks',
	'/etc/supervisor',
	'/etc/supervisor/conf.d',
	'/etc/init.d',
	'/etc/kernel/postinst.d',
	'/etc/initramfs-tools/hooks',
	'/etc/systemd/system-generators',
	'/etc/default',
	'/etc/ssh',
	'/etc/ssh/sshd_config.d',
	'/etc/security',
	'/etc/network/interfaces.d',
	'/etc/NetworkManager/dispatcher.d',
	// Who signs packages, and where they come from.
	'/etc/apt/sources.list.d',
	'/etc/apt/trusted.gpg.d',
	'/etc/apt/keyrings',
	'/usr/share/keyrings',
	// The hooks that certbot's timer runs stand in the files of renewals.
	'/etc/letsencrypt/renewal',
	'/etc/letsencrypt/renewal-hooks/pre',
	'/etc/letsencrypt/renewal-hooks/deploy',
	'/etc/letsencrypt/renewal-hooks/post',
	// What root's engines start, mount and trust.
	'/etc/docker',
	'/etc/containers',
	'/etc/containers/networks',
	'/etc/containers/systemd',
];

/** The same for single files. */
const takenUpFiles = [
	'/etc/apt/sources.list',
	'/etc/network/interfaces',
	'/etc/nftables.conf',
	'/etc/fstab',
	'/etc/sysctl.conf',
	'/etc/postfix/main.cf',
	'/etc/postfix/master.cf',
];

const processes = async (host: Reader): Promise<readonly RootRead[]> => {
	if (host.root !== '/') return [];
	const table = [...(await host.fact(processTable)).values()];
	return table
		.filter(one => isRootsOwn(one) && !isContained(one))
		.flatMap(({pid, name, argv}) => {
			const program = programOf(pid);
			const {script} = handedOn([basename(argv[0] ?? ''), ...argv.slice(1)]);
			const paths = [
				...(program?.startsWith('/') ? [program] : []),
				...(script?.startsWith('/') ? [script] : []),
				...configsIn(argv.slice(1)),
			];
			return all(`the process ${name} (${pid})`, paths);
		});
};

/** What a rule lets somebody run as root is root's the moment it is run. */
const sudo = async (host: Reader): Promise<readonly RootRead[]> => {
	const usual = ['/etc/sudo.conf', '/etc/sudoers', ...(await inside(host, '/etc/sudoers.d'))];
	const files = [...new Set([...usual, ...(await sudoersFiles(host))])];
	const lines = (await Promise.all(files.map(path => linesOf(host, path)))).flat();
	const named = lines
		.filter(line => !/^\s*(#|Defaults|@)/.test(line))
		.flatMap(line => [...(line.split('=').slice(1).join('=') ?? '').matchAll(/(?:^|[\s,:!])(\/[\w.+@/-]+)/g)])
		.map(([, path = '']) => path.replace(/\/$/, ''));
	const searched = lines.flatMap(line =>
		searchedBy(/\bsecure_path\s*=\s*(.*)$/.exec(line)?.[1]?.replace(/^/, 'PATH=') ?? ''),
	);
	return [...all('sudo', files), ...all('sudo, as a command of a rule', named), ...all('sudo', searched)];
};

const pam = async (host: Reader): Promise<readonly RootRead[]> => {
	const files = await inside(host, '/etc/pam.d');
	const lines = (await Promise.all(files.slice(1).map(path => linesOf(host, path)))).flat();
	const words = lines.filter(line => !line.trim().startsWith('#') && /pam_exec|\/pam_/.test(line));
	return all('PAM', [...files, ...words.flatMap(line => line.split(/\s+/).filter(word => word.startsWith('/')))]);
};
