/**
 * Attributes of one entry of slapd's cn=config, sent as one modify: all or none. Debian's debconf answers count at the first
 * installation only; afterwards this is the way. The administrator's password is right when a bind with it works.
 */
import {bindWorks} from '#host/ldap/client.ts';
import {type LdapFacts, ldapFacts, normalDn} from '#host/ldap/config.ts';
import {type LdifChange, type LdifEntry, modifyRecord} from '#host/ldap/ldif.ts';
import {hashedForLdap, isStrong, schemeName} from '#host/secrets/ldap-password.ts';
import {Fault} from '#model/fault.ts';
import type {Hold} from '#model/hold.ts';
import {type Change, type Edges, type Late, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import {asWanted} from '../shared/as-wanted.ts';
import type {ConfigEntry} from './config-entry.ts';
import {type ConfigJournaled, takeBackConfig} from './config-undo.ts';
import {slapdEdges} from './edges.ts';
import {modifyConfig} from './modify.ts';
import {checkTls} from './tls.ts';
import {type ConfigValue, numbered, wantedValues} from './values.ts';

export type LdapConfigSpec = {
	readonly entry: ConfigEntry;
	readonly set: readonly ConfigValue[];
	/** Password of the entry's olcRootDN; for a database only. */
	readonly rootPassword?: Text;
};
type Password = 'right' | 'weak' | 'wrong' | 'not asked';
type State =
	| 'absent'
	| {
			readonly dn: string;
			readonly values: Readonly<Record<string, readonly string[]>>;
			readonly password: Password;
			readonly stored: string | undefined;
			readonly scheme: 'argon2' | 'crypt';
	  };

/** Attributes of a cn=config entry. A late spec needs its `edges.id`, and shows `preview` until it is known. */
export const ldapConfig = (
	spec: LdapConfigSpec | Late<LdapConfigSpec>,
	edges: Partial<Edges> = {},
	preview?: LdapConfigSpec,
): Resource =>
	resource(
		ldapConfigType,
		slapdEdges({id: typeof spec === 'function' ? (edges.id ?? 'ldap-config') : idOf(spec)}, edges),
		spec,
		preview,
	);

const idOf = ({entry, set, rootPassword}: LdapConfigSpec): string =>
	`ldap-config:${entry.is === 'database' ? entry.suffix : entry.is}:${[...set.map(one => one.attribute), ...(rootPassword ? ['olcRootPW'] : [])].join('+')}`;

export const ldapConfigType: ResourceType<LdapConfigSpec, State> = {
	name: 'ldap-config',

	async inspect(spec, host) {
		const facts = await host.fact(ldapFacts);
		const entry = facts === 'absent' ? undefined : entryOf(facts, spec.entry);
		if (facts === 'absent' || entry === undefined) return 'absent';
		const stored = entry.attributes.get('olcrootpw')?.[0];
		return {
			dn: entry.dn,
			values: Object.fromEntries(
				spec.set.map(one => [one.attribute, entry.attributes.get(one.attribute.toLowerCase()) ?? []]),
			),
			password: spec.rootPassword ? await passwordOf(spec, entry, spec.rootPassword) : 'not asked',
			stored,
			scheme: facts.modules.includes('argon2') ? 'argon2' : 'crypt',
		};
	},

	diff(spec, state) {
		const known = state === 'absent' ? undefined : state;
		const changes: Change[] = spec.set.flatMap(one => {
			const now = known?.values[one.attribute] ?? [];
			const wanted = wantedValues(one, now);
			return wanted === undefined
				? []
				: [{what: one.attribute, from: now.length === 0 ? null : now, to: wanted.length === 0 ? null : wanted}];
		});
		const password = passwordChange(spec, known);
		return password ? [...changes, password] : changes;
	},

	holds: spec => heldAttributes(spec),

	undoOf(spec, state) {
		const known = state === 'absent' ? undefined : state;
		const attributes = spec.set.flatMap(value => {
			const was = known?.values[value.attribute] ?? [];
			const put = wantedValues(value, was);
			return put === undefined ? [] : [{value, was, put}];
		});
		const sets = passwordChange(spec, known) !== undefined;
		const record: ConfigJournaled = {
			entry: spec.entry,
			attributes,
			password: !sets ? 'none' : known?.stored === undefined ? 'new' : 'replaced',
		};
		return {
			can: true,
			record,
			keep: sets ? [spec.rootPassword!, ...(known?.stored === undefined ? [] : [[known.stored]])] : [],
		};
	},

	async apply(spec, state, _changes, host) {
		if (state === 'absent')
			throw new Fault(
				'ldap.no-entry',
				`slapd has no ${spec.entry.is === 'database' ? `database for ${spec.entry.suffix}` : `${spec.entry.is} entry`}`,
				'The resource that makes the database must come first; this is a defect of the stack if it does not.',
			);
		const changes: LdifChange[] = spec.set.flatMap(one => {
			const wanted = wantedValues(one, state.values[one.attribute] ?? []);
			return wanted === undefined ? [] : [changeTo(one, wanted, state.values[one.attribute] ?? [])];
		});
		if (passwordChange(spec, state))
			changes.push({op: 'replace', attribute: 'olcRootPW', values: [hashedForLdap(spec.rootPassword!, state.scheme)]});
		await checkTls(spec.set, host);
		await modifyConfig(host, modifyRecord(state.dn, changes));
	},

	async undo(raw, host, {kept, gone}) {
		if (gone?.has('package:slapd')) return {outcome: 'already'};
		const record = raw as unknown as ConfigJournaled;
		const facts = await host.fact(ldapFacts);
		const entry = facts === 'absent' ? undefined : entryOf(facts, record.entry);
		if (entry === undefined) return {outcome: 'already'};
		return takeBackConfig(
			record,
			entry,
			host,
			kept.map(bytes => Buffer.from(bytes).toString('utf8')),
		);
	},
};

/** Also from the record of an undo, which names its attributes otherwise. */
const heldAttributes = (of: LdapConfigSpec | ConfigJournaled): readonly Hold[] => {
	const entry = of.entry.is === 'database' ? of.entry.suffix : of.entry.is;
	const set = 'set' in of ? of.set : of.attributes.map(one => one.value);
	const password = 'set' in of ? of.rootPassword !== undefined : of.password !== 'none';
	return [
		...set.map(one => ({thing: `ldap-config:${entry} ${one.attribute}`, ...asWanted(one.how, [...one.values])})),
		...(password ? [{thing: `ldap-config:${entry} olcRootPW`}] : []),
	];
};

const entryOf = (facts: LdapFacts, entry: ConfigEntry): LdifEntry | undefined => {
	switch (entry.is) {
		case 'global':
			return facts.entries.find(one => normalDn(one.dn) === 'cn=config');
		case 'frontend':
			return facts.entries.find(one => /^olcDatabase=\{-1\}frontend,/i.test(one.dn));
		case 'modules':
			return (
				facts.entries.find(one => one.attributes.has('olcmoduleload')) ??
				facts.entries.find(one => /^cn=module\{\d+\},/i.test(one.dn))
			);
		case 'database':
			return facts.databases.get(normalDn(entry.suffix));
	}
};

const passwordOf = async ({entry, set}: LdapConfigSpec, {attributes}: LdifEntry, password: Text): Promise<Password> => {
	const stored = attributes.get('olcrootpw')?.[0];
	const dn =
		attributes.get('olcrootdn')?.[0] ?? set.find(one => one.attribute.toLowerCase() === 'olcrootdn')?.values[0];
	if (entry.is !== 'database' || stored === undefined || dn === undefined) return 'wrong';
	const answer = await bindWorks({kind: 'local', suffix: entry.suffix, bindDn: dn, password}, dn, password);
	if (!answer.ok) return 'wrong';
	return isStrong(stored) ? 'right' : 'weak';
};

const passwordChange = (spec: LdapConfigSpec, state: Exclude<State, 'absent'> | undefined): Change | undefined => {
	if (!spec.rootPassword || state?.password === 'right') return undefined;
	const from =
		state?.stored === undefined
			? null
			: state.password === 'weak'
				? `right, but stored as ${schemeName(state.stored)}`
				: 'another';
	return {what: 'olcRootPW', from, to: 'as answered, salted and strong'};
};

/** Modules can only be added: slapd refuses a replace that would unload one. */
const changeTo = (one: ConfigValue, wanted: readonly string[], now: readonly string[]): LdifChange =>
	one.how === 'includes' && now.every(value => wanted.includes(value))
		? {op: 'add', attribute: one.attribute, values: wanted.filter(value => !now.includes(value))}
		: {op: 'replace', attribute: one.attribute, values: numbered(one, wanted)};
