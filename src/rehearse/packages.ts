/** What dpkg knows of a tree that need not be running: its packages, and whose a file is. */
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** `name version`, sorted; `name old -> new` for a changed one. */
export type PackageChanges = {
	readonly added: readonly string[];
	readonly changed: readonly string[];
	readonly removed: readonly string[];
};

/** Where dpkg keeps its status, below a root. */
export const statusPath = 'var/lib/dpkg/status';

/** Compares two status files; `before` may be missing. */
export const packagesOf = (before: string | undefined, now: string): PackageChanges => {
	const was = packagesIn(before);
	const is = packagesIn(now);
	const names = [...new Set([...was.keys(), ...is.keys()])].sort();
	return {
		added: names.flatMap(name => (!was.has(name) ? [`${name} ${is.get(name)}`] : [])),
		changed: names.flatMap(name =>
			was.has(name) && is.has(name) && was.get(name) !== is.get(name)
				? [`${name} ${was.get(name)} -> ${is.get(name)}`]
				: [],
		),
		removed: names.flatMap(name => (!is.has(name) ? [`${name} ${was.get(name)}`] : [])),
	};
};

const packagesIn = (status: string | undefined): ReadonlyMap<string, string> =>
	new Map(
		(status !== undefined && existsSync(status) ? readFileSync(status, 'utf8') : '').split('\n\n').flatMap(stanza => {
			const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
			const name = field('Package');
			return name !== undefined && field('Status')?.endsWith(' installed')
				? [[name, field('Version') ?? ''] as const]
				: [];
		}),
	);

/** Path to package, from dpkg's own lists. A merged /usr has two names for one file. */
export const packageFiles = (root: string): ReadonlyMap<string, string> => {
	const info = join(root, 'var/lib/dpkg/info');
	const found = new Map<string, string>();
	for (const name of (existsSync(info) ? readdirSync(info) : []).filter(one => one.endsWith('.list'))) {
		const owner = name.slice(0, -'.list'.length).replace(/:.*/, '');
		for (const path of readFileSync(join(info, name), 'utf8').split('\n'))
			found.set(path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/'), owner);
	}
	return found;
};
