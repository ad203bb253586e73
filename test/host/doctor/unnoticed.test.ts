/** What nobody notices until a night, a start or a boot has gone by without it: jobs that cron passes over, programs that would not start again, files that systemd has not read. */
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {withPackages} from '../support/with-host.ts';
import {put, script} from './support/inside.ts';
import {type Recipe, recipes} from './support/recipes.ts';

const plugin = '/usr/lib/uwsgi/plugins/python3_plugin.so';
/** Throw-away hosts are told not to read it (fstab=no), for it is the file of another host. */
const readsFstab = `mkdir -p /etc/systemd/system-generators /srv/first /srv/later
printf '#!/bin/sh\\nSYSTEMD_PROC_CMDLINE= exec /usr/lib/systemd/system-generators/systemd-fstab-generator "$@"\\n' > /etc/systemd/system-generators/fstab
chmod 755 /etc/systemd/system-generators/fstab
echo "tmpfs /srv/first tmpfs size=1m,nofail 0 0" > /etc/fstab
systemctl daemon-reload; systemctl cat srv-first.mount; systemctl start srv-first.mount`;
/** These packages out of apt's lists, as a later release would not have them; apt itself says what comes of it. */
const forget =
	(...names: readonly string[]) =>
	async (host: ThrowAway): Promise<void> => {
		await put(host, '/root/forget.py', forgetful);
		await script(`python3 /root/forget.py ${names.join(' ')}; apt list '?obsolete' | grep ${names[0]}`)(host);
	};
const remember = script('rm /var/lib/apt/lists/*_Packages; mv /root/lists/* /var/lib/apt/lists/');
const forgetful = `import glob, os, re, subprocess, sys
os.makedirs('/root/lists', exist_ok=True)
for path in glob.glob('/var/lib/apt/lists/*_Packages*'):
    text = subprocess.run(['/usr/lib/apt/apt-helper', 'cat-file', path], capture_output=True, text=True).stdout
    kept = [one for one in text.split('\\n\\n') if one.split('\\n')[0][9:] not in sys.argv[1:]]
    os.rename(path, '/root/lists/' + os.path.basename(path))
    open(re.sub('_Packages.*', '_Packages', path), 'w').write('\\n\\n'.join(kept))
`;
const job = '17 3 * * * root /bin/true\n';

/** A file as somebody puts it there; then what shows that cron or run-parts pass it over. */
const placed =
	(path: string, text: string, shows = 'true') =>
	async (host: ThrowAway): Promise<void> => {
		await put(host, path, text);
		await script(shows)(host);
	};
const refusedByCron = (words: string): string =>
	`systemctl restart cron; until journalctl -u cron | grep "${words}"; do sleep 0.2; done`;

const list: readonly Recipe[] = [
	{
		name: 'a service whose account is gone runs on',
		check: 'services.programs',
		is: 'noAccount',
		item: 'lone.service lone',
		break: script(
			`useradd --system lone; printf '[Service]\\nUser=lone\\nExecStart=/usr/bin/sleep 10000\\n' > /etc/systemd/system/lone.service; systemctl daemon-reload; systemctl start lone; sed -i '/^lone:/d' /etc/passwd`,
		),
		verdict: 'fail',
		says: /lone\.service does not start again: it runs as lone, and there is no such account/,
		mend: script('systemctl stop lone; rm /etc/systemd/system/lone.service; systemctl daemon-reload'),
	},
	{
		name: 'a service whose file of variables is gone runs on; one that may do without is left alone',
		check: 'services.programs',
		is: 'noEnvironment',
		item: 'vars.service /etc/default/vars',
		break: script(
			`touch /etc/default/vars; printf '[Service]\\nEnvironmentFile=/etc/default/vars\\nEnvironmentFile=-/etc/default/none\\nExecStart=/usr/bin/sleep 10000\\n' > /etc/systemd/system/vars.service; systemctl daemon-reload; systemctl start vars; rm /etc/default/vars`,
		),
		verdict: 'fail',
		says: /the file of its environment is not there \(\/etc\/default\/vars\)/,
		mend: script('systemctl stop vars; rm /etc/systemd/system/vars.service; systemctl daemon-reload'),
	},
	{
		name: 'a script of every day whose name has a dot',
		check: 'services.cron',
		is: 'name',
		item: '/etc/cron.daily/backup.sh',
		break: placed(
			'/etc/cron.daily/backup.sh',
			'#!/bin/sh\n',
			'chmod 755 /etc/cron.daily/backup.sh; ! run-parts --test /etc/cron.daily | grep backup',
		),
		verdict: 'warn',
		says: /run-parts never runs \/etc\/cron\.daily\/backup\.sh/,
		mend: script('mv /etc/cron.daily/backup.sh /etc/cron.daily/backup; run-parts --test /etc/cron.daily | grep backup'),
	},
	{
		name: 'a script of every day that is not executable',
		check: 'services.cron',
		is: 'mode',
		item: '/etc/cron.daily/report',
		break: placed('/etc/cron.daily/report', '#!/bin/sh\n', '! run-parts --test /etc/cron.daily | grep report'),
		verdict: 'warn',
		says: /it is not executable/,
		mend: script('chmod 755 /etc/cron.daily/report; run-parts --test /etc/cron.daily | grep report'),
	},
	{
		name: 'a table whose name has a dot',
		check: 'services.cron',
		is: 'name',
		item: '/etc/cron.d/back.up',
		break: placed('/etc/cron.d/back.up', job),
		verdict: 'warn',
		says: /cron never runs \/etc\/cron\.d\/back\.up/,
		mend: script('rm /etc/cron.d/back.up'),
	},
	{
		name: 'a table that others may write',
		check: 'services.cron',
		is: 'owner',
		item: '/etc/cron.d/backup',
		break: placed('/etc/cron.d/backup', job, `chmod 664 /etc/cron.d/backup; ${refusedByCron('INSECURE MODE')}`),
		verdict: 'warn',
		says: /it has the mode 0664/,
		mend: script('chmod 644 /etc/cron.d/backup'),
	},
	{
		name: 'a table whose last line does not end',
		check: 'services.cron',
		is: 'unended',
		item: '/etc/cron.d/cut',
		break: placed('/etc/cron.d/cut', job.trimEnd(), refusedByCron('cut.*Missing newline')),
		verdict: 'warn',
		says: /its last line does not end/,
		mend: script('echo >> /etc/cron.d/cut'),
	},
	{
		name: 'a table without the account',
		check: 'services.cron',
		is: 'account',
		item: '/etc/cron.d/mine',
		break: placed('/etc/cron.d/mine', '17 3 * * * /bin/true now\n', refusedByCron('mine.*will be ignored')),
		verdict: 'warn',
		says: /in line 1 \/bin\/true stands where the account/,
		mend: script("sed -i 's/ .bin.true/ root&/' /etc/cron.d/mine"),
	},
	{
		name: 'a table with an hour that no day has',
		check: 'services.cron',
		is: 'times',
		item: '/etc/cron.d/hour',
		break: placed('/etc/cron.d/hour', '0 25 * * * root true\n', refusedByCron('hour.*will be ignored')),
		verdict: 'warn',
		says: /it cannot read line 1/,
		mend: script('rm /etc/cron.d/hour'),
	},
	{
		name: 'a script that was written on Windows',
		check: 'services.cron',
		is: 'return',
		item: '/etc/cron.daily/windows',
		break: placed(
			'/etc/cron.daily/windows',
			'#!/bin/sh\r\ntrue\r\n',
			'chmod 755 /etc/cron.daily/windows; ! /etc/cron.daily/windows',
		),
		verdict: 'warn',
		mend: 'remedy',
	},
	{
		name: 'the date in the name of a dump',
		check: 'services.cron',
		is: 'percent',
		item: '/etc/cron.d/dump',
		break: placed('/etc/cron.d/dump', '0 3 * * * root dump > /srv/$(date +%F).sql\n'),
		verdict: 'warn',
		says: /the command ends at the first %/,
		mend: script("sed -i 's/%/\\\\%/' /etc/cron.d/dump; rm /etc/cron.d/dump"),
	},
	{
		name: 'a job whose program was moved',
		check: 'services.cron',
		is: 'program',
		item: '/etc/cron.d/moved',
		break: placed('/etc/cron.d/moved', '0 3 * * * root /usr/local/bin/moved --all\n'),
		verdict: 'warn',
		says: /\/usr\/local\/bin\/moved is not there/,
		mend: script('rm /etc/cron.d/moved'),
	},
	{
		name: 'a table of an account that came back with the number of another',
		check: 'services.cron',
		is: 'table',
		item: '/var/spool/cron/crontabs/games',
		break: placed(
			'/var/spool/cron/crontabs/games',
			'0 3 * * * true\n',
			`cd /var/spool/cron/crontabs; chmod 600 games; chown news games; ${refusedByCron('games.*WRONG FILE OWNER')}`,
		),
		verdict: 'warn',
		says: /it does not belong to games/,
		mend: script('chown games:crontab /var/spool/cron/crontabs/games'),
	},
	{
		name: 'a table of an account that is gone',
		check: 'services.cron',
		is: 'orphan',
		item: '/var/spool/cron/crontabs/gone',
		break: placed('/var/spool/cron/crontabs/gone', '0 3 * * * true\n', refusedByCron('gone.*ORPHAN')),
		verdict: 'warn',
		mend: script('rm /var/spool/cron/crontabs/gone'),
	},
	{
		name: 'a system table without its lines',
		check: 'services.cron',
		is: 'unnamed',
		item: '/etc/cron.daily',
		break: script('printf "#!/bin/sh\\n" > /etc/cron.daily/own; chmod 755 /etc/cron.daily/own; mv /etc/crontab /root'),
		verdict: 'warn',
		mend: script('mv /root/crontab /etc; rm /etc/cron.daily/own'),
	},
	{
		name: 'cron was stopped, and jobs wait',
		check: 'services.cron',
		is: 'stopped',
		item: 'cron.service',
		break: placed('/etc/cron.d/own', job, 'systemctl disable --now cron'),
		verdict: 'warn',
		says: /cron does not run \(inactive\), and \d+ jobs? of this host's own/,
		mend: 'remedy',
	},
	{
		name: 'the plugin of a language is gone from uwsgi',
		check: 'services.programs',
		is: 'plugin',
		item: 'shop python3',
		break: script(`mv ${plugin} /root; mv /usr/lib/uwsgi/plugins/python311_plugin.so /root`),
		verdict: 'fail',
		says: /shop serves nothing after its next start: the plugin python3 of uwsgi is gone/,
		layers: {file: 'not there'},
		mend: script('mv /root/python3*_plugin.so /usr/lib/uwsgi/plugins/'),
	},
	{
		name: 'a line of fstab that systemd has not read',
		check: 'boot.unit-files',
		is: 'fstab',
		item: 'fstab',
		break: script(
			`${readsFstab}; sleep 1.1; echo "tmpfs /srv/later tmpfs size=1m,nofail 0 0" >> /etc/fstab; ! systemctl cat srv-later.mount`,
		),
		verdict: 'warn',
		says: /systemd has not read it: it goes by what stood there before \(\/srv\/later\)/,
		mend: 'remedy',
	},
	{
		name: 'an option of fstab that systemd has not read',
		check: 'boot.unit-files',
		is: 'fstab',
		item: 'fstab',
		break: script('sleep 1.1; sed -i "/later/s/size=1m/size=2m/" /etc/fstab'),
		verdict: 'warn',
		layers: {file: ['/srv/later'], runtime: []},
		mend: 'remedy',
	},
	{
		name: 'a line that is gone from fstab, and systemd goes by it',
		check: 'boot.unit-files',
		is: 'fstab',
		item: 'fstab',
		break: script('sleep 1.1; sed -i /later/d /etc/fstab; systemctl cat srv-later.mount'),
		verdict: 'warn',
		layers: {file: [], runtime: ['/srv/later']},
		mend: 'remedy',
	},
	{
		name: 'a service whose package no archive carries any more',
		check: 'host.obsolete',
		is: 'served',
		item: 'cron.service',
		break: forget('cron'),
		verdict: 'fail',
		says: /cron\.service runs from cron, which no archive of this host carries any more/,
		mend: remember,
	},
	{
		name: 'a program built here, linked to a library that no archive carries any more',
		check: 'host.obsolete',
		is: 'built',
		item: 'built.service',
		async break(host) {
			await script(
				'cp /usr/bin/python3.11 /usr/local/bin/built; systemd-run --unit=built /usr/local/bin/built -c "import time, pyexpat; time.sleep(1000)"',
			)(host);
			await forget('libexpat1')(host);
			await script('until grep -q expat "/proc/$(systemctl show -P MainPID built)/maps"; do sleep 0.1; done')(host);
		},
		verdict: 'fail',
		says: /\/usr\/local\/bin\/built, built here, is linked to libexpat1/,
		async mend(host) {
			await script('systemctl stop built; rm /usr/local/bin/built')(host);
			await remember(host);
		},
	},
	{
		name: 'what an older release left behind, and nobody runs',
		check: 'host.obsolete',
		is: 'left',
		item: 'left',
		break: forget('media-types', 'openssh-sftp-server'),
		verdict: 'warn',
		says: /2 packages that no archive of this host carries any more: media-types and openssh-sftp-server/,
		mend: remember,
	},
];

recipes(
	'what nobody notices: broken, found, mended',
	{
		layer: withPackages('doctor-unnoticed', [
			'libatomic1',
			'cron',
			'apache2',
			'libapache2-mod-wsgi-py3',
			'uwsgi',
			'uwsgi-plugin-python3',
			'openssh-server',
		]),
		network: 'none',
		timeout: 600_000,
	},
	list,
	{
		async prepare(host) {
			await script('mkdir -p /srv/shop')(host);
			await put(
				host,
				'/srv/shop/app.py',
				"def application(environ, start):\n    start('200 OK', [])\n    return [b'shop']\n",
			);
			await put(
				host,
				'/etc/uwsgi/apps-enabled/shop.ini',
				'[uwsgi]\nplugin = python3\nchdir = /srv/shop\nmodule = app\nhttp-socket = 127.0.0.1:9090\n',
			);
			await script('systemctl restart uwsgi')(host);
		},
	},
);
