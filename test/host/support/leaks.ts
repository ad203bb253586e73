/** Looks for secrets where none may be. It has its own list of the forms they come in: the product's list is what it checks. */
import {existsSync, lstatSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** By the name that a failing test may print. */
export type Secrets = Readonly<Record<string, string>>;

/** The names of the secrets that are in it, in any form. */
export const leaksIn = (found: string | Uint8Array, secrets: Secrets): readonly string[] => {
	const bytes = Buffer.from(found);
	return Object.entries(secrets).flatMap(([name, value]) =>
		formsOf(value).some(form => bytes.includes(form)) ? [name] : [],
	);
};

/** The regular files below a directory that hold one: path, mode and owner, secret. `skip` leaves out a path and all below it. */
export const leakyFiles = (
	root: string,
	below: string,
	secrets: Secrets,
	skip: (path: string) => boolean,
): readonly string[] => {
	const found: string[] = [];
	const walk = (path: string): void => {
		if (skip(path)) return;
		const at = join(root, path);
		const stat = lstatSync(at);
		if (stat.isDirectory()) for (const name of readdirSync(at).sort()) walk(`${path}/${name}`);
		if (!stat.isFile() || stat.size === 0 || stat.size > 50_000_000) return;
		const leaks = leaksIn(readFileSync(at), secrets);
		if (leaks.length > 0) found.push(`${path} ${(stat.mode & 0o777).toString(8)} ${leaks.join(' ')}`);
	};
	if (existsSync(join(root, below))) walk(below);
	return found;
};

const formsOf = (value: string): readonly string[] => {
	const json = JSON.stringify(value).slice(1, -1);
	return [
		value,
		json,
		json.replaceAll("'", "\\'"),
		value.replaceAll("'", "''"),
		value.replaceAll("'", "'\\''"),
		value.replaceAll('\\', '\\\\'),
		encodeURIComponent(value),
		new URLSearchParams({value}).toString().slice('value='.length),
		Buffer.from(value).toString('hex'),
		...[0, 1, 2].flatMap(offset => [inBase64(value, offset, 'base64'), inBase64(value, offset, 'base64url')]),
	];
};

/** As it looks in the base64 of something longer, in which it starts at this byte of three: the characters that its neighbours have a part in are cut off. */
const inBase64 = (value: string, offset: number, encoding: 'base64' | 'base64url'): string => {
	const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
	return bytes
		.subarray(0, bytes.length - (bytes.length % 3))
		.toString(encoding)
		.slice(offset === 0 ? 0 : 4);
};
