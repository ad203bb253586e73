/** What somebody who broke into the application can do from inside its unit, tried by a program in a unit of the same text. */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {ThrowAway} from '#rehearse/throwaway.ts';

/** The attempts that succeeded from inside the unit of ipynbsrv as it is installed, by name. */
export const attackFrom = (host: ThrowAway): Promise<readonly string[]> =>
	attackIn(host, readFileSync(join(host.root, 'etc/systemd/system/ipynbsrv.service'), 'utf8'));

/** The same from inside any unit whose user is ipynbsrv, whose home is /srv/ipynbsrv and who writes its data. */
export const attackIn = async (host: ThrowAway, unit: string): Promise<readonly string[]> => {
	const text = unit
		.replace(/^ExecStart=.*$/m, 'ExecStart=/bin/sh /srv/ipynbsrv/attack.sh')
		.replace(/^Type=.*$/m, 'Type=oneshot')
		.replace(/^(NotifyAccess|Restart|WantedBy)=.*\n/gm, '')
		.replaceAll(/^(RuntimeDirectory=|BindPaths=\/run\/)ipynbsrv$/gm, '$1attack');
	writeFileSync(join(host.root, 'etc/systemd/system/attack.service'), text);
	writeFileSync(join(host.root, 'srv/ipynbsrv/attack.sh'), script);
	writeFileSync(join(host.root, 'opt/canary'), 'of root\n', {mode: 0o600});
	await host.must([
		'systemd-run',
		'--quiet',
		'--unit=canary',
		'--socket-property=ListenStream=/run/canary.sock',
		'--socket-property=SocketMode=0600',
		'true',
	]);
	await host.must(['install', '-d', '-o', 'ipynbsrv', '-m', '755', '/srv/ipynbsrv/data/report']);
	await host.must(['systemctl', 'daemon-reload']);
	await host.must(['systemctl', 'start', 'attack.service']);
	const report = readFileSync(join(host.root, 'srv/ipynbsrv/data/report/tried'), 'utf8').trim().split('\n');
	await host.must(['rm', '-r', '/srv/ipynbsrv/data/report', '/srv/ipynbsrv/attack.sh']);
	await host.must(['rm', '/etc/systemd/system/attack.service']);
	await host.must(['systemctl', 'stop', 'canary.socket']);
	if (report.length < attempts.length) throw new Error(`the attack did not end: ${report.join(', ')}`);
	return report.filter(line => line.startsWith('did: ')).map(line => line.slice('did: '.length));
};

/** Each is a line of shell that ends with 0 when it got where it may not. */
const attempts = [
	'grep -q root: /etc/shadow',
	'ls /var/lib/host-setup/*',
	'cat /root/secrets/*',
	'cat /opt/canary',
	'cat /data/key',
	'cat /var/lib/ldap/data.mdb',
	'cat /etc/nslcd.conf /etc/ldap/slapd.d/*.ldif',
	'ls /home/*',
	'echo x > /etc/cron.d/x',
	'echo x > /usr/local/bin/x',
	'echo x > /srv/ipynbsrv/x',
	'echo x >> /srv/ipynbsrv/_repo/wui/manage.py',
	'chown ipynbsrv /usr/local/openresty/nginx/conf/sites-enabled/ipynbsrv.conf',
	'chmod 666 /usr/local/openresty/nginx/conf/sites-enabled/ipynbsrv.conf',
	'echo 1 > /proc/sys/kernel/sysrq',
	'cat /proc/1/environ',
	'kill -0 1',
	'mknod /srv/ipynbsrv/data/report/disk b 8 0',
	'unshare --user --map-root-user true',
	'unshare --mount true',
	'mount -t tmpfs none /srv/ipynbsrv/data/report',
	'setpriv --reuid=0 true',
	'perl -MIO::Socket::UNIX -e "exit(IO::Socket::UNIX->new(q(/run/canary.sock)) ? 0 : 1)"',
	'cp /bin/bash $own/up && chown 0:0 $own/up && chmod 4755 $own/up && test "$($own/up -p -c "id -u")" = 0',
] as const;

const script = `own=/srv/ipynbsrv/data/report
try() { if (eval "$1") >/dev/null 2>&1; then echo "did: $1"; else echo "not: $1"; fi >> $own/tried; }
${attempts.map(one => `try '${one}'`).join('\n')}
exit 0
`;
