/**
 * Asks apt what one transaction would do, without touching the host: as nobody, who can write neither its caches nor its
 * locks. `--print-uris` also says what is fetched; `-s` does not, and `--assume-no` installs where it sees nothing to ask.
 */
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {listsAge} from './lists.ts';
import {packages} from './packages.ts';
import {aptFault, parseTransaction, type Transaction, unknownNames} from './what-apt-says.ts';

export type Simulated =
	| {readonly known: true; readonly transaction: Transaction; readonly unknown: readonly string[]}
	/** Why it cannot be told now: no lists, a broken database. */
	| {readonly known: false; readonly why: string};

export type Asked = {readonly targets: readonly string[]; readonly recommends: boolean};

/** What installing these targets (`name` or `name=version`) would do. Names that apt does not know are left out and listed. Throws the apt faults. */
export const simulate = async ({targets, recommends}: Asked, host: Reader, mended: boolean): Promise<Simulated> => {
	if (host.root !== '/') return {known: false, why: 'what comes along can only be asked on the running host'};
	const age = await listsAge(host);
	if (age === undefined) return {known: false, why: 'the package lists are empty and are fetched first'};
	const ask = async (names: readonly string[]) =>
		host.probe(
			[
				'apt-get',
				'install',
				'-V',
				'--print-uris',
				'-q',
				recommends ? '--install-recommends' : '--no-install-recommends',
				'-o',
				'Debug::NoLocking=1',
				'-o',
				'APT::Sandbox::User=',
				'--',
				...names,
			],
			{timeout: 120_000, env: {DEBIAN_FRONTEND: 'noninteractive'}, ...(process.getuid?.() === 0 && {as: 'nobody'})},
		);

	const first = await ask(targets);
	const unknown = unknownNames(`${first.stdout}\n${first.stderr}`);
	const rest = targets.filter(target => !unknown.includes(target.split('=')[0] ?? ''));
	const ran = unknown.length === 0 ? first : rest.length === 0 ? {code: 0, stdout: '', stderr: ''} : await ask(rest);
	const text = `${ran.stdout}\n${ran.stderr}`;
	if (ran.code !== 0 && rest.length > 0) {
		if (!mended) return {known: false, why: 'the package database is mended first'};
		const held = [...(await host.fact(packages)).all.values()]
			.filter(one => one.want === 'hold' && new RegExp(`\\b${one.name.replace(/[.+]/g, '\\$&')}\\b`).test(text))
			.map(one => one.name);
		if (held.length > 0)
			throw new Fault(
				'apt.held',
				`installing ${rest.join(' ')} would have to change ${held.join(', ')}, which is on hold`,
				'Release it with apt-mark unhold, or answer otherwise.',
			);
		throw aptFault(text.split('\n'), `installing ${rest.join(' ')}`);
	}
	return {known: true, transaction: parseTransaction(text), unknown};
};
