/** Files on this host that an answer names: they are there, of the right kind, and fit each other. */
import {basename} from 'node:path';
import {dayOf, type PairPaths, readPair} from '#host/certificates/pair.ts';
import type {Reader} from '#model/host.ts';
import type {Probe, Probed} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {failed, inTime, ok, warn} from './in-time.ts';

/** A file or a directory is there. */
export const pathThere = (
	id: string,
	path: string,
	about: readonly string[],
	kind: 'file' | 'directory' = 'file',
	decides: readonly Thing[] = [],
): Probe => ({
	id,
	about,
	decides,
	title: `${path} is there`,
	run: reader => inTime(reader, async () => there(reader, path, kind)),
});

/** A list of sha256sum is there and has the archive in it. */
export const sumListed = (
	list: string,
	archive: string,
	about: readonly string[],
	decides: readonly Thing[] = [],
): Probe => ({
	id: 'checksums',
	about,
	decides,
	title: `${basename(list)} lists ${basename(archive)}`,
	run: reader =>
		inTime(reader, async () => {
			const bytes = await reader.read(list);
			if (bytes === undefined) return failed(`${list} is not there`);
			const rows = Buffer.from(bytes)
				.toString('utf8')
				.split('\n')
				.map(line => /^[0-9a-fA-F]{64}(?:\s+\*?(.+))?$/.exec(line.trim()))
				.filter(row => row !== null);
			return rows.length === 1 || rows.some(([, name]) => name !== undefined && basename(name) === basename(archive))
				? ok(`${list} has a SHA-256 for it`)
				: failed(`${list} has no SHA-256 for ${basename(archive)}`);
		}),
});

/** The key belongs to the certificate, which is valid now. */
export const certificatePair = ({certificate, key}: PairPaths, about: readonly string[]): Probe => ({
	id: 'certificate',
	about,
	title: 'certificate and key fit together',
	run: reader =>
		inTime(reader, async () => {
			const pair = await readPair({certificate, key}, reader);
			if (pair.is === 'missing') return failed(`${pair.path} is not there`);
			if (pair.is === 'unreadable')
				return failed(
					pair.of === 'certificate'
						? `${certificate} is no certificate in PEM form`
						: `${key} is no private key in PEM form, or has a passphrase`,
				);
			if (pair.is === 'other') return failed('the key does not belong to the certificate');
			const days = Math.floor((pair.until.getTime() - Date.now()) / 86_400_000);
			const until = dayOf(pair.until);
			if (days < 0) return failed(`the certificate ended on ${until}`);
			if (pair.from.getTime() > Date.now()) return failed(`the certificate is not valid before ${dayOf(pair.from)}`);
			return days < 21
				? warn(`they fit together; ${days} days left, until ${until}`)
				: ok(`they fit together, until ${until}`);
		}),
});

/** What stands behind a link counts. */
const there = async (reader: Reader, path: string, kind: 'file' | 'directory'): Promise<Probed> => {
	const stat = await reader.stat(path);
	if (stat === undefined) return failed(`${path} is not there`);
	if (kind === 'directory')
		return (await reader.list(path).catch(() => undefined)) === undefined
			? failed(`${path} is no directory`)
			: ok(`${path} is there`);
	if (stat.kind === 'directory') return failed(`${path} is a directory`);
	return ok(`${path} is there${stat.kind === 'file' ? `, ${Math.max(1, Math.round(stat.size / 1000))} kB` : ''}`);
};
