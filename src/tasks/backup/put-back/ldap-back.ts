/** A tree of slapd out of its LDIF: made by slapadd in a new directory, with slapd's own configuration, while slapd goes on; then the files change places in a moment. */
import {ldapFacts, normalDn} from '#host/ldap/config.ts';
import {fetchFile} from '#host/web/fetch-file.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {entriesIn} from '../save/ldap-tree.ts';
import {notThere} from '../save/postgres.ts';
import {otherCounts, type SavedThing} from '../snapshot-manifest.ts';
import type {EntriesSwap} from './begun-restore.ts';
import {ours, ownFolder} from './entries-back.ts';

const account = 'openldap';

/** Throws Fault restore.counts and restore.ldif; then slapd has what it had. */
export const makeLdap = async (host: Host, thing: SavedThing, suffix: string, ldif: string): Promise<EntriesSwap> => {
	const root = await directoryOf(host, suffix);
	const [fresh, aside] = [`${root}/${ours}fresh-${thing.word}`, `${root}/${ours}before-${thing.word}`];
	await ownFolder(host, fresh);
	for (const name of ['conf', 'db'])
		await host.mkdir(`${fresh}/${name}`, {mode: 0o700, owner: `${account}:${account}`});
	await host.own(fresh, {mode: 0o711, was: (await host.stat(fresh))?.id});
	const config = await host.query(['slapcat', '-o', 'ldif-wrap=no', '-n', '0'], {as: account});
	const words = ['-F', `${fresh}/conf`];
	await host
		.exec(['slapadd', ...words, '-n', '0'], {as: account, stdin: [elsewhere(config, root, `${fresh}/db`)]})
		.catch(error => {
			throw ldifFault(error, 'its own configuration');
		});
	await host.act(`copy ${ldif}`, async () => {
		await fetchFile({from: ldif, to: `${fresh}/data.ldif`, limit: Number.MAX_SAFE_INTEGER, progress: () => undefined});
	});
	await host.own(`${fresh}/data.ldif`, {
		owner: `${account}:${account}`,
		was: (await host.stat(`${fresh}/data.ldif`))?.id,
	});
	await host.exec(['slapadd', ...words, '-b', suffix, '-l', `${fresh}/data.ldif`], {as: account}).catch(error => {
		throw ldifFault(error, suffix);
	});
	await host.exec(['slapcat', '-o', 'ldif-wrap=no', ...words, '-b', suffix, '-l', `${fresh}/db/check.ldif`], {
		as: account,
	});
	const wrong = otherCounts(thing.counts, {entries: await entriesIn(host, `${fresh}/db/check.ldif`)});
	if (wrong.length > 0)
		throw new Fault(
			'restore.counts',
			`the directory ${suffix} came back with other entries than were saved: ${wrong.join(', ')}`,
			'What is there was not touched. Try another snapshot: setup backup list.',
		);
	await ownFolder(host, aside);
	const old = new Set((await host.list(root)) ?? []);
	const made = new Set((await host.list(`${fresh}/db`)) ?? []);
	const moves = ['data.mdb', 'lock.mdb'].map(name => ({path: `/${name}`, old: old.has(name), fresh: made.has(name)}));
	return {kind: 'entries', id: thing.id, root, fresh, from: `${fresh}/db`, aside, moves, unit: 'slapd.service'};
};

/** Throws Fault backup.not-there. */
const directoryOf = async (host: Host, suffix: string): Promise<string> => {
	const facts = await host.fact(ldapFacts);
	const entry = facts === 'absent' ? undefined : facts.databases.get(normalDn(suffix));
	const [directory] = entry?.attributes.get('olcdbdirectory') ?? [];
	if (directory?.startsWith('/')) return directory.replace(/(.)\/+$/, '$1');
	throw notThere(`a database of slapd for ${suffix}`);
};

/** The configuration with another directory for one database: each has its own. Exported for its test. */
export const elsewhere = (config: string, root: string, to: string): string =>
	config.replace(/^(olcDbDirectory: )(.*)$/gim, (line, name: string, path: string) =>
		path.replace(/(.)\/+$/, '$1') === root ? `${name}${to}` : line,
	);

const ldifFault = (error: unknown, what: string): unknown =>
	error instanceof Fault && error.code === 'program.failed'
		? new Fault(
				'restore.ldif',
				`slapd does not take ${what} from the snapshot: ${error.details.at(-1) ?? error.sentence}`,
				'What is there was not touched. Its last lines are below: a schema may be missing, which setup apply brings.',
				{details: error.details, cause: error},
			)
		: error;
