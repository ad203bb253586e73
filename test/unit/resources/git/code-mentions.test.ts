/** A base DN in the code is told before there is a checkout, and the hint can be followed. */
import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {PythonSetting} from '#edit/python/settings.ts';
import {createReader} from '#host/reader.ts';
import {codeMentions} from '#resources/git/code-mentions.ts';

let repository = '';
beforeAll(() => {
	repository = mkdtempSync(join(tmpdir(), 'mentions-'));
	chmodSync(repository, 0o755);
	const git = (...args: string[]) =>
		execFileSync('git', ['-C', repository, '-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args]);
	git('init', '-q', '-b', 'master');
	mkdirSync(join(repository, 'app'));
	writeFileSync(
		join(repository, 'app/settings.py'),
		"A = 1\nDATABASES = {'ldap': {'USER': 'cn=admin,dc=old'}}\nSEARCH = LDAPSearch(\"ou=users,dc=old\", SUBTREE,\n\t\"(uid=x)\")\n",
	);
	writeFileSync(join(repository, 'app/models.py'), 'class User:\n    base_dn = "ou=users,dc=old"\n');
	git('add', '.');
	git('commit', '-q', '-m', 'first');
});
afterAll(() => rmSync(repository, {recursive: true, force: true}));

const user: PythonSetting = {path: ['DATABASES', 'ldap', 'USER'], value: {text: ['cn=admin,dc=new']}};
const search: PythonSetting = {
	path: ['SEARCH'],
	value: {expression: 'LDAPSearch("ou=users,dc=new", SUBTREE, "(uid=x)")'},
};

const look = (made: readonly PythonSetting[], files = ['**/*.py']) =>
	codeMentions({
		tree: {directory: '/nowhere/yet', user: 'not-there-yet', from: {url: repository, ref: 'master'}},
		files,
		settings: {path: 'app/settings.py', made},
		value: 'dc=old',
		answered: 'dc=new',
		furtherBy: 'app.further',
		acceptedBy: 'app.accept',
	}).look(createReader());

// git is started as another user than ours only by root.
describe.skipIf(process.getuid?.() !== 0)('a value that the code has too', () => {
	test('is told by file and line from a repository on this host, without what the answers replace', async () => {
		expect(await look([user])).toMatchObject({
			state: 'failed',
			fault: {code: 'application.value-in-code', details: ['app/models.py:2', 'app/settings.py:3']},
		});
	});

	test('is gone from the settings when an expression takes its place', async () => {
		expect(await look([user, search])).toMatchObject({state: 'failed', fault: {details: ['app/models.py:2']}});
		expect(await look([user, search], ['app/settings.py'])).toMatchObject({state: 'ok'});
	});
});
