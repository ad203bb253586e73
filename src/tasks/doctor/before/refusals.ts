/** What programs of a release do not take any more, a row each with where that is said. Each was seen on a host that was upgraded (test/soak/before.test.ts). */
import {textOf} from '#host/files/text-of.ts';
import {everywhere, nginxConfig} from '#host/nginx/config.ts';
import type {Reader} from '#model/host.ts';
import type {Coming} from './coming-release.ts';

export type Line = {readonly word: string; readonly where: string};

export type Refusal = {
	readonly since: Coming['codename'];
	readonly server: string;
	/** Packages that make it matter. */
	readonly by: readonly string[];
	/** The program does not start, or goes on without it. */
	readonly is: 'refused' | 'unread';
	readonly reads: string;
	readonly mend: string;
	readonly source: string;
	find(host: Reader): Promise<readonly Line[]>;
};

export const refusals: readonly Refusal[] = [
	{
		since: 'trixie',
		server: 'nginx',
		by: ['nginx', 'nginx-core', 'nginx-light', 'nginx-full', 'nginx-extras'],
		is: 'refused',
		reads: '/etc/nginx/nginx.conf and what it includes: ssl',
		mend: 'Take the line out, and write ssl behind the port of listen: listen 443 ssl.',
		source: 'CHANGES of nginx 1.25.1 (the directive ssl)',
		find: async host =>
			everywhere((await host.fact(nginxConfig('/etc/nginx/nginx.conf'))).top, 'ssl').map(({args, file, line}) => ({
				word: `ssl ${args.join(' ')}`,
				where: `${file}:${line}`,
			})),
	},
	{
		since: 'trixie',
		server: 'sshd',
		by: ['openssh-server'],
		is: 'refused',
		reads: '/etc/ssh/sshd_config and /etc/ssh/sshd_config.d: ssh-dss',
		mend: 'Take ssh-dss out of the list, and give whoever still logs in with such a key another one first.',
		source: "release notes of OpenSSH 10.0 (DSA); Debian 13's release notes (5.1)",
		find: async host => linesWith(host, await sshdFiles(host), /^[ \t]*\w+[ \t=].*\bssh-dss\b/),
	},
	{
		since: 'trixie',
		server: 'dovecot',
		by: ['dovecot-core'],
		is: 'refused',
		reads: '/etc/dovecot/dovecot.conf: dovecot_config_version',
		mend: 'Write the configuration anew for 2.4 (doc.dovecot.org, "Upgrading Dovecot CE from 2.3 to 2.4") on another host first: what 2.3 was told is not read.',
		source: "Debian 13's release notes (dovecot 2.4)",
		find: async host => {
			const conf = '/etc/dovecot/dovecot.conf';
			const text = await textOf(host, conf);
			return text === undefined || /^[ \t]*dovecot_config_version\b/m.test(text)
				? []
				: [{word: 'a configuration of 2.3', where: conf}];
		},
	},
	{
		since: 'trixie',
		server: 'systemd-sysctl',
		by: ['systemd'],
		is: 'unread',
		reads: '/etc/sysctl.conf',
		mend: 'Move the lines into a file of their own: /etc/sysctl.d/local.conf.',
		source: "Debian 13's release notes (/etc/sysctl.conf is no longer honored)",
		find: async host =>
			(await linesWith(host, ['/etc/sysctl.conf'], /^[ \t]*-?[a-z][\w./-]*[ \t]*=/)).slice(0, 1).map(({where}) => ({
				word: 'its settings',
				where,
			})),
	},
];

const sshdFiles = async (host: Reader): Promise<readonly string[]> => [
	'/etc/ssh/sshd_config',
	...((await host.list('/etc/ssh/sshd_config.d')) ?? [])
		.filter(name => name.endsWith('.conf'))
		.map(name => `/etc/ssh/sshd_config.d/${name}`),
];

const linesWith = async (host: Reader, paths: readonly string[], wanted: RegExp): Promise<readonly Line[]> => {
	const texts = await Promise.all(paths.map(async path => ({path, text: (await textOf(host, path)) ?? ''})));
	return texts.flatMap(({path, text}) =>
		text
			.split('\n')
			.flatMap((line, at) => (wanted.test(line) ? [{word: line.trim(), where: `${path}:${at + 1}`}] : [])),
	);
};
