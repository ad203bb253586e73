/** A tree of slapd on its way into the store: slapcat, as slapd's own account, of what mdb had in one moment. */
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {takeDraft} from '#resources/shared/dumps.ts';
import type {Counts} from '../snapshot-manifest.ts';

/** Beside its data, where Ubuntu's AppArmor profile lets it write. */
const draftOf = (word: string): string => `/var/lib/ldap/.host-setup-${word}-${process.pid}.ldif`;

/** Writes the tree to `path`. Gives how many entries it has: counted in the dump itself. */
export const saveLdap = async (host: Host, suffix: string, word: string, path: string): Promise<Counts> => {
	await slapcat(host, ['-b', suffix], word, path);
	const entries = await entriesIn(host, path);
	if (entries === 0)
		throw new Fault(
			'backup.empty',
			`the directory ${suffix} gave no entry`,
			'A tree of the stack has some: see what setup doctor says of slapd. Nothing was saved.',
		);
	return {entries: [entries, entries]};
};

/** cn=config as it is. Apply makes its own part of it again; the rest is for an operator to look up. */
export const saveConfig = (host: Host, path: string): Promise<void> => slapcat(host, ['-n', '0'], 'config', path);

const slapcat = async (host: Host, which: readonly string[], word: string, path: string): Promise<void> => {
	const draft = draftOf(word);
	await host.exec(['slapcat', '-o', 'ldif-wrap=no', ...which, '-l', draft], {as: 'openldap'});
	await takeDraft(host, draft, path);
};

export const entriesIn = async (host: Reader, path: string): Promise<number> => {
	const {stdout} = await host.probe(['/usr/bin/grep', '-c', '^dn:', path], {timeout: 120_000});
	return Number(stdout.trim() || '0');
};
