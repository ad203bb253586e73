/** Copies that an editor, a package or a careful administrator left beside a file of secrets: they have its content, and seldom its mode. */
import {basename, dirname} from 'node:path';
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {type SecretFile, withoutComments} from './secret-files.ts';

/** Paths beside it, with its name and something more, that hold such a secret as well. */
export const copiesOf = async (
	host: Reader,
	one: SecretFile,
	originals: ReadonlySet<string>,
): Promise<readonly string[]> => {
	const directory = dirname(one.path);
	const names = ((await ifTold(() => host.list(directory))) ?? []).filter(name => isCopyName(basename(one.path), name));
	const found = await Promise.all(
		names.map(async name => {
			const path = `${directory}/${name}`;
			if (originals.has(path)) return [];
			const stat = await ifTold(() => host.stat(path));
			if (stat?.kind !== 'file' || stat.size > largest) return [];
			return one.looksLike.test(withoutComments((await ifTold(() => textOf(host, path))) ?? '')) ? [path] : [];
		}),
	);
	return found.flat();
};

/** `shadow-`, `redis.conf.bak`, `key.pem~`, `.my.cnf.swp`, `redis.bak.conf`, `Copy of`; a public key beside its own is none. */
const isCopyName = (original: string, name: string): boolean => {
	if (name === original || name.endsWith('.pub')) return false;
	const stem = original.replace(/\.[^.]*$/, '');
	return (
		name.startsWith(`${original}.`) ||
		name.startsWith(`${original}-`) ||
		name.startsWith(`${original}_`) ||
		name.startsWith(`${original}~`) ||
		name.startsWith(`.${original}.`) ||
		name === `#${original}#` ||
		(stem !== '' &&
			new RegExp(
				`^${stem.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}[._-](bak|backup|old|orig|save|copy|\\d{4,})\\b`,
				'i',
			).test(name))
	);
};

/** Bytes; a file of secrets is small. */
const largest = 1024 * 1024;
