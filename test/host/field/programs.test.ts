/** The field cases before the programs that read them: what an editor leaves is what they understand, and what a reader says is what they do. */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {describe, expect} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {type AnyEdit, editorFor} from '#edit/formats.ts';
import {aptSetting} from '#host/apt/apt-conf.ts';
import {mysqlFile, mysqlOption} from '#host/mysql/file.ts';
import {parseSettings} from '#host/system/sshd.ts';
import {sshDoors, takesPassword} from '#host/system/sshd-doors.ts';
import {sudoWithoutPassword} from '#host/system/sudoers.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {field} from '../../unit/support/field.ts';
import {fileReader} from '../../unit/support/file-reader.ts';
import {installedPackages} from '../../unit/support/look.ts';
import {hostTest, withPackages} from '../support/with-host.ts';

const packages = ['mariadb-client-core', 'nginx', 'openssh-server', 'postgresql', 'sudo'];
const want = {layer: withPackages('field', packages), network: 'none', timeout: 600_000} as const;

const write = (host: ThrowAway, path: string, text: string): void => {
	mkdirSync(dirname(`${host.root}${path}`), {recursive: true});
	writeFileSync(`${host.root}${path}`, text);
};
const edited = (source: string, {format, settings}: AnyEdit): string =>
	spliced(source, editorFor(format).edit(source, settings));

describe('field cases', () => {
	hostTest('the programs of this host read them as we do', want, async host => {
		const said = async (argv: readonly string[]): Promise<string> => (await host.run(argv)).stdout.trim();

		const nginx = edited(field('escaped-dollar-brace/a.conf'), {
			format: 'nginx',
			settings: [{block: ['http'], directive: 'server_tokens', args: [['off']]}],
		});
		write(host, '/etc/nginx/a.conf', nginx);
		await host.must(['nginx', '-t', '-c', '/etc/nginx/a.conf']);

		for (const name of ['hosts-nbsp-bom/nbsp', 'hosts-nbsp-bom/bom', 'hosts-case/hosts']) {
			write(
				host,
				'/etc/hosts',
				edited(field(name), {format: 'hosts', settings: [{name: 'web01', address: '127.0.1.1'}]}),
			);
			const found = (await said(['getent', 'ahostsv4', 'web01'])).split('\n').map(line => line.split(' ')[0]);
			expect(new Set(found), name).toEqual(new Set(['127.0.1.1']));
		}

		write(
			host,
			'/etc/systemd/system/zz.service',
			edited(field('unit-continued-comment/zz.service'), {
				format: 'systemd-unit',
				settings: [{section: 'Service', key: 'ExecStart', value: ['/usr/bin/true app.wsgi']}],
			}),
		);
		await host.must(['systemctl', 'daemon-reload']);
		const shown = await said(['systemctl', 'show', '-p', 'ExecStart', '-p', 'User', 'zz.service']);
		expect(shown).toContain('argv[]=/usr/bin/true app.wsgi ;');
		expect(shown).toContain('User=www-data');

		const version = (await said(['ls', '/etc/postgresql'])).split('\n')[0] ?? '';
		const postgres = async (text: string, name: string) => {
			write(host, '/srv/pg/postgresql.conf', text);
			return host.run([
				'runuser',
				'-u',
				'postgres',
				'--',
				`/usr/lib/postgresql/${version}/bin/postgres`,
				'-C',
				name,
				'-D',
				'/srv/pg',
			]);
		};
		await host.must(['install', '-d', '-o', 'postgres', '-m', '0700', '/srv/pg']);
		const conf = edited(field('postgresql-no-blank/postgresql.conf'), {
			format: 'postgresql.conf',
			settings: [
				{key: 'port', value: ['5434']},
				{key: 'cluster_name', value: ["it's ü"]},
				{key: 'work_mem', value: ['1.5MB']},
			],
		});
		for (const [name, value] of [
			['port', '5434'],
			['listen_addresses', '*'],
			['work_mem', '1536'],
		] as const)
			expect((await postgres(conf, name)).stdout.trim(), name).toBe(value);
		expect((await postgres(field('postgresql-nbsp-bom/nbsp'), 'port')).code).not.toBe(0);
		expect((await postgres(field('postgresql-nbsp-bom/bom'), 'port')).code).not.toBe(0);

		const mysql = {
			'/etc/mysql/my.cnf': field('mysql-includedir-first/mariadb.cnf'),
			'/etc/mysql/conf.d/a.cnf': '[mysqld]\nport=1\n',
			'/etc/mysql/mariadb.conf.d/50-server.cnf': '[mysqld]\nbind-address = 127.0.0.1\n',
		};
		await host.must(['rm', '-rf', '/etc/mysql']);
		for (const [path, text] of Object.entries(mysql)) write(host, path, text);
		const printed = (await said(['my_print_defaults', '--mysqld'])).split('\n');
		const file = await mysqlFile.read(fileReader({...installedPackages('mariadb-server=1:10.11.6'), ...mysql}));
		if (file === 'absent') throw new Error('absent');
		expect(printed.findLast(one => one.startsWith('--bind-address'))).toBe(
			`--bind-address=${mysqlOption(file, 'bind_address')?.value}`,
		);
	});

	hostTest('apt, sudo and sshd say what our readers say', want, async host => {
		for (const name of [
			'periodic-nested/20auto-upgrades',
			'periodic-enable-0/20auto-upgrades',
			'block-comment-and-clear/comment',
			'block-comment-and-clear/clear',
		]) {
			write(host, '/etc/apt/apt.conf.d/20auto-upgrades', field(name));
			for (const key of ['APT::Periodic::Enable', 'APT::Periodic::Unattended-Upgrade']) {
				const dump = (await host.must(['apt-config', 'dump', '--format', '%v%n', key])).trim();
				const read = await aptSetting(fileReader({'/etc/apt/apt.conf.d/20auto-upgrades': field(name)}), key);
				expect(read?.value ?? '', `${name} ${key}`).toBe(dump);
			}
		}

		await host.must(['useradd', '-m', 'deploy']);
		await host.must(['useradd', '-m', 'ops']);
		const rules = [
			[field('nopasswd-then-passwd/x'), 'deploy'],
			[field('not-authenticate/x'), 'deploy'],
			['User_Alias A = deploy\nA ALL=(ALL) NOPASSWD: /bin/ls, ALL\n', 'deploy'],
			['deploy ALL=(ALL) NOPASSWD: ALL\ndeploy ALL=(ALL) PASSWD: ALL\n', 'deploy'],
			['deploy ALL=(daemon) NOPASSWD: ALL\n', 'deploy'],
			['Defaults !authenticate\ndeploy ALL=(ALL) PASSWD: ALL\n', 'deploy'],
			[field('other-includedir/x'), 'ops'],
		] as const;
		write(host, '/etc/sudoers.local.d/ops', field('other-includedir/sudoers.local.d-ops'));
		const main = readFileSync(`${host.root}/etc/sudoers`, 'utf8');
		for (const [text, user] of rules) {
			write(host, '/etc/sudoers.d/x', text);
			await host.must(['chmod', '-R', 'u=r,g=r,o=', '/etc/sudoers.d/x', '/etc/sudoers.local.d/ops']);
			await host.must(['visudo', '-c']);
			const open = (await host.run(['runuser', '-u', user, '--', 'sudo', '-n', 'id', '-un'])).stdout.trim() === 'root';
			const {everything: read} = await sudoWithoutPassword(
				fileReader({
					'/etc/sudoers': main,
					'/etc/sudoers.d/x': text,
					'/etc/sudoers.local.d/ops': field('other-includedir/sudoers.local.d-ops'),
				}),
			);
			expect(
				read.some(({who}) => who === user),
				text,
			).toBe(open);
			await host.must(['rm', '-f', '/etc/sudoers.d/x']);
		}

		await host.must(['mkdir', '-p', '/run/sshd']);
		for (const [name, byPassword] of [
			['root-yes-no-passwords', false],
			['match-user-root', true],
		] as const) {
			write(host, '/etc/ssh/sshd_config.d/50-x.conf', field(`${name}/50-x.conf`));
			const doors = await sshDoors(
				[field(`${name}/50-x.conf`)],
				async of => host.must(['/usr/sbin/sshd', '-T', '-C', of]),
				parseSettings,
			);
			expect(
				doors.some(one => one.user === 'root' && takesPassword(one)),
				name,
			).toBe(byPassword);
		}
	});
});
