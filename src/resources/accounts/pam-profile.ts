/** PAM is changed by pam-auth-update alone, never by hand: it keeps what the administrator edited and refuses where it cannot. */
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {withEdges} from '../shared/edges.ts';

export type PamProfileSpec = {readonly name: string; readonly enabled: boolean};
export type PamProfileState = {readonly enabled: boolean};

/** A profile of /usr/share/pam-configs, in /etc/pam.d/common-* or not. */
export const pamProfile = (spec: PamProfileSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		pamProfileType,
		withEdges(
			{
				id: `pam:${spec.name}`,
				locks: ['nss'],
				provides: [`done:pam:${spec.name}`],
			},
			edges,
		),
		spec,
	);

export const pamProfileType: ResourceType<PamProfileSpec, PamProfileState> = {
	name: 'pam-profile',
	/** pam-auth-update writes the modules of enabled profiles into common-auth. */
	async inspect({name}, host) {
		const profile = Buffer.from((await host.read(`/usr/share/pam-configs/${name}`)) ?? '').toString('utf8');
		const module = /^Auth:\n(?:\s+\S.*\n)*?\s+.*?(pam_\w+\.so)/m.exec(profile)?.[1] ?? `pam_${name}.so`;
		const common = Buffer.from((await host.read('/etc/pam.d/common-auth')) ?? '').toString('utf8');
		return {enabled: common.split('\n').some(line => !line.startsWith('#') && line.includes(module))};
	},
	diff: ({name, enabled}, state) =>
		state !== 'absent' && state.enabled === enabled
			? []
			: [{what: `PAM profile ${name}`, from: state === 'absent' ? null : state.enabled, to: enabled}],
	holds: ({name, enabled}) => [{thing: `pam:${name}`, ...asWanted(enabled)}],
	undoOf: ({name, enabled}) => ({can: true, record: {name, enabled}}),
	apply: ({name, enabled}, _state, _changes, host) =>
		host.exec(['pam-auth-update', '--package', enabled ? '--enable' : '--disable', name], {
			env: {DEBIAN_FRONTEND: 'noninteractive'},
		}),
	async undo(record, host) {
		const {name, enabled} = record as {readonly name: string; readonly enabled: boolean};
		if ((await pamProfileType.inspect({name, enabled}, host)).enabled !== enabled) return {outcome: 'already'};
		await host.exec(['pam-auth-update', '--package', enabled ? '--disable' : '--enable', name], {
			env: {DEBIAN_FRONTEND: 'noninteractive'},
		});
		return {outcome: 'undone'};
	},
};
