import {createPrivateKey, type KeyObject} from 'node:crypto';
import {type Certificate, certificates} from '#host/certificates/certificates.ts';
import {statThrough} from '#host/files/stat-through.ts';
import {type Accounts, accounts, ownerName} from '#host/system/accounts.ts';
import {directoriesAbove, isKeeper, readersOf} from '#host/trust/who-may-read.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy} from '#model/finding.ts';
import type {Reader, Stat} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {listed, seen} from '../shared/seeing.ts';

type Readable = {
	readonly readers: readonly string[];
	readonly mode: string;
	readonly path: string;
	/** It lies where only root could have put it: what was looked at is what is closed. */
	readonly closable: boolean;
};

const example: Readable = {readers: ['everybody'], mode: '0644', path: '/etc/ssl/private/site.key', closable: true};

const others = 'its key belongs to another certificate';

const otherKey =
	'Put the key that the certificate was made with into the configuration, or get a new certificate for this key.';

const readableSays = ({readers, mode}: Readable): string => `${listed(readers)} can read its key (mode ${mode})`;

const close = ({path, closable}: Readable): Remedy => ({
	sentence: 'Close it now; then, because others may have read it, get a new certificate with a new key.',
	...(closable && {commands: [['chmod', '600', path]]}),
});

const closed = ({path, closable}: Readable): readonly Resource[] =>
	closable ? [edit({path, format: 'shell', settings: [], mode: 0o600, secretFile: true})] : [];

const kinds = defineKinds({
	missing: {
		state: 'fail',
		example: {key: '/etc/ssl/private/site.key'},
		says: ({key}) => `its key is not there: ${key}`,
		remedy: {sentence: otherKey},
	},
	// Whatever a configuration calls a key: a file that everybody needs stays as it is.
	noKey: {
		state: 'fail',
		example: {key: '/etc/NAME'},
		says: ({key}) => `what it names as its key holds no private key: ${key}`,
		remedy: {
			sentence: 'Name the file of the private key in the configuration; the file that it names now stays as it is.',
		},
	},
	other: {state: 'fail', says: others, remedy: {sentence: otherKey}},
	otherAndOpen: {
		state: 'fail',
		example,
		says: readable => listed([others, readableSays(readable)]),
		remedy: readable => {
			const {sentence, commands = []} = close(readable);
			return {sentence: `${otherKey} ${sentence}`, commands};
		},
		fix: closed,
	},
	open: {state: 'fail', example, says: readableSays, remedy: close, fix: closed},
	readable: {
		state: 'warn',
		example: {...example, readers: ['the group users']},
		says: readableSays,
		remedy: close,
		fix: closed,
	},
});

/** A key that others can read is as good as published, and nothing ever shows that it was taken. */
export const check = defineCheck({
	id: 'tls.key',
	title: 'Private keys fit their certificates and are private',
	why: 'A key that does not fit stops the server at its next start. A key that other users can read lets any of them stand in for the site, and only a new certificate mends that.',
	reads: [
		'mode, owner, group and access list of each key that a configuration names, and the directories above it',
		'whether key and certificate are a pair; nothing of the key is shown',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'weblab-deusto: SSL certificates; cc-server: Apache 2 WSGI (SSLCertificateKeyFile)',
	verify:
		'ls -lL /etc/ssl/private/; openssl pkey -in KEY -pubout | openssl sha256; openssl x509 -in CERTIFICATE -pubkey -noout | openssl sha256',
	facts: {certificates, accounts},
	kinds,
	appliesTo: ({facts}) =>
		facts.certificates.all.some(({key}) => key !== undefined) ||
		facts.certificates.unread.length > 0 ||
		'no server of this host is told to present a certificate',
	async inspect({host, facts}) {
		const {all, unread} = facts.certificates;
		const keyed = all.filter(({key}) => key !== undefined);
		if (keyed.length === 0) throw new Blocked(unread[0]!);
		return findings(await Promise.all(keyed.map(one => findingOf(one, facts.accounts, host))));
	},
});

const findingOf = async (
	{item, key = '', chain}: Certificate,
	known: Accounts,
	host: Reader,
): Promise<FoundOf<typeof kinds>> => {
	const {path, stat} = await statThrough(host, key);
	const expected = 'a pair, and only its owner can read it';
	if (stat === undefined) return {item, is: 'missing', data: {key}, expected, layers: {file: seen('missing', key)}};
	const inside = stat.kind === 'file' ? await keyIn(path, host) : 'none';
	if (inside === 'none')
		return {is: 'noKey', item, data: {key}, expected, layers: {file: seen('no private key', path)}};
	const readers = await readersOf(path, stat, known, host);
	const pair = 'because' in chain ? undefined : fits(chain[0]!, inside);
	const mode = stat.mode.toString(8).padStart(4, '0');
	const sight = {
		item,
		expected,
		layers: {
			// Neither good nor bad where the pair could not be compared; who can read the key is told all the same.
			file:
				pair === undefined && readers.length === 0
					? {
							because: 'unreadable' as const,
							need: `${key} and its certificate cannot be compared: one of them does not parse, or wants a passphrase`,
						}
					: seen(
							`${pair === false ? 'no pair' : pair ? 'a pair' : 'not compared'}, mode ${mode}, ${ownerName(known, stat)}`,
							path,
						),
		},
	};
	const data = {readers, mode, path, closable: await isClosable(path, stat, known, host)};
	if (pair === false) return readers.length > 0 ? {...sight, is: 'otherAndOpen', data} : {...sight, is: 'other'};
	if (readers.includes('everybody')) return {...sight, is: 'open', data};
	if (readers.length > 0) return {...sight, is: 'readable', data};
	return {...sight, is: 'ok', says: `a pair, mode ${mode}, ${ownerName(known, stat)}`};
};

/** Of a service's own account or root, and every directory above is root's alone. */
const isClosable = async (path: string, {uid}: Stat, known: Accounts, host: Reader): Promise<boolean> => {
	const above = await Promise.all(directoriesAbove(path).map(directory => host.stat(directory)));
	return (
		isKeeper([...known.users.values()].find(one => one.uid === uid)?.name) &&
		above.every(one => one?.kind === 'directory' && one.uid === 0 && (one.mode & 0o022) === 0)
	);
};

const keyIn = async (path: string, host: Reader): Promise<KeyObject | 'closed' | 'none'> => {
	const text = Buffer.from((await host.read(path)) ?? '').toString('utf8');
	const pem = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\S]*?-----END (?:[A-Z]+ )?PRIVATE KEY-----/.exec(text)?.[0];
	if (pem === undefined) return 'none';
	if (/ENCRYPTED/.test(text)) return 'closed';
	try {
		return createPrivateKey(pem);
	} catch {
		return 'closed';
	}
};

/** undefined: the key wants a passphrase, or is in a form of its own. */
const fits = (
	certificate: {checkPrivateKey(key: KeyObject): boolean},
	key: KeyObject | 'closed',
): boolean | undefined => (key === 'closed' ? undefined : certificate.checkPrivateKey(key));
