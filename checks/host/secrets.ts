/** A secret is read where nobody looks for it: in the copy that an editor left beside it, by an access list, in a file that a unit names. */

import {statThrough} from '#host/files/stat-through.ts';
import {copiesOf} from '#host/secrets/copies.ts';
import {type SecretFile, secretFiles} from '#host/secrets/secret-files.ts';
import {type Accounts, accounts} from '#host/system/accounts.ts';
import {readersOf} from '#host/trust/who-may-read.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {listed} from '../shared/seeing.ts';

type Readable = {
	readonly path: string;
	readonly what: string;
	readonly readers: readonly string[];
	/** Permission bits. */
	readonly mode: number;
};

const example: Readable = {path: '/etc/shadow', what: 'passwords of accounts', readers: ['everybody'], mode: 0o644};

const closing = ({path, mode, readers}: Readable): Remedy => ({
	sentence: 'Close it now; then, because others may have read it, change what is secret in it.',
	commands: [
		...(readers.some(one => one.includes('(access list)')) ? [['setfacl', '-b', path]] : []),
		['chmod', (mode & 0o750).toString(8).padStart(4, '0'), path],
	],
});

const kinds = defineKinds({
	open: {
		state: 'fail',
		example,
		says: ({path, what, readers}) => `${listed(readers)} can read ${path}: ${what}`,
		remedy: closing,
	},
	copy: {
		state: 'fail',
		example: {...example, path: '/etc/shadow.bak', original: '/etc/shadow'},
		says: ({path, original, what, readers}) => `${listed(readers)} can read ${path}, a copy of ${original}: ${what}`,
		remedy: readable => ({
			...closing(readable),
			sentence:
				'Close it, and delete it where nobody needs it; then, because others may have read it, change what is secret in it.',
		}),
	},
});

export const check = defineCheck({
	id: 'host.secrets',
	title: 'Files of secrets, and copies beside them, are read by nobody else',
	why: 'Whoever has an account here, a web application that was broken into among them, reads what its mode or an access list gives away. A copy with .bak or ~ behind its name has the same passwords and keys, and seldom the same mode.',
	reads: [
		'/etc/shadow and gshadow, keys of sshd and of TLS, passwords of MariaDB, Redis, LDAP and Postfix, files of accounts of nginx, environment files of units: mode, group and access list',
		'what lies beside them under the same name with something more, and holds such a secret as well; none is shown',
	],
	severity: 'fail',
	layers: ['file'],
	source:
		'CIS Debian Benchmark, "System File Permissions"; OWASP WSTG, Review Old Backup and Unreferenced Files; acl(5)',
	verify: 'ls -l and getfacl show no r for others; runuser -u nobody -- cat PATH is refused.',
	facts: {secretFiles, accounts},
	kinds,
	async inspect({host, facts}) {
		const all = facts.secretFiles;
		const originals = new Set(all.map(({path}) => path));
		const named = await Promise.all(
			all.map(async one => [
				...(one.onlyCopies ? [] : [{one, path: one.path}]),
				...(await copiesOf(host, one, originals)).map(path => ({one, path})),
			]),
		);
		// All in one turn: then one program tells the access lists of them all.
		const found = await Promise.all(named.flat().map(({one, path}) => look(one, path, facts.accounts, host)));
		const hidden = host.root === '/' && process.geteuid?.() !== 0;
		return findings([...new Map(found.flat().map(one => [one.item, one])).values()], {
			is: 'ok',
			says: `${all.length} files of secrets are closed`,
			expected: [],
			layers: {
				file: hidden
					? {because: 'needs-root', need: 'files of secrets are hidden from others'}
					: {value: [], where: 'mode, group and access list'},
			},
		});
	},
});

const look = async (
	{what, path: original}: SecretFile,
	named: string,
	known: Accounts,
	host: Reader,
): Promise<readonly FoundOf<typeof kinds>[]> => {
	const {path, stat} = await statThrough(host, named);
	if (stat?.kind !== 'file') return [];
	// A group of its own is how a service is let in to its own file; an access list is somebody's afterthought.
	const readers = (await readersOf(path, stat, known, host)).filter(
		one => one === 'everybody' || one.includes('(access list)'),
	);
	if (readers.length === 0) return [];
	const data = {path, what, readers, mode: stat.mode};
	const mode = stat.mode.toString(8).padStart(4, '0');
	const sight = {
		item: path,
		expected: 'nobody else',
		layers: {file: {value: readers, where: `${path}: ${mode}`, path}},
	};
	return named === original ? [{...sight, is: 'open', data}] : [{...sight, is: 'copy', data: {...data, original}}];
};
