/** Taking an entry back: one that we made goes only while it holds what we put there and nothing is below it; one that we changed gets its old values where it still has ours. */
import {bindWorks, type LdapServer, ldapFrom, ldapName} from '#host/ldap/client.ts';
import {childrenOf, deleteEntry, type EntryValues, readEntry, readTree, replaceValues} from '#host/ldap/entries.ts';
import {entryRecords} from '#host/ldap/ldif.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Undone, UndoOptions} from '#model/resource.ts';
import {Secret} from '#model/secret.ts';
import {dumpFile} from '../shared/dumps.ts';
import {type Difference, sameValues, valuesIn} from './attributes.ts';

/** `kept` of the journal: the administrator's password, the password that was put, the stored forms before it. */
export type EntryJournaled = {
	readonly server: Json;
	readonly dn: string;
	readonly created: boolean;
	readonly put: readonly Difference[];
	readonly password: 'none' | 'new' | 'replaced';
};

export const takeBackEntry = async (
	record: EntryJournaled,
	host: Host,
	{kept: [admin, ...passwords], purgeData, gone = new Set()}: UndoOptions,
): Promise<Undone> => {
	const server = ldapFrom(record.server, admin);
	const {dn} = record;
	if (server.kind === 'local' && (await host.stat('/etc/ldap/slapd.d')) === undefined) return {outcome: 'already'};
	const now = await readEntry(server, dn);
	if (!now.ok) return {outcome: 'kept', why: `${dn}: ${ldapName(server)} cannot be asked: ${now.why}`};
	if (now.value === null)
		return record.created ? {outcome: 'already'} : {outcome: 'conflict', why: `${dn} is not there any more`};
	const [put, ...old] = passwords.map(bytes => Buffer.from(bytes).toString('utf8'));
	return record.created
		? removed(record, server, {now: now.value, put, purgeData, gone}, host)
		: restored(record, server, now.value, put, old, host);
};

const removed = async (
	record: EntryJournaled,
	server: LdapServer,
	{
		now,
		put,
		purgeData,
		gone,
	}: {
		readonly now: EntryValues;
		readonly put: string | undefined;
		readonly purgeData: boolean;
		readonly gone: Set<string>;
	},
	host: Host,
): Promise<Undone> => {
	const {dn} = record;
	const children = must(await childrenOf(server, dn), dn).some(one => !gone.has(thingOf(one)));
	const foreign = await foreignIn(record, server, now, put);
	if (!purgeData && children) return {outcome: 'kept', why: `${dn} has entries below it`};
	if (!purgeData && foreign.length > 0)
		return {outcome: 'kept', why: `${dn} holds more than we put there: ${foreign.join(', ')}`};
	if (children || foreign.length > 0) return purged(server, dn, host, gone);
	gone.add(thingOf(dn));
	await host.act(`delete the entry ${dn}`, async () => must(await deleteEntry(server, dn), dn));
	return {outcome: 'undone'};
};

const purged = async (server: LdapServer, dn: string, host: Host, gone: Set<string>): Promise<Undone> => {
	const tree = must(await readTree(server, dn), dn);
	const path = await dumpFile(host, `${dn.replaceAll(/[^\w.=-]/g, '_').slice(0, 80)}.ldif`);
	await host.replace(path, entryRecords(tree.toReversed()), {was: 'absent', mode: 0o600, owner: 'root:root'});
	for (const one of tree) {
		gone.add(thingOf(one.dn));
		await host.act(`delete the entry ${one.dn}`, async () => must(await deleteEntry(server, one.dn), one.dn));
	}
	return {outcome: 'undone'};
};

const thingOf = (dn: string): string => `entry:${dn.toLowerCase()}`;

const restored = async (
	record: EntryJournaled,
	server: LdapServer,
	now: EntryValues,
	put: string | undefined,
	old: readonly string[],
	host: Host,
): Promise<Undone> => {
	const there = record.put.filter(({attribute, was}) => !sameValues(valuesIn(now, attribute), was));
	const foreign = there.filter(({attribute, put: ours}) => !sameValues(valuesIn(now, attribute), ours));
	const back = there.filter(one => !foreign.includes(one)).map(({attribute, was}) => ({attribute, values: was}));
	const stored = valuesIn(now, 'userPassword');
	const moved = record.password !== 'none' && !sameValues(stored, old);
	const ours = moved && (await isPut(server, record.dn, put));
	if (ours) back.push({attribute: 'userPassword', values: old});
	if (back.length > 0)
		await host.act(`put ${record.dn} back`, async () => must(await replaceValues(server, record.dn, back), record.dn));
	if (foreign.length > 0)
		return {
			outcome: 'conflict',
			why: `${record.dn}: somebody changed ${foreign.map(one => one.attribute).join(', ')} since`,
		};
	if (moved && !ours) return {outcome: 'kept', why: `the password of ${record.dn} was changed since, and stays`};
	return {outcome: back.length > 0 ? 'undone' : 'already'};
};

/** What is in the entry that we did not put there, or not like this. */
const foreignIn = async (
	record: EntryJournaled,
	server: LdapServer,
	now: EntryValues,
	put: string | undefined,
): Promise<readonly string[]> => {
	const ours = Object.fromEntries(record.put.map(({attribute, put: values}) => [attribute.toLowerCase(), values]));
	const names = Object.keys(now).filter(
		name => name.toLowerCase() !== 'userpassword' && !alike(name, now[name]!, ours[name.toLowerCase()] ?? []),
	);
	const password = valuesIn(now, 'userPassword').length > 0 && !(await isPut(server, record.dn, put));
	return password ? [...names, 'another password'] : names;
};

const alike = (name: string, left: readonly string[], right: readonly string[]): boolean =>
	name.toLowerCase() === 'objectclass'
		? left.every(value => right.some(other => other.toLowerCase() === value.toLowerCase()))
		: sameValues(left, right);

const isPut = async (server: LdapServer, dn: string, put: string | undefined): Promise<boolean> =>
	put !== undefined && (await bindWorks(server, dn, [new Secret(`the password of ${dn}`, put)])).ok;

const must = <T>(
	answer: {readonly ok: true; readonly value: T} | {readonly ok: false; readonly why: string},
	dn: string,
): T => {
	if (!answer.ok)
		throw new Fault('ldap.refused', `the directory refused ${dn}: ${answer.why}`, 'Look at the entry by hand.');
	return answer.value;
};
