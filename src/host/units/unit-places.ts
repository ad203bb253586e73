/** Where files of units lie, and the links by which something is started along with something else: the places that whoever reads units without systemd has to go through. */
import type {Reader} from '#model/host.ts';

/** This host's own. */
export const ownUnits = '/etc/systemd/system';

/** In the order in which systemd looks. */
export const unitDirectories: readonly string[] = [
	ownUnits,
	'/run/systemd/system',
	'/usr/local/lib/systemd/system',
	'/usr/lib/systemd/system',
	'/lib/systemd/system',
];

/** The links in `*.wants` and `*.requires` of this host's own, which `systemctl enable` makes. */
export const pullingLinks = async (
	host: Reader,
): Promise<readonly {readonly name: string; readonly path: string}[]> => {
	const directories = ((await host.list(ownUnits)) ?? []).filter(name => /\.(wants|requires)$/.test(name));
	const found = await Promise.all(
		directories.map(async directory =>
			((await host.list(`${ownUnits}/${directory}`)) ?? []).map(name => ({
				name,
				path: `${ownUnits}/${directory}/${name}`,
			})),
		),
	);
	return found.flat();
};
