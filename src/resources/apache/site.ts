/** A site or a piece of configuration of Debian's Apache: on or off by its link. What it says is another resource's. */
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {apacheAt, apacheEdges, changeLinks, type Link, linkNow, linkOf, linksRecord, undoLinks} from './links.ts';

export type ApacheSiteSpec = {
	/** Without `.conf`. */
	readonly name: string;
	readonly enabled: boolean;
	/** What a2enconf switches, instead of a2ensite. */
	readonly kind?: 'sites' | 'conf';
};
export type ApacheSiteState = {readonly target: string} | 'off';

/** On, it needs its file in sites-available; off, it is gone from sites-enabled and its file stays. */
export const apacheSite = (spec: ApacheSiteSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		apacheSiteType,
		apacheEdges(
			{
				id: `apache-site:${spec.name}`,
				...(spec.enabled && {
					needs: [`path:${apacheAt}/${spec.kind ?? 'sites'}-available/${spec.name}.conf`],
					provides: [`done:apache-site:${spec.name}`],
				}),
			},
			'reload',
			edges,
		),
		spec,
	);

export const apacheSiteType: ResourceType<ApacheSiteSpec, ApacheSiteState> = {
	name: 'apache-site',
	async inspect(spec, host) {
		const link = linkTo(spec);
		if ((await host.stat(apacheAt)) === undefined) throw new Blocked({because: 'until', thing: 'package:apache2'});
		const now = await linkNow(host, link.path);
		if (now === undefined) return 'off';
		if (now.target === null && !spec.enabled)
			throw new Fault(
				'apache.not-a-link',
				`${apacheAt}/${link.path} is a file, not a link`,
				'Move it to the folder beside, where those that are off lie.',
			);
		return {target: now.target ?? link.target};
	},
	diff({enabled}, state) {
		const on = state !== 'absent' && state !== 'off';
		return on === enabled ? [] : [{what: 'site', from: on ? 'on' : 'off', to: enabled ? 'on' : 'off'}];
	},
	holds: ({name, enabled}) => [{thing: `done:apache-site:${name}`, as: enabled ? 'on' : 'off'}],
	undoOf: (spec, state) => ({can: true, record: linksRecord(linksFor(spec, state))}),
	apply: (spec, state, _changes, host) => changeLinks(host, linksFor(spec, state)),
	undo: undoLinks,
};

const linkTo = ({name, kind = 'sites'}: ApacheSiteSpec): Link => linkOf(kind, `${name}.conf`);

const linksFor = (spec: ApacheSiteSpec, state: ApacheSiteState) => {
	const link = linkTo(spec);
	return spec.enabled
		? {make: [link], remove: []}
		: {make: [], remove: state === 'off' ? [] : [{...link, target: state.target}]};
};
