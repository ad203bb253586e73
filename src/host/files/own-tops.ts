/** Directories at the top of the file system that no Debian has: an operator's own, such as /data. What hides all that is not a program's business must know them. */
import type {Fact} from '#model/host.ts';

/** Sorted, as paths. A link is none: what it leads to lies elsewhere. */
export const ownTops: Fact<readonly string[]> = {
	id: 'own-tops',
	async read(host) {
		// Debian and Ubuntu mark a merged /usr by empty directories beside the links.
		const names = ((await host.list('/')) ?? []).filter(
			name => !standard.has(name) && !name.endsWith('.usr-is-merged'),
		);
		const stats = await Promise.all(names.map(name => host.stat(`/${name}`)));
		return names.filter((_name, at) => stats[at]?.kind === 'directory').map(name => `/${name}`);
	},
};

const standard = new Set([
	...['bin', 'boot', 'dev', 'etc', 'home', 'lib', 'lib32', 'lib64', 'libx32', 'lost+found', 'media', 'mnt', 'opt'],
	...['proc', 'root', 'run', 'sbin', 'srv', 'sys', 'tmp', 'usr', 'var'],
]);
