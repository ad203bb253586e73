/** apt runs as root what it fetches: a source that need not be signed is a way to root for whoever stands between. */
import {aptBoolean, aptNamesInFiles, aptRefuses, aptSetting, aptSettingInFiles} from '#host/apt/apt-conf.ts';
import {packageSources} from '#host/apt/package-sources.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

const kinds = defineKinds({
	unreadable: {
		state: 'fail',
		example: {words: 'Syntax error /etc/apt/apt.conf.d/99proxy:2: Extra junk at end of file'},
		says: ({words}) => `apt does not run, for it cannot read its configuration: ${words}`,
		remedy: {
			sentence:
				'Correct that line (apt.conf(5): Name "value"; with a semicolon), or move the file out of /etc/apt/apt.conf.d, until apt-config dump shows all.',
		},
	},
	none: {
		state: 'warn',
		says: 'there is no package source: nothing can be installed, and no update comes',
		remedy: {
			sentence:
				'Name the archive of this release in /etc/apt/sources.list, and its security suite (Debian: deb http://deb.debian.org/debian SUITE main, and deb http://security.debian.org/debian-security SUITE-security main), then apt-get update. Where the host is made anew in place of updates, waive it.',
		},
	},
	unsigned: {
		state: 'fail',
		example: {uri: 'http://deb.example.org/debian', option: 'trusted=yes', where: '/etc/apt/sources.list.d/x.list:1'},
		says: ({uri, option}) =>
			`${uri} is taken without a signature (${option}): whoever stands between gives this host code for root`,
		remedy: ({where, option}) => ({
			sentence: `Put the key of that archive into /etc/apt/keyrings, name it at ${where} by signed-by (Signed-By) in place of ${option}, and run apt-get update.`,
		}),
	},
	lax: {
		state: 'fail',
		example: {name: 'APT::Get::AllowUnauthenticated', value: 'true', where: '/etc/apt/apt.conf.d/99x:1'},
		says: ({name, value}) => `${name} is ${value}: ${(lax.get(name) ?? lax.get(verified[0]!))?.means}`,
		remedy: ({name, where}) => ({sentence: `Take ${name} out of ${where}; apt-get update then names what it was for.`}),
	},
});

type Lax = {
	/** The value that is safe. */
	readonly safe: boolean;
	/** What the other one lets by. */
	readonly means: string;
};

const anyoneBetween = 'whoever stands between may be the archive';

const lax: ReadonlyMap<string, Lax> = new Map([
	['APT::Get::AllowUnauthenticated', {safe: false, means: 'packages without a signature are installed'}],
	['Acquire::AllowInsecureRepositories', {safe: false, means: 'archives without a signature are taken'}],
	[
		'Acquire::AllowDowngradeToInsecureRepositories',
		{safe: false, means: 'an archive that is signed no more is taken all the same'},
	],
	['Acquire::AllowWeakRepositories', {safe: false, means: 'archives with a weak signature are taken'}],
	[
		'Acquire::Check-Valid-Until',
		{safe: true, means: 'old lists are taken for new ones, and the security updates since are never heard of'},
	],
	[
		'Acquire::Check-Date',
		{safe: true, means: 'lists of any age are taken, and the security updates since are never heard of'},
	],
	['Acquire::https::Verify-Peer', {safe: true, means: anyoneBetween}],
	['Acquire::https::Verify-Host', {safe: true, means: anyoneBetween}],
]);

const verified = ['Acquire::https::Verify-Peer', 'Acquire::https::Verify-Host'];

export const check = defineCheck({
	id: 'host.package-sources',
	title: 'apt has sources, and takes packages only with a signature',
	why: 'A package runs its scripts as root. Its signature is all that tells it from one that somebody on the way put in its place; a line that waives it is written once, in a hurry, and stays.',
	reads: [
		'/etc/apt/sources.list, sources.list.d: trusted, allow-insecure, allow-weak, allow-downgrade-to-insecure, check-valid-until, check-date',
		'apt-config dump: can apt read its configuration; and of the settings that its files name: AllowUnauthenticated, AllowInsecureRepositories, Check-Valid-Until, Verify-Peer',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'sources.list(5), apt.conf(5), apt-secure(8)',
	verify: 'grep -rniE "trusted|insecure|allow-" /etc/apt/sources.list* gives nothing; apt-get update warns of nothing.',
	facts: {packageSources},
	kinds,
	async inspect({host, facts}) {
		const words = await aptRefuses(host);
		if (words !== undefined) {
			const where = /\/etc\/apt\/\S+?:\d+(?=: )/.exec(words)?.[0] ?? '/etc/apt/apt.conf.d';
			const layers = {file: {value: words, where}};
			return [{item: 'apt.conf', is: 'unreadable', data: {words}, expected: 'what apt can read', layers}];
		}
		if (facts.packageSources.length === 0 && (await looksThere(host))) {
			const layers = {file: {value: [], where: '/etc/apt/sources.list.d'}};
			return [{item: 'sources', is: 'none', expected: 'the archive of this release', layers}];
		}
		const sources = facts.packageSources.flatMap(({uris, options, where}): readonly FoundOf<typeof kinds>[] => {
			// What lies on this host nobody stands before.
			const uri = uris.find(one => !/^(file|copy|cdrom):/.test(one));
			const option = [...options].find(([name, value]) => waives(name, value));
			if (uri === undefined || option === undefined) return [];
			const data = {uri: withoutLogin(uri), option: option.join('='), where};
			return [{item: data.uri, is: 'unsigned', data, expected: 'signed', layers: {file: {value: data.option, where}}}];
		});
		// One for each server beats the one for all.
		const ofServers = (await aptNamesInFiles(host)).flatMap(name => {
			const [, server, word] = /^acquire::https::(.+)::(verify-peer|verify-host)$/.exec(name) ?? [];
			const all = word === undefined ? undefined : verified.find(one => one.toLowerCase().endsWith(`::${word}`));
			return all === undefined ? [] : [[all.replace('https::', `https::${server}::`), true] as const];
		});
		const settings = await Promise.all(
			[...[...lax].map(([name, {safe}]) => [name, safe] as const), ...ofServers].map(([name, safe]) =>
				setting(host, name, safe),
			),
		);
		return findings([...sources, ...settings.flat()], {
			is: 'ok',
			says: `${facts.packageSources.length} sources`,
			expected: 'signed',
			layers: {file: {value: [], where: '/etc/apt/sources.list.d'}},
		});
	},
});

const waives = (name: string, value: string): boolean => {
	const on = aptBoolean(value);
	// Without the date nothing is too old either.
	if (name === 'check-valid-until' || name === 'check-date') return on === false;
	return on === true && ['trusted', 'allow-insecure', 'allow-weak', 'allow-downgrade-to-insecure'].includes(name);
};

const withoutLogin = (uri: string): string => uri.replace(/\/\/[^/@]*@/, '//');

/** apt is asked only where a file names it: its answer costs a program. */
const setting = async (host: Reader, name: string, safe: boolean): Promise<readonly FoundOf<typeof kinds>[]> => {
	if ((await aptSettingInFiles(host, name)) === undefined) return [];
	const now = await aptSetting(host, name);
	if (now === undefined || now.value === '' || aptBoolean(now.value) === safe) return [];
	return [
		{
			item: name,
			is: 'lax',
			data: {name, value: now.value, where: now.where},
			expected: 'its default',
			layers: {file: {value: now.value, where: now.where}},
		},
	];
};

/** Is this where apt looks for them? Not on a host without apt, nor where it is told of another place. */
const looksThere = async (host: Reader): Promise<boolean> => {
	if ((await host.stat('/usr/bin/apt-get')) === undefined) return false;
	const elsewhere = ['Dir::Etc::sourcelist', 'Dir::Etc::sourceparts', 'Dir::Etc', 'Dir'];
	const told = await Promise.all(elsewhere.map(name => aptSettingInFiles(host, name)));
	return told.every(one => one === undefined);
};
