/** Certificates of an authority of our own on a real nginx: wrong in each way that one can be, and mended. */
import {X509Certificate} from 'node:crypto';
import {expect} from 'vitest';
import {buildProgram} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';
import {doctorIn, recipes, shown, withProgram} from './support/recipes.ts';
import {issue, prepareWeb, reloaded, sh, web} from './support/web.ts';

const name = 'openslides.example.com';
const want = {layer: web, network: 'none', timeout: 900_000} as const;
type Inside = Parameters<typeof sh>[0];

const anew = async (host: Inside, names: readonly string[] = [name], days = 90): Promise<void> => {
	await sh(host, issue(names, days));
	await reloaded(host);
};

/** As certbot leaves it, with the timer of its package. */
const prepare = async (host: Inside): Promise<void> => {
	await prepareWeb(host);
	await sh(
		host,
		`set -e
d=/etc/letsencrypt/archive/kept.example.com; l=/etc/letsencrypt/live/kept.example.com
mkdir -p $d $l
cp /etc/ssl/site/chain.pem $d/fullchain1.pem
install -m 600 /etc/ssl/site/key.pem $d/privkey1.pem
ln -s ../../archive/kept.example.com/fullchain1.pem $l/fullchain.pem
ln -s ../../archive/kept.example.com/privkey1.pem $l/privkey.pem
chmod 700 /etc/letsencrypt/live /etc/letsencrypt/archive
systemctl enable --now certbot.timer`,
	);
};

recipes(
	'certificates are looked at on disk and in the handshake',
	want,
	[
		{
			name: 'a certificate for another name',
			check: 'tls.certificate',
			is: 'wrong',
			item: name,
			break: host => anew(host, ['other.example.com']),
			verdict: 'fail',
			says: /is not for openslides\.example\.com, but for other\.example\.com/,
			mend: host => anew(host),
		},
		{
			name: 'the one in between is missing',
			check: 'tls.certificate',
			is: 'noChain',
			item: name,
			async break(host) {
				await sh(host, 'cp /root/ca/site.pem /etc/ssl/site/chain.pem');
				await reloaded(host);
			},
			verdict: 'fail',
			says: /comes without the certificate of Test Between/,
			mend: host => anew(host),
		},
		{
			name: 'the authority before the one in between',
			check: 'tls.certificate',
			is: 'order',
			item: name,
			async break(host) {
				await sh(host, 'cd /root/ca; cat site.pem root.pem between.pem > /etc/ssl/site/chain.pem');
				await reloaded(host);
			},
			verdict: 'warn',
			says: /its chain is in disorder/,
			mend: host => anew(host),
		},
		{
			name: 'one that nobody signed',
			check: 'tls.certificate',
			is: 'untrusted',
			item: name,
			async break(host) {
				await sh(
					host,
					`openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=${name} -addext subjectAltName=DNS:${name} -keyout /etc/ssl/site/key.pem -out /etc/ssl/site/chain.pem`,
				);
				await reloaded(host);
			},
			verdict: 'fail',
			says: /is self-signed/,
			mend: host => anew(host),
		},
		{
			name: 'renewed on disk, and never loaded',
			check: 'tls.certificate',
			is: 'notLoaded',
			item: name,
			break: async host => void (await sh(host, issue([name], 80))),
			verdict: 'warn',
			says: /changed in the file, not in the process: it presents another one/,
			mend: 'remedy',
		},
		{
			name: 'a file that is no certificate',
			check: 'tls.certificate',
			is: 'unreadable',
			item: name,
			async break(host) {
				await sh(
					host,
					"touch /etc/ssl/site/empty.pem; sed -i 's#site/chain.pem#site/empty.pem#' /etc/nginx/sites-available/openslides",
				);
			},
			verdict: 'fail',
			says: /holds no certificate/,
			mend: async host =>
				void (await sh(host, "sed -i 's#site/empty.pem#site/chain.pem#' /etc/nginx/sites-available/openslides")),
		},
		{
			name: 'a key that everybody can read',
			check: 'tls.key',
			is: 'open',
			item: name,
			break: async host => void (await sh(host, 'chmod 644 /etc/ssl/site/key.pem')),
			verdict: 'fail',
			says: /everybody can read its key \(mode 0644\)/,
		},
		{
			name: 'a key that everybody can read, mended by hand',
			check: 'tls.key',
			item: name,
			break: async host => void (await sh(host, 'chmod 604 /etc/ssl/site/key.pem')),
			verdict: 'fail',
			mend: 'remedy',
		},
		{
			name: 'a key that is in a group’s hands',
			check: 'tls.key',
			is: 'readable',
			item: name,
			break: async host =>
				void (await sh(host, 'chown root:www-data /etc/ssl/site/key.pem; chmod 640 /etc/ssl/site/key.pem')),
			verdict: 'warn',
			says: /the group www-data can read its key/,
		},
		{
			name: 'a person is in root’s own group',
			check: 'tls.key',
			is: 'readable',
			item: name,
			break: async host =>
				void (await sh(
					host,
					'useradd -u 1077 tom; gpasswd -a tom root; chown root:root /etc/ssl/site/key.pem; chmod 640 /etc/ssl/site/key.pem',
				)),
			verdict: 'warn',
			says: /the user tom, in the group root, can read its key/,
			mend: async host => void (await sh(host, 'gpasswd -d tom root; userdel tom; chmod 600 /etc/ssl/site/key.pem')),
		},
		{
			name: 'the key of another certificate',
			check: 'tls.key',
			is: 'other',
			item: name,
			break: async host => void (await sh(host, 'cat /root/ca/between.key > /etc/ssl/site/key.pem')),
			verdict: 'fail',
			says: /its key belongs to another certificate/,
			mend: async host => void (await sh(host, 'cat /root/ca/site.key > /etc/ssl/site/key.pem')),
		},
		{
			name: 'one that ends next week',
			check: 'tls.expiry',
			is: 'soon',
			item: name,
			break: host => anew(host, [name], 90).then(async () => void (await sh(host, issueBetween(-83, 7)))),
			verdict: 'warn',
			says: /it ends in 6 days/,
			mend: host => anew(host),
		},
		{
			name: 'one that ended',
			check: 'tls.expiry',
			is: 'ended',
			item: name,
			break: async host => void (await sh(host, issueBetween(-90, -2))),
			verdict: 'fail',
			says: /it ended 2 days ago/,
			mend: host => anew(host),
		},
		{
			name: 'the timer that renews is off',
			check: 'tls.renewal',
			is: 'notRunning',
			item: 'certbot',
			break: async host => void (await sh(host, 'systemctl disable --now certbot.timer')),
			verdict: 'fail',
			says: /certbot\.timer does not run, and is not enabled/,
			layers: {file: 'disabled', runtime: 'inactive'},
		},
		{
			name: 'the timer that renews was stopped',
			check: 'tls.renewal',
			item: 'certbot',
			break: async host => void (await sh(host, 'systemctl stop certbot.timer')),
			verdict: 'fail',
			layers: {file: 'enabled', runtime: 'inactive'},
			mend: 'remedy',
		},
	],
	{prepare},
);

/** The site's certificate with its first and last day counted from now. */
const issueBetween = (from: number, to: number): string => {
	const at = (days: number): string =>
		new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
	return `set -e
cd /root/ca; rm -rf demo; mkdir demo; touch demo/index.txt; echo 77 > demo/serial
printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=demo/index.txt\\nserial=demo/serial\\nnew_certs_dir=demo\\ndefault_md=sha256\\npolicy=p\\ncopy_extensions=copy\\n[p]\\ncommonName=supplied\\n' > demo/ca.cnf
openssl ca -batch -config demo/ca.cnf -cert between.pem -keyfile between.key -in site.csr -extfile site.ext -startdate ${at(from)} -enddate ${at(to)} -notext -out site.pem
cat site.pem between.pem > /etc/ssl/site/chain.pem`;
};

hostTest(
	'the end of a certificate is known today, and nothing of a key is ever shown',
	withProgram(want),
	async host => {
		buildProgram();
		await prepare(host);
		const {validTo} = new X509Certificate(await sh(host, 'cat /etc/ssl/site/chain.pem'));
		const now = (await doctorIn(host, 'tls')).report;
		expect(
			now.rows.filter(row => ['fail', 'unknown', 'crash'].includes(row.state)),
			shown(now.rows),
		).toEqual([]);
		expect(now.rows.find(row => row.key === `tls.expiry[${name}]`)).toMatchObject({
			state: 'ok',
			ends: new Date(validTo).toISOString(),
		});
		const later = new Date(new Date(validTo).getTime() + 3 * 86_400_000).toISOString().slice(0, 10);
		const then = (await doctorIn(host, 'tls.expiry', '--at', later)).report;
		expect(
			then.rows.find(row => row.key === `tls.expiry[${name}]`),
			shown(then.rows),
		).toMatchObject({state: 'fail'});

		// Whoever may not read the keys is told so, and the rest is still looked at.
		const ordinary = await host.run(['/opt/host-setup/setup', 'doctor', 'tls', '--format', 'json'], {as: 'nobody'});
		const rows = (JSON.parse(ordinary.stdout) as {rows: {check: string; state: string}[]}).rows;
		expect(rows.filter(row => ['fail', 'crash'].includes(row.state))).toEqual([]);
		expect(rows.filter(row => row.check === 'tls.key').map(row => row.state)).toEqual(['unknown']);

		// A hung server is not asked for ever, and its certificate is not called good.
		await sh(host, 'pkill -STOP nginx');
		const hung = (await doctorIn(host, 'tls')).report;
		expect(
			hung.rows.find(row => row.key === `tls.certificate[${name}]`),
			shown(hung.rows),
		).toMatchObject({state: 'unknown'});
		await sh(host, 'pkill -CONT nginx');

		const key = (await sh(host, 'sed -n 2,3p /etc/ssl/site/key.pem')).trim().split('\n');
		for (const format of ['text', 'json', 'html', 'sarif']) {
			const {stdout, stderr} = await host.run(['/opt/host-setup/setup', 'doctor', 'tls', '-v', '--format', format]);
			for (const line of key) expect(stdout + stderr).not.toContain(line);
		}
	},
);
