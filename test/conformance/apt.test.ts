import {cp, mkdir, rm, writeFile} from 'node:fs/promises';
import {afterAll, beforeAll, describe} from 'vitest';
import {Secret} from '#model/secret.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {debFiles} from '#resources/apt/deb-files.ts';
import {debconf} from '#resources/apt/debconf.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';
import {closeArchive, openArchive} from './local-archive.ts';
import {conformance} from './suite.ts';
import {output, quietly} from './tools.ts';

// releases: bookworm trixie

const ours = ['cf-app', 'cf-lib', 'cf-plain', 'cf-conf', 'cf-fragile', 'cf-rival'];
const fail = '/run/conformance-fail';
const handed = '/srv/conformance-handed';

/** As postgresql-common has it for its clients and libraries. */
const leaving = '/etc/apt/apt.conf.d/01conformance';

const clean = async (): Promise<void> => {
	await rm(leaving, {force: true});
	await rm(fail, {force: true});
	await quietly('dpkg', '--purge', '--force-all', ...ours);
	await rm('/etc/conformance', {recursive: true, force: true});
	// apt takes its cache for fresh when the status file has the same size and second, which only tests bring about.
	await quietly('apt-get', 'clean');
	await quietly('sh', '-c', 'rm -f /var/cache/apt/*.bin');
};

const rows = (): Promise<string> =>
	output('sh', '-c', "dpkg-query -W -f '${Package} ${Version} ${db:Status-Abbrev}\\n' | grep '^cf-' || true");
const touches = ['/usr/share/conformance', '/etc/conformance'];
const canary = 'Kanarie-p4ss wörd';

describe('with an archive of our own', () => {
	beforeAll(
		() =>
			openArchive([
				{name: 'cf-lib', version: '1.0'},
				{name: 'cf-app', version: '2.0', fields: {Depends: 'cf-lib'}},
				{name: 'cf-plain', version: '1.0'},
				{name: 'cf-plain', version: '1.1'},
				{name: 'cf-rival', version: '1.0', fields: {Conflicts: 'cf-plain'}},
				{name: 'cf-conf', version: '1.0', conffile: 'value = package\n'},
				{name: 'cf-fragile', version: '1.0', scripts: {postinst: `#!/bin/sh\n[ ! -e ${fail} ]\n`}},
			]),
		60_000,
	);
	afterAll(closeArchive);

	conformance('apt-packages', [
		{
			name: 'with a dependency',
			prepare: clean,
			resource: () => aptPackages({names: ['cf-app']}, {id: 'apt:app'}),
			breakIt: () => quietly('dpkg', '--remove', 'cf-app'),
			touches,
			rows,
			purge: true,
		},
		{
			name: 'with a dependency that apt is told to leave',
			async prepare() {
				await clean();
				await writeFile(leaving, 'APT::NeverAutoRemove { "^cf-lib$"; };\n');
			},
			resource: () => aptPackages({names: ['cf-app']}, {id: 'apt:left'}),
			touches,
			rows,
			purge: true,
		},
		{
			name: 'several, without recommends',
			prepare: clean,
			resource: () =>
				aptPackages({names: ['cf-plain', 'cf-lib', 'apache2-mpm-worker'], recommends: false}, {id: 'apt:several'}),
			touches,
			rows,
			purge: true,
		},
		{
			name: 'a newer version',
			async prepare() {
				await clean();
				await quietly('dpkg', '-i', '/srv/conformance-archive/cf-plain_1.0.deb');
			},
			resource: () => aptPackages({names: [{name: 'cf-plain', version: '>=1.1'}]}, {id: 'apt:newer'}),
			touches,
			rows,
			undone: 'kept',
		},
		{
			name: 'whose configuration file somebody edited',
			async prepare() {
				await clean();
				await mkdir('/etc/conformance', {recursive: true});
				await writeFile('/etc/conformance/cf-conf.conf', 'value = operator\n');
			},
			resource: () => aptPackages({names: ['cf-conf']}, {id: 'apt:conf'}),
			touches,
			rows,
			undone: 'kept',
		},
		{
			name: 'that was left half-configured',
			async prepare() {
				await clean();
				await writeFile(fail, '');
				await quietly('dpkg', '-i', '/srv/conformance-archive/cf-fragile_1.0.deb');
				await rm(fail);
			},
			resource: () => aptPackages({names: ['cf-fragile']}, {id: 'apt:fragile'}),
			touches,
			rows,
			undone: 'kept',
		},
	]);

	conformance('deb-files', [
		{
			name: 'with one that they need, which the archive has',
			async prepare() {
				await clean();
				await rm(handed, {recursive: true, force: true});
				await mkdir(handed);
				for (const name of ['cf-app_2.0', 'cf-plain_1.0', 'cf-plain_1.1'])
					await cp(`/srv/conformance-archive/${name}.deb`, `${handed}/${name}.deb`);
			},
			resource: () => debFiles({directory: handed, names: ['cf-app']}, {id: 'apt:files'}),
			breakIt: () => quietly('dpkg', '--remove', 'cf-app'),
			touches,
			rows,
			purge: true,
		},
	]);

	conformance('dpkg-consistent', [
		{
			name: 'a package whose script failed',
			async prepare() {
				await clean();
				await writeFile(fail, '');
				await quietly('dpkg', '-i', '/srv/conformance-archive/cf-fragile_1.0.deb');
				await rm(fail);
			},
			resource: () => dpkgConsistent(),
			touches: [],
			undoes: false,
		},
	]);

	conformance('debconf', [
		{
			name: 'answers with a secret',
			async prepare() {
				await clean();
				await forget('cf-asks', ['cf-asks/name', 'cf-asks/password']);
			},
			resource: () =>
				debconf({
					package: 'cf-asks',
					answers: [
						{question: 'cf-asks/name', type: 'string', value: 'dc=example'},
						{question: 'cf-asks/password', type: 'password', value: [new Secret('admin', canary)]},
					],
				}),
			breakIt: () =>
				output('sh', '-c', "echo 'cf-asks cf-asks/password password other' | debconf-set-selections").then(
					() => undefined,
				),
			touches: [],
			rows: () => output('sh', '-c', 'grep -h -A6 cf-asks /var/cache/debconf/*.dat || true'),
			canaries: [canary],
		},
		{
			name: 'another answer was there',
			async prepare() {
				await forget('cf-asks', ['cf-asks/name', 'cf-asks/password']);
				await output('sh', '-c', "echo 'cf-asks cf-asks/name string dc=before' | debconf-set-selections");
			},
			resource: () =>
				debconf({package: 'cf-asks', answers: [{question: 'cf-asks/name', type: 'string', value: 'dc=example'}]}),
			touches: [],
			rows: () => output('sh', '-c', 'grep -h -A6 cf-asks /var/cache/debconf/config.dat || true'),
		},
	]);
});

const forget = async (name: string, questions: readonly string[]): Promise<void> => {
	await output(
		'sh',
		'-c',
		`printf '%s\\n' ${questions.map(one => `'UNREGISTER ${one}'`).join(' ')} | DEBIAN_FRONTEND=noninteractive debconf-communicate ${name} || true`,
	);
};
