/** Without its base and organizational units a directory answers, and finds nobody. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {normalDn} from '#host/ldap/config.ts';
import {see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {askDirectory} from '../shared/ldap-place.ts';

const remedy = {
	sentence:
		'Put back what was deleted, from a backup (slapadd, ldapadd); setup apply with the answers of the stack makes base and units anew, without their entries.',
};

const kinds = defineKinds({
	noBase: {
		state: 'fail',
		example: {base: 'dc=example,dc=org'},
		says: ({base}) => `there is no ${base} in the directory`,
		remedy,
	},
	noUnits: {
		state: 'fail',
		example: {missing: ['ou=users,dc=example,dc=org'] as readonly string[]},
		says: ({missing}) => `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
		remedy,
	},
	limited: {
		state: 'warn',
		example: {limit: 1},
		says: ({limit}) =>
			`the server ends a search after ${limit === 1 ? 'one entry' : `${limit} entries`}: whoever lists users or groups sees some of them`,
		remedy: {
			sentence:
				'Raise or take out olcSizeLimit and olcLimits of its database and of olcDatabase={-1}frontend (ldapmodify -Y EXTERNAL -H ldapi:///); 500 is what slapd has by itself.',
		},
	},
});

export const check = defineCheck({
	id: 'ldap.base',
	title: 'Base and organizational units are in the directory',
	why: 'The application and nslcd look below one base, for users and groups in units of their own. An empty or renamed one makes every login fail without a word about why.',
	reads: [
		'a search below the base: organizational units',
		'the answers of what setup installed, else the base of /etc/nslcd.conf',
	],
	severity: 'fail',
	layers: ['runtime'],
	requires: ['ldap.server'],
	source: 'ipynbsrv guide, "User Management" (ou=users, ou=groups)',
	verify: 'ldapsearch -x -b BASE -s one dn',
	deadline: 7000,
	facts: {packages},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('slapd')) ||
		isInstalled(facts.packages.all.get('nslcd')) ||
		'neither slapd nor nslcd is installed',
	inspect: async ({host, expect}) => {
		const all = expect as readonly Wanted[];
		return findings(
			await Promise.all((all.length > 0 ? all : [undefined]).map(wanted => findingOf(wanted, all.length > 1, host))),
		);
	},
});

type Wanted = {readonly base: string; readonly units: readonly string[]};

/** `named`: there are several. */
const findingOf = async (wanted: Wanted | undefined, named: boolean, host: Reader): Promise<FoundOf<typeof kinds>> => {
	const units = wanted?.units ?? [];
	let missing: readonly string[] = [];
	let none = false;
	let base = '';
	let limit: number | undefined;
	const runtime = await see(async () => {
		const asked = await askDirectory(host, wanted);
		base = asked.base;
		const found = asked.answer.answers ? asked.answer : undefined;
		none = found?.base === false;
		limit = found?.limit;
		missing =
			found === undefined || none ? [] : units.filter(dn => !found.units.some(one => normalDn(one) === normalDn(dn)));
		return {value: {base: found?.base ?? false, units: found?.units ?? []}, where: `ldapsearch -b ${base}`};
	});
	const sight = {...(named && {item: base}), expected: {base: true, units}, layers: {runtime}};
	if (none) return {...sight, is: 'noBase', data: {base}};
	// What it leaves out is not missing.
	if (limit !== undefined) return {...sight, is: 'limited', data: {limit}};
	return missing.length > 0 ? {...sight, is: 'noUnits', data: {missing}} : {...sight, is: 'ok'};
};
