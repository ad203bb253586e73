/** What two hosts are compared by: every file of both but those left out with a reason, and what their services say of themselves. */
import {type Digest, digestTree} from '#rehearse/digest.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';

/** Once nothing starts or stops any more. */
export const settledWorld = async (host: ThrowAway): Promise<Digest> => {
	await host.run(['systemctl', 'is-system-running', '--wait']);
	return worldOf(host);
};

/** All of a host that a run may touch: every file but those left out below, and what the services answer about themselves. */
export const worldOf = async (host: ThrowAway): Promise<Digest> => {
	const files = digestTree(host.root, path => leftOut.some(({pattern}) => pattern.test(path)));
	const answers = await Promise.all(
		Object.entries(asked).map(async ([name, argv]) => {
			const {code, stdout, stderr} = await host.run(argv);
			return stable(`${stdout}${code === 0 ? '' : `exit ${code}: ${stderr}`}`).map(
				line => [`(${name}) ${line}`, 'there'] as const,
			);
		}),
	);
	return new Map([...files, ...answers.flat()]);
};

type LeftOut = {readonly pattern: RegExp; readonly because: string};

const leftOut: readonly LeftOut[] = [
	{pattern: /^\/(proc|sys|dev|run|tmp|var\/tmp)$/, because: 'no disk'},
	{pattern: /^\/(opt\/host-setup|opt\/evidence|root\/answers\.yaml|root\/secrets)$/, because: 'of the test'},
	{pattern: /^\/var\/lib\/host-setup$/, because: "the product's own state, which says how the host came to be"},
	{pattern: /^\/var\/(log|cache)$/, because: 'logs and caches'},
	{
		pattern: /^\/var\/lib\/(apt|systemd|dpkg\/info|private|ucf)$/,
		because: 'of apt, dpkg and systemd, with times in it',
	},
	{
		pattern: /^\/var\/lib\/dpkg\/(status|available|lock|diversions|triggers|alternatives)[^/]*$/,
		because: 'the packages are compared by name',
	},
	{pattern: /^\/var\/lib\/(ldap|postgresql)$/, because: 'data of running servers; the servers are asked instead'},
	{pattern: /^\/etc\/ldap\/slapd\.d$/, because: 'holds identifiers and times; slapcat is asked instead'},
	{
		pattern: /^\/etc\/ssl\/(private\/ssl-cert-snakeoil\.key|certs\/ssl-cert-snakeoil\.pem|certs\/[0-9a-f]{8}\.0)$/,
		because: 'made anew by each installation of ssl-cert',
	},
	{
		pattern: /^\/etc\/(machine-id|resolv\.conf|\.updated|\.pwd\.lock|ld\.so\.cache)$|^\/var\/\.updated$/,
		because: 'of the throw-away host and the loader',
	},
	{pattern: /^\/etc\/shadow$/, because: 'holds the day on which a password was set; the rest of it is asked for'},
	{
		pattern: /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
		because: "the account tools' own copies of the version before",
	},
	{pattern: /^\/usr\/share\/(mime|info\/dir)|__pycache__/, because: 'indices and byte code, with times in it'},
];

const asked: Readonly<Record<string, readonly string[]>> = {
	shadow: ['sh', '-c', 'stat -c "%a %U:%G" /etc/shadow; cut -d: -f1,2,4- /etc/shadow'],
	packages: ['dpkg-query', '-W', '-f', '${db:Status-Abbrev} ${Package} ${Version}\\n'],
	manual: ['apt-mark', 'showmanual'],
	roles: [
		'runuser',
		'-u',
		'postgres',
		'--',
		'psql',
		'-XAtc',
		'select rolname, rolsuper, rolcanlogin from pg_roles order by 1',
	],
	databases: [
		'runuser',
		'-u',
		'postgres',
		'--',
		'psql',
		'-XAtc',
		'select datname, pg_get_userbyid(datdba), datacl from pg_database order by 1',
	],
	settings: [
		'runuser',
		'-u',
		'postgres',
		'--',
		'psql',
		'-XAtc',
		"select name, setting from pg_settings where source = 'configuration file' order by 1",
	],
	directory: ['slapcat', '-o', 'ldif-wrap=no', '-b', 'dc=ipynbsrv,dc=ldap'],
	'cn=config': ['slapcat', '-o', 'ldif-wrap=no', '-n', '0'],
	debconf: ['debconf-show', 'slapd', 'nslcd', 'libnss-ldapd'],
	units: ['systemctl', 'list-unit-files', '--no-legend', '--no-pager', '--type=service'],
	running: [
		'sh',
		'-c',
		"systemctl list-units --plain --no-legend --no-pager --type=service --state=running | cut -d' ' -f1 | sort",
	],
};

/** Without what differs from one slapd to the next: identifiers, times, salted hashes. */
const stable = (text: string): readonly string[] =>
	text
		.split('\n')
		.filter(
			line =>
				!/^(entryUUID|entryCSN|createTimestamp|modifyTimestamp|creatorsName|modifiersName|contextCSN|olcRootPW|#)/.test(
					line,
				),
		);

/** What stays after an undo without --purge-data, because it may hold what others need; each of it is listed by the undo. */
export const data: readonly LeftOut[] = [
	{
		pattern: /^\+ \/srv\/ipynbsrv(\/data(\/homes|\/shares)?(\/ada)?)? directory/,
		because: 'the home of ada is there since setup logged in as ada',
	},
	{
		pattern: /^~ \/etc\/(passwd|group|gshadow) |^\+ \(shadow\) ipynbsrv:/,
		because: 'the user of a home that is not empty',
	},
	{pattern: /^\+ \((databases|roles)\) ipynbsrv\|/, because: 'the tables have rows'},
];

/** What stays in any case. */
export const stays: readonly LeftOut[] = [
	{
		pattern: /^\+ \(cn=config\) olcModuleLoad: \{\d+\}argon2/,
		because: 'a slapd that runs gives up no module; the undo says so',
	},
	{pattern: /^~ \/etc\/default\/slapd /, because: 'it keeps slapd, which nobody asked for, to this host'},
];

/** The lines of a difference that none of them explains. */
export const unexplained = (lines: readonly string[], ...known: readonly (readonly LeftOut[])[]): readonly string[] =>
	lines.filter(line => !known.flat().some(({pattern}) => pattern.test(line)));
