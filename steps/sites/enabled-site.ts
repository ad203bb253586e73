/** A site in sites-enabled from a file of the application's repository, or of the operator's own: root's copy of it, or the link that was answered. */
import type {NginxSetting} from '#edit/nginx/nginx.ts';
import type {Reader} from '#model/host.ts';
import type {Offers} from '#model/offers.ts';
import type {Edges, Resource} from '#model/resource.ts';
import {symlink} from '#resources/files/symlink.ts';
import {type RootCopySpec, rootCopy} from '#resources/web-sites/root-copy.ts';

export type EnabledSite = {
	/** Where root's server reads it. */
	readonly path: string;
	readonly app: Pick<Offers['project'], 'repository' | 'user'>;
	readonly proxy: Pick<Offers['webServer'], 'conf' | 'unit'>;
	readonly file: Offers['siteFile'];
	/** Made in a copy; into a linked file the steps write them themselves. */
	readonly settings: (host: Reader) => Promise<readonly NginxSetting[]>;
	/** As a linked file has them from an earlier setup, with values that are nobody's; a copy puts that file back. */
	readonly settled?: readonly NginxSetting[];
	readonly needs?: Edges['needs'];
	/** The answer that accepts directives, for a hint. */
	readonly acceptedBy: string;
};

export const enabledSite = ({
	path,
	app,
	proxy,
	file,
	settings,
	settled,
	needs = [],
	acceptedBy,
}: EnabledSite): Resource => {
	const {from} = file;
	const edges = {
		needs: [`path:${from}`, `unit:${proxy.unit}`, ...needs],
		owes: [{unit: proxy.unit, do: 'reload'}],
	} as const;
	// Where it was root's copy before, the link takes its place.
	if (file.link) return symlink({path, target: from, overFile: true}, edges);
	const spec = (made: readonly NginxSetting[]): RootCopySpec => ({
		format: 'nginx',
		settings: made,
		...(settled && {settled}),
		from,
		checkout: app.repository,
		// One that is in nobody's checkout is the operator's own.
		user: from.startsWith(`${app.repository}/`) ? app.user : 'root',
		path,
		conf: proxy.conf,
		accepted: file.accept,
		acceptedBy,
	});
	return rootCopy(path, async host => spec(await settings(host)), edges, spec([]));
};
