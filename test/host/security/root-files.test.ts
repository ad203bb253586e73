/** A file of root's that somebody else names, in a configuration or as a process, is no way to its lines, nor to its mode: looked for wherever a report goes. */
import {describe, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {djangoLayer, settings} from '../doctor/support/django.ts';
import {doctorIn, shown, withProgram} from '../doctor/support/recipes.ts';
import {put, sh} from '../doctor/support/web.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';
import {as, home, prepareCoralnet} from './support/coralnet.ts';

const want = withProgram({layer: djangoLayer, network: 'none', timeout: 900_000});

/** In a file that only root may read, in every form in which a reader of a format could quote it. */
const secret = 'only-for-root-4711';
const metrics = '/var/lib/prometheus/node-exporter/host-setup-doctor.prom';

describe('a file of root’s that others name', () => {
	hostTest('has no line in a report, the figures or the journal, and keeps its mode', want, async host => {
		buildProgram();
		await prepareCoralnet(host);
		await host.must([setup, 'doctor', '--install-timer', '--yes'], {timeout: 120_000});
		await byTimer(host);
		await put(
			host,
			'/root/only',
			`root:${secret}\nadmin:$apr1$${secret}\n${secret}:x\nDEBUG = True ${secret}\n[uwsgi\nnot = ${secret}\n`,
		);
		await put(host, '/etc/NAME', 'everybody needs it\n');
		await put(
			host,
			'/etc/nginx/conf.d/named.conf',
			'server { listen 8300; location / { auth_basic a; auth_basic_user_file /root/only; } }\nserver { listen 8443 ssl; ssl_certificate /etc/NAME; ssl_certificate_key /etc/NAME; }\n',
		);
		await sh(host, 'chmod 600 /root/only; chmod 644 /etc/NAME');
		await as(
			host,
			'coralnet',
			`mv ${settings} ${settings}.kept; ln -s /root/only ${settings}; ln -s /root/only ${home}/uwsgi.ini`,
		);
		for (const title of titles) await namedSo(host, title);

		const journal = await byTimer(host);
		expect(journal).toMatch(/new: .*nginx\.htpasswd/);
		const figures = await host.must(['cat', metrics]);
		expect(figures).toContain('nginx.htpasswd');
		for (const text of [figures, journal]) expect(text).not.toContain(secret);

		const {rows} = (await doctorIn(host)).report;
		expect(
			rows.filter(row => row.state === 'crash'),
			shown(rows),
		).toEqual([]);
		expect(rows.find(row => row.check === 'nginx.htpasswd' && row.item === '/root/only')?.state, shown(rows)).toBe(
			'fail',
		);
		expect(rows.find(row => row.check === 'tls.key')?.is, shown(rows)).toBe('noKey');

		for (const format of ['text', 'json', 'ndjson', 'junit', 'tap', 'nagios', 'prometheus', 'sarif', 'html']) {
			const argv = [setup, 'doctor', '-v', '--format', format];
			const said = await host.run(argv, {timeout: 120_000});
			const kept = await host.run([...argv, '--output', `/tmp/report.${format}`], {timeout: 120_000});
			const written = await host.must(['cat', `/tmp/report.${format}`]);
			expect(written, kept.stderr).not.toBe('');
			for (const text of [said.stdout, said.stderr, kept.stdout, kept.stderr, written])
				expect(text, format).not.toContain(secret);
		}

		const before = await modes(host);
		const fixed = await host.run([setup, 'doctor', 'fix', '--yes'], {timeout: 300_000});
		expect(await modes(host), fixed.stdout).toBe(before);
		expect(await host.must(['cat', '/etc/NAME'])).toBe('everybody needs it\n');
		const ours = await sh(host, 'cat /var/lib/host-setup/*.json* /var/lib/host-setup/events/* 2>/dev/null; true');
		for (const text of [fixed.stdout, fixed.stderr, ours]) expect(text).not.toContain(secret);
	});
});

/** The doctor as the timer runs it; what the journal has of it. */
const byTimer = async (host: ThrowAway): Promise<string> => {
	const service = 'host-setup-doctor.service';
	await host.must(['systemctl', 'start', service], {timeout: 120_000});
	return host.must(['journalctl', '--no-pager', '--output=cat', '-u', service]);
};

const modes = (host: ThrowAway): Promise<string> =>
	host.must(['stat', '-c', '%n %a %U:%G %s', '/etc/NAME', '/root/only', '/etc/passwd', '/etc/shadow']);

/** Programs that a doctor asks or reads the configuration of, told to have root's file as that. */
const titles = [
	'uwsgi --ini /root/only',
	`uwsgi --ini ${home}/uwsgi.ini`,
	'gunicorn: master [/root/only]',
	'/usr/bin/gunicorn -c /root/only app',
	'redis-server /root/only',
	'nginx: master process nginx -c /root/only',
] as const;

/** Processes with such a command line, by a stranger and by the application's user, as arguments and as one title. */
const namedSo = async (host: ThrowAway, title: string): Promise<void> => {
	const [first = '', ...rest] = title.split(' ');
	const texts = [
		`import os; os.execv('/usr/bin/python3', ${JSON.stringify([first, '-c', 'import time; time.sleep(600)', ...rest])})`,
		`import os; os.execv('/usr/bin/perl', ${JSON.stringify([first, '-e', '$0 = shift; sleep 600', title])})`,
	];
	for (const user of ['eve', 'coralnet'])
		for (const text of texts)
			await host.must([
				...['systemd-run', '-q', '--collect', `--uid=${user}`, `--working-directory=${home}`],
				...['python3', '-c', text.replaceAll('$', '$$')],
			]);
};
