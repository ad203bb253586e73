/** Which Python distributions are installed, read from the names of their metadata: starting pip to look takes a second. */
import type {Reader} from '#model/host.ts';

export type Distribution = {readonly name: string; readonly version: string};

/** The distributions in some site directories, the first one winning, as Python does. */
export const distributionsIn = async (
	host: Reader,
	directories: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
	const found = new Map<string, string>();
	for (const directory of directories) {
		for (const entry of (await host.list(directory)) ?? []) {
			const one = parseMetadataName(entry);
			if (one && !found.has(one.name)) found.set(one.name, one.version);
		}
	}
	return found;
};

/** `Django-3.2.25.dist-info`, `python_ldap-3.4.3.egg-info`, `foo-1.0-py3.11.egg-info`; undefined for anything else. */
export const parseMetadataName = (entry: string): Distribution | undefined => {
	const [, name, version] =
		/^([A-Za-z0-9][\w.]*(?:-[A-Za-z_][\w.]*)*)-(\d[^-]*)(?:-py\d[\d.]*)?\.(?:dist|egg)-info$/.exec(entry) ?? [];
	return name === undefined || version === undefined ? undefined : {name: plainName(name), version};
};

/** PEP 503: case and the kind of separator do not matter. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** Where Debian keeps the modules of an interpreter of a version such as 3.11 or 2.7. */
export const systemSites = (version: string): readonly string[] => [
	`/usr/local/lib/python${version}/dist-packages`,
	`/usr/lib/python${version.startsWith('2') ? version : '3'}/dist-packages`,
	`/usr/lib/python${version}/dist-packages`,
];

/** The version an interpreter's own path names once its links are followed: /usr/bin/python3 -> python3.11. */
export const versionOfPath = (path: string): string | undefined => /python(\d+\.\d+)$/.exec(path)?.[1];
