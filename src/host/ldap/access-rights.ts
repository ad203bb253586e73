/**
 * What slapd's own rules give somebody on an entry, by slapacl, which judges them from the configuration on disk alone. Each answer is a start of
 * it (8 ms, and a host has a dozen to give), so that answers are kept as long as the configuration has the same bytes and slapd the same version.
 */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {packages} from '../apt/packages.ts';
import {keepCache, keptCache} from '../files/cache.ts';
import {type Digest, digestOf, filesIn, quickDigest} from '../files/digest.ts';
import {refuseStilled} from '../units/stilled.ts';

/** On one entry, which need not be there: `attribute/access`, as slapacl(8) writes it. `as`: a DN, or '' for nobody. */
export type Asked = {readonly entry: string; readonly as: string; readonly rights: readonly string[]};

/** Which of these slapd would give. Root only; throws Blocked where slapacl does not tell. */
export const rightsGiven = async (host: Reader, asked: Asked): Promise<readonly string[]> => {
	if (host.root === '/' && process.geteuid?.() !== 0)
		throw new Blocked({because: 'needs-root', need: 'only root may read the rules of slapd'});
	const known = await host.fact(knownRights);
	const question = JSON.stringify([asked.entry, asked.as, asked.rights]);
	const before = known.answers.get(question);
	if (before !== undefined) return before;
	const given = await judged(host, asked);
	known.answers.set(question, given);
	known.isNew = true;
	return given;
};

/** Keeps what was asked anew, for the next look; nothing where the configuration has moved since. */
export const keepRights = async (host: Reader): Promise<void> => {
	const known = await host.fact(knownRights);
	if (!known.isNew) return;
	const files = await filesIn(host, directory, ['']);
	if ((await quickDigest(host, directory, files)) !== known.digest.quick) return;
	const {digest, version, answers} = known;
	await keepCache(host, cacheName, {digest, version, answers: [...answers].map(([key, given]) => [key, [...given]])});
};

const directory = '/etc/ldap/slapd.d';
const cacheName = 'slapd-access';

type Known = {
	readonly digest: Digest;
	readonly version: string;
	readonly answers: Map<string, readonly string[]>;
	isNew: boolean;
};

const knownRights: Fact<Known> = {
	id: 'ldap-access-rights',
	async read(host) {
		const kept = await keptCache<{
			readonly digest: Digest;
			readonly version: string;
			readonly answers: readonly (readonly [string, readonly string[]])[];
		}>(host, cacheName);
		const digest = await digestOf(host, directory, [''], kept?.digest);
		const version = (await host.fact(packages)).all.get('slapd')?.version ?? '';
		const holds = kept !== undefined && kept.digest.content === digest.content && kept.version === version;
		return {
			digest,
			version,
			answers: new Map(holds ? kept.answers : []),
			isNew: !holds || kept.digest.quick !== digest.quick,
		};
	},
};

/** By slapacl, without looking for the entry. */
const judged = async (host: Reader, {entry, as, rights}: Asked): Promise<readonly string[]> => {
	await refuseStilled(host, 'slapd.service');
	const argv = ['slapacl', '-F', directory, '-u', ...(as === '' ? [] : ['-D', as]), '-b', entry, ...rights];
	const {stdout, stderr} = await host.probe(argv, {timeout: 5000, as: 'openldap'});
	const said = `${stdout}\n${stderr}`;
	return rights.filter(one => {
		const [attribute, access] = one.split('/');
		const [, answer] = new RegExp(`${access} access to ${attribute}: (ALLOWED|DENIED)`).exec(said) ?? [];
		// Without the schema of accounts nobody becomes root by a number; slapacl stops at a word that it does not know, so it stands last.
		if (answer === undefined && attribute !== 'uidNumber' && attribute !== 'memberUid')
			throw new Blocked({because: 'unreadable', need: `slapacl gave no answer about ${attribute} that is one`});
		return answer === 'ALLOWED';
	});
};
