/** Where accounts have their names from a directory that is silent, every program that looks one up waits for it: psql, postconf, whatever changes its user. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {textOf} from '../files/text-of.ts';
import {isDown, loopbackFlags} from '../network/loopback.ts';
import {ifTold} from '../see.ts';
import {stilledServices, stilledWords} from './stilled.ts';

/** Throws Blocked 'timeout', so that nobody starts a program that would wait. */
export const refuseSilentNames = async (host: Reader): Promise<void> => {
	const need = await ifTold(() => host.fact(silentNames));
	if (need !== undefined) throw new Blocked({because: 'timeout', need});
};

/** Why nobody is told who an account is; undefined where names are told, or come from files alone. Asked once for all who would wait. */
const silentNames: Fact<string | undefined> = {
	id: 'silent-names',
	async read(host) {
		if (host.root !== '/') return undefined;
		const sources = sourcesIn((await ifTold(() => textOf(host, '/etc/nsswitch.conf'))) ?? '');
		if (sources.length === 0) return undefined;
		return (await knownSilent(host, sources)) ?? (await askedInVain(host, sources));
	},
};

/** Those of accounts and groups that ask somebody outside of this process for each name. */
export const sourcesIn = (nsswitch: string): readonly string[] =>
	['ldap', 'sss', 'winbind'].filter(source =>
		new RegExp(`^[ \\t]*(passwd|group|initgroups):[^#\\n]*\\b${source}\\b`, 'm').test(nsswitch),
	);

const knownSilent = async (host: Reader, sources: readonly string[]): Promise<string | undefined> => {
	const byOwnServer =
		sources.includes('ldap') && ownDirectory((await ifTold(() => textOf(host, '/etc/nslcd.conf'))) ?? '');
	const units = [
		...(sources.includes('ldap') ? ['nslcd.service'] : []),
		...(byOwnServer !== undefined ? ['slapd.service'] : []),
		...(sources.includes('sss') ? ['sssd.service'] : []),
	];
	const stilled = await ifTold(() => host.fact(stilledServices));
	const unit = units.find(one => stilled?.has(one));
	if (unit !== undefined)
		return `names of accounts come from ${unit}, which is ${stilledWords(stilled!.get(unit)!)}, and answers nobody`;
	return byOwnServer === 'by port' && isDown(await ifTold(() => textOf(host, loopbackFlags)))
		? 'names of accounts come from slapd on this host, which is reached by lo, and lo is down'
		: undefined;
};

/** Does nslcd ask a directory of this host, and how? */
export const ownDirectory = (conf: string): 'by port' | 'by socket' | undefined => {
	const uris = [...conf.matchAll(/^[ \t]*uri[ \t]+([^\n]*)/gim)].map(([, words = '']) => words);
	if (uris.some(one => /ldapi:/i.test(one))) return 'by socket';
	return uris.some(one => /127\.|localhost|\[::1\]/i.test(one)) ? 'by port' : undefined;
};

/** A name that nobody has: each source is asked for it, and says no at once where it is well. */
const askedInVain = async (host: Reader, sources: readonly string[]): Promise<string | undefined> => {
	try {
		await host.probe(['getent', 'passwd', 'nobody-has-this-name'], {timeout: patience});
		return undefined;
	} catch (error) {
		if (error instanceof Blocked && error.why.because === 'timeout')
			return `names of accounts come from ${sources.join(', ')} as well (/etc/nsswitch.conf), which say nothing within ${patience / 1000} s`;
		throw error;
	}
};

const patience = 2500;
