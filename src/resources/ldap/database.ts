/** A database of slapd for a suffix. Debian makes the first one from debconf; where that was for another suffix, or is not told by a domain, one is added beside it. */

import {sha256} from '#host/files/stash.ts';
import {withLdap} from '#host/ldap/client.ts';
import {ldapFacts, normalDn} from '#host/ldap/config.ts';
import {addRecord, deleteRecord} from '#host/ldap/ldif.ts';
import {Fault, faultData} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {clear} from '../shared/clear.ts';
import {directoryAccess} from './access.ts';
import {slapdEdges} from './edges.ts';
import {modifyConfig} from './modify.ts';
import {numbered} from './values.ts';

export type LdapDatabaseSpec = {readonly suffix: string; readonly rootDn: string};
type State = 'absent' | 'present' | 'no slapd';
type Journaled = {readonly suffix: string; readonly directory: string};

/** A database with this suffix. Its other attributes are `ldapConfig`'s. */
export const ldapDatabase = (spec: LdapDatabaseSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		ldapDatabaseType,
		slapdEdges(
			{id: `ldap-database:${spec.suffix}`, provides: [`done:ldap-database:${spec.suffix}`], holdsData: true},
			edges,
		),
		spec,
	);

export const ldapDatabaseType: ResourceType<LdapDatabaseSpec, State> = {
	name: 'ldap-database',

	async inspect({suffix}, host) {
		const facts = await host.fact(ldapFacts);
		if (facts === 'absent') return 'no slapd';
		const taken = [...facts.databases.keys()].find(
			other => other !== normalDn(suffix) && (normalDn(suffix).endsWith(`,${other}`) || other === ''),
		);
		if (taken !== undefined && !facts.databases.has(normalDn(suffix)))
			throw new Fault(
				'ldap.suffix-taken',
				`${suffix} lies inside the suffix ${taken} that slapd has already`,
				'Answer that base DN, or one outside of it.',
			);
		return facts.databases.has(normalDn(suffix)) ? 'present' : 'absent';
	},

	diff: ({suffix}, state) => (state === 'present' ? [] : [{what: `database for ${suffix}`, from: null, to: 'mdb'}]),

	holds: ({suffix}) => [{thing: `ldap-database:${suffix}`}],

	keeps: ({suffix}) => [{kind: 'ldap', suffix}],

	undoOf: ({suffix}) => ({can: true, record: {suffix, directory: directoryOf(suffix)} satisfies Journaled}),

	async apply({suffix, rootDn}, state, _changes, host) {
		if (state === 'no slapd')
			throw new Fault('ldap.missing', 'no slapd with a cn=config is on this host', 'Install slapd first.');
		const directory = directoryOf(suffix);
		if ((await host.stat(directory)) === undefined)
			await host.mkdir(directory, {mode: 0o700, owner: 'openldap:openldap'});
		await modifyConfig(
			host,
			addRecord('olcDatabase=mdb,cn=config', {
				objectClass: ['olcDatabaseConfig', 'olcMdbConfig'],
				olcDatabase: ['mdb'],
				olcDbDirectory: [directory],
				olcSuffix: [suffix],
				olcRootDN: [rootDn],
				olcDbMaxSize: [String(1024 ** 3)],
				olcDbCheckpoint: ['512 30'],
				olcLastMod: ['TRUE'],
				olcDbIndex: ['objectClass eq', 'cn,uid eq', 'uidNumber,gidNumber eq', 'member,memberUid eq'],
				olcAccess: numbered({attribute: 'olcAccess', values: [], how: 'ordered'}, directoryAccess({anonymous: 'none'})),
			}),
		);
	},

	async undo(raw, host, {gone}) {
		if (gone?.has('package:slapd')) return {outcome: 'already'};
		const {suffix, directory} = raw as unknown as Journaled;
		const facts = await host.fact(ldapFacts);
		const entry = facts === 'absent' ? undefined : facts.databases.get(normalDn(suffix));
		if (entry === undefined) {
			return {outcome: facts !== 'absent' && (await clear(host, directory)) ? 'undone' : 'already'};
		}
		if (entry.attributes.get('olcdbdirectory')?.[0] !== directory)
			return {outcome: 'conflict', why: `the database for ${suffix} lies elsewhere by now`};
		const local = {kind: 'local', suffix, bindDn: '', password: []} as const;
		const base = await withLdap(
			local,
			client => client.search(suffix, {scope: 'base', attributes: ['1.1']}),
			'external',
		);
		if (base.ok && base.value.searchEntries.length > 0)
			return {outcome: 'kept', why: `the directory ${suffix} has entries`};
		if (!base.ok && base.code !== 32)
			return {outcome: 'kept', why: `the directory ${suffix} could not be looked into: ${base.why}`};
		try {
			await modifyConfig(host, deleteRecord(entry.dn));
		} catch (error) {
			if (faultData(error).code !== 'ldap.refused') throw error;
			return {
				outcome: 'kept',
				why: `this slapd does not give up a database while it runs: ${suffix} stays, without entries`,
			};
		}
		await clear(host, directory);
		return {outcome: 'undone'};
	},
};

/** Below /var/lib/ldap, where Ubuntu's AppArmor profile lets slapd write. */
const directoryOf = (suffix: string): string =>
	`/var/lib/ldap/${normalDn(suffix)
		.replaceAll(/[^a-z0-9]+/g, '-')
		.slice(0, 40)}-${sha256(normalDn(suffix)).slice(0, 6)}`;
