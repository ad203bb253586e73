/** diff and undoOf are pure: the same spec and state give the same, a fresh host gives a full plan, and no secret is in either. */
import {describe, expect, it} from 'vitest';
import {knownReleases} from '#host/apt/release.ts';
import {Secret} from '#model/secret.ts';
import {user} from '#resources/accounts/user.ts';
import {aptPackages, aptPackagesType} from '#resources/apt/apt-packages.ts';
import {parseHistory} from '#resources/apt/brought.ts';
import {debconfType, parseAnswers} from '#resources/apt/debconf.ts';
import {packageNames} from '#resources/apt/package-names.ts';
import {directory} from '#resources/files/directory.ts';
import {type EditSpec, edit, editType} from '#resources/files/edit.ts';
import {file, fileType} from '#resources/files/file.ts';
import {hostsNames} from '#resources/files/hosts-names.ts';
import {patchOf} from '#resources/files/show-diff.ts';
import {unit, unitType} from '#resources/units/unit.ts';
import {fileReader} from '../support/file-reader.ts';

const canary = 'Kanarie-0815';

describe('edges are known before anything is inspected', () => {
	it('of a file', () =>
		expect(file({path: '/srv/a/b', text: '', owner: 'app:www-data'}, {needs: ['done:x']})).toMatchObject({
			id: 'file:/srv/a/b',
			needs: ['path:/srv/a', 'user:app', 'group:www-data', 'done:x'],
			provides: ['path:/srv/a/b'],
			locks: ['path:/srv/a/b'],
		}));
	it('of an edit, which needs the file itself', () =>
		expect(edit({path: '/etc/nslcd.conf', format: 'nslcd.conf', settings: []})).toMatchObject({
			needs: ['path:/etc/nslcd.conf'],
			provides: [],
		}));
	it('of an edit that may create it', () =>
		expect(hostsNames({address: '127.0.0.1', names: ['a.b']})).toMatchObject({
			id: 'hosts-name:a.b',
			needs: ['path:/etc'],
			provides: ['path:/etc/hosts', 'name:a.b'],
			locks: ['path:/etc/hosts'],
		}));
	it('of a directory, a user, a unit, packages', () => {
		expect(directory({path: '/srv/a', owner: 'root:root'}).needs).toEqual(['path:/srv']);
		expect(user({name: 'app', home: '/srv/app', groups: ['docker']})).toMatchObject({
			needs: ['group:docker'],
			provides: ['user:app', 'group:app'],
			locks: ['nss'],
		});
		expect(unit({name: 'x.service'})).toMatchObject({needs: [], provides: ['unit:x.service'], locks: ['systemd']});
		expect(
			aptPackages({names: ['nginx', {name: 'slapd', version: '>=2'}]}, {id: 'apt:x', provides: ['path:/etc/nginx']}),
		).toMatchObject({
			provides: ['package:nginx', 'package:slapd', 'path:/etc/nginx'],
			locks: ['apt'],
		});
	});
});

describe('a fresh host gets a full plan', () => {
	it('of a file, its secret as dots', () => {
		const changes = fileType.diff(
			{path: '/etc/x', text: ['password ', new Secret('app', canary), '\n'], owner: 'app:app'},
			'absent',
		);
		expect(changes).toMatchObject([
			{what: 'content', patch: expect.stringContaining('••••(app)')},
			{what: 'mode', to: '0600'},
			{what: 'owner', to: 'app:app'},
		]);
		expect(JSON.stringify(changes)).not.toContain(canary);
	});
	it('of an edit whose package is not there yet', async () => {
		const spec: EditSpec = {path: '/etc/nslcd.conf', format: 'nslcd.conf', settings: [{key: 'base', value: ['dc=x']}]};
		await editType.ready?.(spec);
		expect(editType.diff(spec, 'absent')).toHaveLength(1);
	});
	it('of a unit', () =>
		expect(
			unitType.diff({name: 'x.service', enabled: true, running: true}, 'absent').map(change => change.what),
		).toEqual(['at boot', 'running']));
	it('of packages', () =>
		expect(aptPackagesType.diff({names: ['nginx']}, 'absent')).toEqual([
			{key: 'package', item: 'nginx', what: 'package nginx', from: null, to: 'newest'},
		]));
	it('of answers, a typed password as dots', () =>
		expect(
			debconfType
				.diff(
					{
						package: 'slapd',
						answers: [
							{question: 'slapd/domain', type: 'string', value: 'a.b'},
							{question: 'slapd/password1', type: 'password', value: 'plain'},
						],
					},
					'absent',
				)
				.map(change => change.to),
		).toEqual(['a.b', '••••']));
});

it('a file on an offline root answers, a unit there is unknown', async () => {
	const root = fileReader({
		'/etc/x': 'one\n',
		'/etc/passwd': 'root:x:0:0::/root:/bin/sh\n',
		'/etc/group': 'root:x:0:\n',
	});
	expect(await file({path: '/etc/x', text: 'one\n', owner: 'root:root'}).look(root)).toEqual({state: 'ok'});
	expect(await file({path: '/etc/x', text: 'two\n'}).look(root)).toMatchObject({state: 'change'});
	expect(await unit({name: 'x.service', running: true}).look(root)).toMatchObject({
		state: 'unknown',
		why: {because: 'offline-root'},
		expected: [{what: 'running'}],
	});
});

it('packages on an offline root answer from the status file', async () => {
	const root = fileReader({
		'/var/lib/dpkg/status':
			'Package: slapd\nStatus: install ok installed\nVersion: 2.5.13+dfsg-5\nArchitecture: amd64\n',
		'/etc/os-release': 'ID=debian\nVERSION_CODENAME=bookworm\n',
	});
	const wanted = (name: string, version?: string) =>
		aptPackages({names: [{name, ...(version !== undefined && {version})}]}, {id: 'apt:x'}).look(root);
	expect(await wanted('slapd')).toEqual({state: 'ok'});
	expect(await wanted('slapd', '>=2.5')).toEqual({state: 'ok'});
	expect(await wanted('slapd', '>=2.6')).toMatchObject({
		state: 'change',
		changes: [{from: '2.5.13+dfsg-5'}, {what: 'note'}],
		undo: {record: {names: [], upgraded: ['slapd']}},
	});
	expect(await wanted('python-dev')).toMatchObject({
		state: 'change',
		changes: [{what: 'package python3-dev', from: null}, {what: 'note'}],
	});
});

describe('a diff for people', () => {
	it('masks what looks like a credential, but not what comes new', () => {
		const patch = patchOf(
			'/etc/x',
			"a\nbindpw old-geheim\n'PASSWORD': 'alt-geheim',\ndatabase postgres://app:url-geheim@db/x\nb\n",
			"a2\nbindpw old-geheim\n'PASSWORD': 'alt-geheim',\ndatabase postgres://app:url-geheim@db/x\nb\npassword_encryption = scram-sha-256\n",
		);
		expect(patch).not.toContain('geheim');
		expect(patch).toContain('+a2');
		expect(patch).toContain('+password_encryption = scram-sha-256');
	});
	it('shows only the changed lines of a file that not everybody may read', () =>
		expect(patchOf('/etc/x', 'one\ntwo\nthree\n', 'one\nzwei\nthree\n', true)).not.toContain('three'));
	it('says nothing of what is the same', () => expect(patchOf('/etc/x', 'a', 'a')).toBeUndefined());
});

describe('package names', () => {
	const on = (codename: string) => ({id: ['jammy', 'noble'].includes(codename) ? 'ubuntu' : 'debian', codename});
	it('are those of the release', () => {
		expect(knownReleases.map(codename => packageNames('libpcre3-dev', on(codename)))).toEqual([
			['libpcre3-dev'],
			['libpcre3-dev'],
			['libpcre2-dev'],
			['libpcre3-dev'],
			['libpcre3-dev'],
		]);
		expect(packageNames('mysql-server', on('noble'))).toEqual(['mysql-server']);
		expect(packageNames('mysql-server', on('bookworm'))).toEqual(['default-mysql-server']);
		expect(packageNames('libpam-ldap', on('trixie'))).toEqual(['libnss-ldapd', 'libpam-ldapd']);
		expect(packageNames('apache2-mpm-worker', on('bookworm'))).toEqual([]);
		expect(packageNames('nginx', on('sid'))).toEqual(['nginx']);
		expect(packageNames('toString', on('sid'))).toEqual(['toString']);
	});
});

it("apt's history tells what was asked for and what came along", () => {
	expect(
		parseHistory(
			'Start-Date: x\nCommandline: apt-get install -y nginx\nInstall: nginx:amd64 (1.22.1-9), nginx-common:amd64 (1.22.1-9, automatic), libc6:i386 (2.36, automatic)\nEnd-Date: y\n\nUpgrade: perl:amd64 (1, 2)\n',
		),
	).toEqual([{asked: ['nginx'], along: ['nginx-common', 'libc6']}]);
});

it("debconf's answers are read with their values and marks", () => {
	expect(
		parseAnswers(
			'Name: slapd/domain\nTemplate: slapd/domain\nValue: a.b\nOwners: slapd\nFlags: seen\n\nName: slapd/empty\nTemplate: x\nOwners: slapd\n',
		),
	).toEqual([
		{question: 'slapd/domain', value: 'a.b', seen: true},
		{question: 'slapd/empty', value: '', seen: false},
	]);
});
