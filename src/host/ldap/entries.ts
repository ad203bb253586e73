/** One entry of a directory: read it, write it. Values cross as bytes of the protocol, so nothing needs escaping but the name. */
import type {Client, Entry} from 'ldapts';
import {reveal, type Text} from '#model/secret.ts';
import {type LdapAccount, type LdapAnswer, type LdapServer, withLdap} from './client.ts';

/** Attribute names as the server writes them. */
export type EntryValues = Readonly<Record<string, readonly string[]>>;

export type EntryChange = {readonly attribute: string; readonly values: readonly string[]};

/** The attributes of an entry; null when it is not there. */
export const readEntry = (server: LdapServer, dn: string, as?: LdapAccount): Promise<LdapAnswer<EntryValues | null>> =>
	withLdap(server, client => entryAt(client, dn), as);

/** Adds an entry; the stored form of its password is revealed here. */
export const addEntry = (
	server: LdapServer,
	dn: string,
	values: EntryValues,
	password?: Text,
): Promise<LdapAnswer<void>> =>
	withLdap(server, async client => {
		const {Attribute} = await import('ldapts');
		const all = password === undefined ? values : {...values, userPassword: [reveal(password)]};
		await client.add(
			dn,
			Object.entries(all).map(([type, list]) => new Attribute({type, values: [...list]})),
		);
	});

/** Replaces attributes in one operation: all or none. No values takes an attribute away. */
export const replaceValues = (
	server: LdapServer,
	dn: string,
	changes: readonly EntryChange[],
	password?: Text,
): Promise<LdapAnswer<void>> =>
	withLdap(server, async client => {
		const {Attribute, Change} = await import('ldapts');
		const all =
			password === undefined ? changes : [...changes, {attribute: 'userPassword', values: [reveal(password)]}];
		await client.modify(
			dn,
			all.map(
				({attribute, values}) =>
					new Change({operation: 'replace', modification: new Attribute({type: attribute, values: [...values]})}),
			),
		);
	});

/** Lets the server hash a password in its own way (RFC 3062): the right thing for a directory whose modules we do not know. */
export const setPassword = (server: LdapServer, dn: string, password: Text): Promise<LdapAnswer<void>> =>
	withLdap(server, async client => {
		await client.exop(
			'1.3.6.1.4.1.4203.1.11.1',
			sequence(0x30, Buffer.concat([sequence(0x80, Buffer.from(dn)), sequence(0x82, Buffer.from(reveal(password)))])),
		);
	});

export const deleteEntry = (server: LdapServer, dn: string): Promise<LdapAnswer<void>> =>
	withLdap(server, client => client.del(dn));

/** An entry and all below it, the deepest first, pictures and certificates as bytes. */
export const readTree = (
	server: LdapServer,
	dn: string,
): Promise<
	LdapAnswer<
		readonly {readonly dn: string; readonly attributes: ReadonlyMap<string, readonly (string | Uint8Array)[]>}[]
	>
> =>
	withLdap(server, async client => {
		const {searchEntries} = await client.search(dn, {
			scope: 'sub',
			paged: {pageSize: 200},
			explicitBufferAttributes: bytes,
		});
		return searchEntries
			.map(({dn: name, ...rest}) => ({
				dn: name,
				attributes: new Map(Object.entries(rest).map(([key, value]) => [key, [value].flat()] as const)),
			}))
			.sort((a, b) => b.dn.split(',').length - a.dn.split(',').length);
	});

export const childrenOf = (server: LdapServer, dn: string): Promise<LdapAnswer<readonly string[]>> =>
	withLdap(server, async client => {
		// A look is enough: where there are more than these, they are not ours.
		const {searchEntries} = await client
			.search(dn, {scope: 'one', attributes: ['1.1'], sizeLimit: 1000})
			.catch((error: {code?: number}) => {
				// 4 is the size limit.
				if (error.code === 4) return {searchEntries: [{dn: `more below ${dn}`}]};
				throw error;
			});
		return searchEntries.map(one => one.dn);
	});

const bytes = [
	'jpegPhoto',
	'photo',
	'audio',
	'userPassword',
	'userCertificate',
	'userCertificate;binary',
	'cACertificate',
	'cACertificate;binary',
	'userSMIMECertificate',
	'userPKCS12',
];

const entryAt = async (client: Client, dn: string): Promise<EntryValues | null> => {
	try {
		const {
			searchEntries: [entry],
		} = await client.search(dn, {scope: 'base'});
		return entry === undefined ? null : valuesOf(entry);
	} catch (error) {
		if ((error as {code?: number}).code === 32) return null;
		throw error;
	}
};

const valuesOf = ({dn: _dn, ...rest}: Entry): EntryValues =>
	Object.fromEntries(
		Object.entries(rest).map(([name, value]) => [
			name,
			[value].flat().map(one => (typeof one === 'string' ? one : Buffer.from(one as Uint8Array).toString('utf8'))),
		]),
	);

/** BER: tag, length, content. */
const sequence = (tag: number, content: Buffer): Buffer => {
	const {length} = content;
	const head =
		length < 0x80
			? [tag, length]
			: length < 0x100
				? [tag, 0x81, length]
				: length < 0x10000
					? [tag, 0x82, length >> 8, length & 0xff]
					: [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
	return Buffer.concat([Buffer.from(head), content]);
};
