/** Taking a cn=config edit back: each attribute gets its old values where it still has ours, and is left alone where somebody changed it since. */
import {bindWorks} from '#host/ldap/client.ts';
import {type LdifChange, type LdifEntry, modifyRecord} from '#host/ldap/ldif.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Undone} from '#model/resource.ts';
import {Secret} from '#model/secret.ts';
import type {ConfigEntry} from './config-entry.ts';
import {modifyConfig} from './modify.ts';
import {type ConfigValue, wantedValues} from './values.ts';

/** `kept` of the journal: the password that was put, then the stored form of the one before. */
export type ConfigJournaled = {
	readonly entry: ConfigEntry;
	readonly attributes: readonly {
		readonly value: ConfigValue;
		readonly was: readonly string[];
		readonly put: readonly string[];
	}[];
	readonly password: 'none' | 'new' | 'replaced';
};

export const takeBackConfig = async (
	record: ConfigJournaled,
	entry: LdifEntry,
	host: Host,
	[ours = '', old]: readonly string[],
): Promise<Undone> => {
	// No slapd gives one up while it runs, and asking to be told so changes nothing.
	if (record.attributes.some(({value}) => value.attribute === 'olcModuleLoad'))
		return {outcome: 'kept', why: 'slapd does not give up olcModuleLoad while it runs'};
	const now = (attribute: string): readonly string[] => entry.attributes.get(attribute.toLowerCase()) ?? [];
	const there = record.attributes.filter(
		({value, was}) =>
			wantedValues({attribute: value.attribute, values: was, how: exactHow(value)}, now(value.attribute)) !== undefined,
	);
	const foreign = there.filter(
		({value, put}) =>
			wantedValues({attribute: value.attribute, values: put, how: exactHow(value)}, now(value.attribute)) !== undefined,
	);
	const back: LdifChange[] = there
		.filter(one => !foreign.includes(one))
		.map(({value, was, put}) => backTo(value, was, put));
	const password = await passwordBack(record, entry, ours, old);
	if (typeof password === 'object') back.push(password);
	if (back.length > 0) {
		const stuck = await modifyConfig(host, modifyRecord(entry.dn, back)).then(
			() => undefined,
			(error: unknown) => error,
		);
		// Modules and TLS settings can be given to a running slapd and not be taken away.
		if (stuck instanceof Fault && /unwilling to perform|cannot delete/.test(stuck.sentence))
			return {
				outcome: 'kept',
				why: `slapd does not give up ${back.map(one => one.attribute).join(', ')} while it runs`,
			};
		if (stuck !== undefined) throw stuck;
	}
	if (foreign.length > 0)
		return {
			outcome: 'conflict',
			why: `${entry.dn}: somebody changed ${foreign.map(one => one.value.attribute).join(', ')} since`,
		};
	if (password === 'foreign')
		return {outcome: 'kept', why: `the password of ${now('olcRootDN')[0] ?? entry.dn} was changed since, and stays`};
	return {outcome: back.length > 0 ? 'undone' : 'already'};
};

const exactHow = ({how}: ConfigValue): 'ordered' | 'exactly' => (how === 'ordered' ? 'ordered' : 'exactly');

const backTo = (value: ConfigValue, was: readonly string[], put: readonly string[]): LdifChange =>
	value.how === 'includes' && was.every(one => put.includes(one))
		? {op: 'delete', attribute: value.attribute, values: put.filter(one => !was.includes(one))}
		: {op: 'replace', attribute: value.attribute, values: was};

const passwordBack = async (
	record: ConfigJournaled,
	entry: LdifEntry,
	ours: string,
	old: string | undefined,
): Promise<LdifChange | 'foreign' | undefined> => {
	const stored = entry.attributes.get('olcrootpw')?.[0];
	if (record.password === 'none' || stored === old || record.entry.is !== 'database') return undefined;
	const dn = entry.attributes.get('olcrootdn')?.[0] ?? '';
	const password = [new Secret(`the password of ${dn}`, ours)];
	const answer = await bindWorks({kind: 'local', suffix: record.entry.suffix, bindDn: dn, password}, dn, password);
	if (!answer.ok) return 'foreign';
	return {
		op: 'replace',
		attribute: 'olcRootPW',
		values: old === undefined ? [] : [[new Secret(`the old password of ${dn}`, old)]],
	};
};
