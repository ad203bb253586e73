/**
 * Is a command that sudo lets somebody run as root a way to be root? Many programs give a shell, run what their arguments name, or write any file; whoever may run
 * one without a password is root in all but name, though the rule looks as if it named one small thing.
 */
import {basename, matchesGlob} from 'node:path';

/**
 * `shell`: one from within it. `arguments`: they name what it runs. `files`: it writes where its arguments say. `place`: it does what lies where it is started.
 */
export type Way = 'shell' | 'arguments' | 'files' | 'place';

/**
 * A command as a rule has it. Without arguments it may be given any, `""` is none at all, and a `*` in them stands for blanks as well. `noexec`: its
 * tag, which keeps the programs that are asked for something from starting others, but not from writing.
 */
export const wayToRoot = (command: string, noexec = false): Way | undefined => {
	const [program = '', ...given] = command.split(/[ \t]+/);
	if (program.startsWith('!')) return undefined;
	if (/^\/(usr\/)?(local\/)?s?bin\/\*?$/.test(program)) return 'arguments';
	if (/^\^|[*?[]/.test(program)) return ofAny(program, given.join(' '), noexec);
	const name = basename(program).replace(/(?<=[a-z])[\d.]+$/, '');
	const free = given.length === 0 || /[*?[^]/.test(given.join(' '));
	const none = given.join() === '""';
	if (name === 'sudoedit') return free ? 'files' : undefined;
	if (editors.has(name)) return noexec ? 'files' : 'shell';
	if (pagers.has(name)) return noexec ? undefined : 'shell';
	if (shells.has(name)) return none || free ? 'shell' : undefined;
	if (asksEditor.get(name)?.test(given[0] ?? '')) return 'shell';
	// What an absolute path names is another question (host.root-reads); without one they take the directory that somebody stands in.
	if (
		standsIn.has(name) &&
		!free &&
		!given.some(word => /(^|=)\//.test(word)) &&
		!/^(--version|-V|--help)$/.test(given[0]!)
	)
		return 'place';
	if (none) return asks.has(name) ? 'shell' : undefined;
	const harmless = verbs.get(name);
	// A word that is fixed leaves only what this one verb does; one that may be anything may be the verb that runs something.
	if (harmless !== undefined && given[0] !== undefined && harmless.test(given[0])) return undefined;
	if (runs.has(name) && free) return noexec && !startsByItself.has(name) ? undefined : 'arguments';
	return writes.has(name) && free ? 'files' : undefined;
};

/** A rule whose program is a pattern, or an expression between ^ and $: by the first known program that it stands for. */
const ofAny = (program: string, given: string, noexec: boolean): Way | undefined => {
	const [directory = ''] = /^\^?[\w/]*\//.exec(program) ?? [];
	const places = directory.replace('^', '').startsWith('/bin') ? ['/bin/', '/sbin/'] : ['/usr/bin/', '/usr/sbin/'];
	const isOne = matcher(program);
	for (const name of [...shells, ...editors, ...pagers, ...runs, ...writes])
		for (const place of places) {
			const way = isOne(`${place}${name}`) ? wayToRoot(`${place}${name} ${given}`.trim(), noexec) : undefined;
			if (way !== undefined) return way;
		}
	return undefined;
};

const matcher = (program: string): ((path: string) => boolean) => {
	if (!program.startsWith('^')) return path => matchesGlob(path, program);
	try {
		const expression = new RegExp(program);
		return path => expression.test(path);
	} catch {
		// What cannot be read here may stand for anything, or nothing: it is not said that it is a way.
		return () => false;
	}
};

const set = (...lines: readonly string[]): ReadonlySet<string> => new Set(lines.flatMap(line => line.split(' ')));

const editors = set(
	'vi vim nvim view vimdiff rvim vim.basic vim.tiny vim.nox nano rnano pico emacs ed red ex joe mcedit mc vipw vigr visudo',
);

const pagers = set('less more most man pg');

const shells = set(
	'sh bash dash zsh ksh mksh fish csh tcsh rbash ash busybox su runuser',
	'python perl ruby node nodejs lua php tclsh wish expect irb ghci gdb screen tmux script nsenter unshare bpython ipython',
);

/** Started without an argument they ask, and do what they are told. */
const asks = set('ftp mysql mariadb psql sqlite mongo mongosh redis-cli nmap sftp telnet bc ghci');

const runs = set(
	'env find xargs tar bsdtar zip unzip rsync ssh scp sftp git awk gawk mawk nawk sed make cmake ninja strace ltrace valgrind perf',
	'nice ionice nohup timeout time watch flock setsid setpriv capsh chroot stdbuf taskset chrt start-stop-daemon systemd-run systemctl',
	'docker podman nerdctl ctr lxc lxd kubectl machinectl systemd-nspawn crontab at batch parallel run-parts logrotate tcpdump ip',
	'apt apt-get aptitude dpkg snap pip pipx npm npx yarn gem cpan easy_install composer bundle rake ansible ansible-playbook puppet',
	'mysql mariadb psql sqlite ftp telnet nmap socat nc ncat openvpn openssl iptables nft mount service update-alternatives insmod modprobe',
	'supervisorctl certbot gunicorn uwsgi nginx apache2ctl php-fpm java',
);

/** They replace themselves by what they start before anybody could forbid it, or have somebody else start it. */
const startsByItself = set(
	'systemd-run systemctl docker podman nerdctl ctr lxc lxd kubectl machinectl systemd-nspawn crontab at batch apt apt-get aptitude dpkg snap insmod modprobe mount',
);

const writes = set(
	'cp mv install dd tee ln chmod chown chgrp setfacl setcap truncate shred rm curl wget scp cat-file debugfs useradd usermod adduser passwd chpasswd gpasswd',
	'groupmems chsh chfn patch gzip xz zstd cpio split sort xxd base64 openssl gpg',
);

/** They do what a file says that lies where they are started: a Makefile, hooks, scripts of packages. */
const standsIn = set('make cmake ninja rake npm yarn composer bundle git docker-compose vagrant');

/** They open an editor of the one who asks, on what root runs afterwards. */
const asksEditor: ReadonlyMap<string, RegExp> = new Map([
	['systemctl', /^edit$/],
	['crontab', /^-e$/],
]);

const verbs: ReadonlyMap<string, RegExp> = new Map([
	[
		'systemctl',
		/^(start|stop|restart|reload|try-restart|reload-or-restart|status|show|is-active|is-enabled|daemon-reload|enable|disable|list-units|kill|reset-failed)$/,
	],
	['service', /^[\w@.-]+$/],
	['docker', /^(ps|images|logs|inspect|start|stop|restart|stats|top|version|info|pull|kill|port|wait|pause|unpause)$/],
	['podman', /^(ps|images|logs|inspect|start|stop|restart|stats|top|version|info|pull|kill|port|wait|pause|unpause)$/],
	['supervisorctl', /^(status|start|stop|restart|signal|tail|avail|pid)$/],
	['snap', /^(list|refresh|info)$/],
	['ip', /^(a|addr|address|r|route|l|link)$/],
	['nginx', /^-[tTvV]$/],
	['apache2ctl', /^(configtest|graceful|restart|start|stop|status)$/],
]);
