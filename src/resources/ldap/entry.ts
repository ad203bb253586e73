/** An entry of a directory and the attributes it must hold. A password is right when a bind with it works; on this host it is also stored salted and strong. */
import {
	bindWorks,
	type LdapRefusal,
	type LdapServer,
	ldapName,
	ldapRecord,
	refuseLdapUnlessAllowed,
} from '#host/ldap/client.ts';
import {ldapFacts, sameDn} from '#host/ldap/config.ts';
import {addEntry, type EntryValues, readEntry, replaceValues, setPassword} from '#host/ldap/entries.ts';
import {splitDn} from '#host/ldap/ldap-dn.ts';
import {hashedForLdap, isStrong, schemeName} from '#host/secrets/ldap-password.ts';
import {Fault} from '#model/fault.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import type {Thing} from '#model/thing.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';
import {differences, valuesIn, type WantedAttributes, wantedOf, withStructure} from './attributes.ts';
import {type EntryJournaled, takeBackEntry} from './entry-undo.ts';

export {dn} from '#host/ldap/ldap-dn.ts';

export type LdapEntrySpec = {
	readonly server: LdapServer;
	readonly dn: string;
	/** A list is all the values there are; `includes` lets others be; objectClass is always `includes`. */
	readonly attributes: WantedAttributes;
	readonly password?: Text;
	/** 'always' (default) puts it back when it was changed; 'created' sets it with a new entry, or where there is none. */
	readonly passwordWhen?: 'always' | 'created';
};
type Password = {readonly is: 'right' | 'weak' | 'wrong' | 'none' | 'not asked'; readonly stored: readonly string[]};
type State =
	| 'no server'
	| {readonly entry: EntryValues | null; readonly password: Password; readonly scheme: 'argon2' | 'crypt'};

/** An entry. It needs its parent, unless that is where the directory begins. */
export const ldapEntry = (spec: LdapEntrySpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		ldapEntryType,
		withEdges(
			{
				id: `ldap-entry:${spec.dn}`,
				provides: [`entry:${spec.dn}`],
				needs: needsOf(spec),
				locks: ['ldap'],
				holdsData: true,
				...(spec.server.kind === 'remote' && {reach: 'remote' as const}),
			},
			edges,
		),
		spec,
	);

export const ldapEntryType: ResourceType<LdapEntrySpec, State> = {
	name: 'ldap-entry',

	async inspect(spec, host) {
		const {server, dn} = spec;
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: `${ldapName(server)} must be asked from the running host`});
		const facts = server.kind === 'local' ? await host.fact(ldapFacts) : undefined;
		if (facts === 'absent') return 'no server';
		const scheme = facts?.modules.includes('argon2') ? 'argon2' : 'crypt';
		const entry = await entryOf(server, dn);
		return {entry, scheme, password: entry === null ? {is: 'none', stored: []} : await passwordOf(spec, entry)};
	},

	diff(spec, state) {
		const {server, dn} = spec;
		if (state === 'absent' || state === 'no server' || state.entry === null) {
			if (state !== 'absent' && state !== 'no server') refuseLdapUnlessAllowed(server, `the entry ${dn}`);
			const wanted = Object.entries(wantedOf(dn, spec.attributes));
			return [
				...wanted.map(([what, {values}]) => ({what, from: null, to: shown(values)})),
				...(spec.password ? [{what: 'userPassword', from: null, to: 'as answered, salted and strong'}] : []),
			];
		}
		const changes: readonly Change[] = [
			...differences(dn, spec.attributes, state.entry).map(({attribute, was, put}) => ({
				what: attribute,
				from: shown(was),
				to: shown(put),
			})),
			...passwordChange(spec, state.password),
		];
		if (changes.length > 0)
			refuseLdapUnlessAllowed(server, `the entry ${dn} (${changes.map(change => change.what).join(', ')})`);
		return changes;
	},

	holds: ({dn}) => [{thing: `entry:${dn}`}],

	undoOf(spec, state) {
		const created = state === 'no server' || state.entry === null;
		const put = created
			? Object.entries(withStructure(spec.dn, plainValues(spec))).map(([attribute, values]) => ({
					attribute,
					was: [],
					put: values,
				}))
			: differences(spec.dn, spec.attributes, state.entry);
		const sets = spec.password !== undefined && (created || passwordChange(spec, state.password).length > 0);
		const old = created ? [] : state.password.stored;
		const record: EntryJournaled = {
			server: ldapRecord(spec.server),
			dn: spec.dn,
			created,
			put,
			password: !sets ? 'none' : old.length > 0 ? 'replaced' : 'new',
		};
		return {
			can: true,
			record,
			keep: [spec.server.password, ...(sets ? [spec.password!, ...old.map(one => [one])] : [])],
		};
	},

	async apply(spec, state, _changes, host) {
		const {server, dn, password} = spec;
		if (state === 'no server') throw new Fault('ldap.missing', 'no slapd is on this host', 'Install slapd first.');
		const ours = server.kind === 'local' && password ? hashedForLdap(password, state.scheme) : undefined;
		const sets = password !== undefined && (state.entry === null || passwordChange(spec, state.password).length > 0);
		await host.act(`${state.entry === null ? 'add' : 'change'} the entry ${dn}`, async () => {
			const written =
				state.entry === null
					? await addEntry(server, dn, withStructure(dn, plainValues(spec)), ours)
					: await rewritten(spec, state.entry, sets ? ours : undefined);
			if (!written.ok) throw refused(dn, server, written);
			if (server.kind === 'remote' && sets) {
				const set = await setPassword(server, dn, password);
				if (!set.ok) throw refused(dn, server, set);
			}
		});
	},

	undo: (raw, host, options) => takeBackEntry(raw as unknown as EntryJournaled, host, options),
};

const needsOf = ({server, dn}: LdapEntrySpec): readonly Thing[] => {
	const {parent} = splitDn(dn);
	const top = server.kind === 'local' ? server.suffix : server.base;
	const first = server.kind === 'local' ? ['unit:slapd.service' as const] : [];
	if (server.kind === 'local' && sameDn(dn, server.suffix)) return [...first, `done:ldap-database:${server.suffix}`];
	return top === undefined || (server.kind === 'remote' && sameDn(parent, top)) ? first : [...first, `entry:${parent}`];
};

/** As the administrator; as root of this host while the administrator's password is still another, for then it can be read at least. */
const entryOf = async (server: LdapServer, dn: string): Promise<EntryValues | null> => {
	const first = await readEntry(server, dn);
	const answer =
		!first.ok && server.kind === 'local' && (first.code === 49 || first.code === 'no-password')
			? await readEntry(server, dn, 'external')
			: first;
	if (answer.ok) return answer.value;
	if (server.kind === 'local' && (answer.code === 'ECONNREFUSED' || answer.code === 'ENOENT'))
		throw new Blocked({because: 'until', thing: 'unit:slapd.service'});
	if (answer.code === 'no-password') throw new Blocked({because: 'remote', need: answer.why});
	if (answer.code === 49)
		throw new Fault(
			'ldap.bind',
			`${server.bindDn} cannot log in to ${ldapName(server)}: ${answer.why}`,
			'Correct the bind DN or its password in the answers.',
		);
	throw new Blocked({because: 'remote', need: `${ldapName(server)}: ${answer.why}`});
};

const passwordOf = async (spec: LdapEntrySpec, entry: EntryValues): Promise<Password> => {
	const stored = valuesIn(entry, 'userPassword');
	if (!spec.password) return {is: 'not asked', stored};
	// Whether there is one is all that counts then; who reads without the administrator's password does not see it.
	if (spec.passwordWhen === 'created' && stored.length > 0)
		return {is: stored.every(isStrong) ? 'right' : 'not asked', stored};
	const answer = await bindWorks(spec.server, spec.dn, spec.password);
	if (!answer.ok) return {is: stored.length === 0 ? 'none' : 'wrong', stored};
	return {is: spec.server.kind === 'remote' || stored.every(isStrong) ? 'right' : 'weak', stored};
};

const passwordChange = (
	{password, passwordWhen = 'always'}: LdapEntrySpec,
	{is, stored}: Password,
): readonly Change[] => {
	if (!password || is === 'right' || is === 'not asked' || (is === 'wrong' && passwordWhen === 'created')) return [];
	const from = is === 'none' ? null : is === 'weak' ? `right, but stored as ${schemeName(stored[0] ?? '')}` : 'another';
	return [{what: 'userPassword', from, to: 'as answered, salted and strong'}];
};

const rewritten = async (
	spec: LdapEntrySpec,
	entry: EntryValues,
	password: Text | undefined,
): Promise<Awaited<ReturnType<typeof addEntry>>> => {
	const changes = differences(spec.dn, spec.attributes, entry).map(({attribute, put}) => ({attribute, values: put}));
	return changes.length === 0 && password === undefined
		? {ok: true, value: undefined}
		: replaceValues(spec.server, spec.dn, changes, password);
};

const plainValues = ({dn, attributes}: LdapEntrySpec): EntryValues =>
	Object.fromEntries(
		Object.entries(wantedOf(dn, attributes))
			.filter(([, {values}]) => values.length > 0)
			.map(([name, {values}]) => [name, values]),
	);

const shown = (values: readonly string[]): string | null => (values.length === 0 ? null : values.join(', '));

const refused = (dn: string, server: LdapServer, {why, code}: LdapRefusal): Fault =>
	new Fault(
		'ldap.refused',
		`${ldapName(server)} refused ${dn}: ${why}`,
		code === 49
			? `The password of ${server.bindDn} is not the one in the answers.`
			: code === 32
				? 'The entry above it is missing.'
				: 'See its schema: which attributes the object classes allow and demand.',
	);
