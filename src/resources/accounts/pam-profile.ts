/** PAM is changed by pam-auth-update alone, never by hand: it keeps what the administrator edited and refuses where it cannot. */
import {waitForDebconf} from '#host/apt/script-locks.ts';
import {textOf} from '#host/files/text-of.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {withEdges} from '../shared/edges.ts';

export type PamProfileSpec = {
	readonly name: string;
	readonly enabled: boolean;
	/** A profile of the same module that this one takes the place of. */
	readonly instead?: string;
};
/** `other`: the one in whose place this one is to be is enabled itself. */
export type PamProfileState = {readonly enabled: boolean; readonly other?: boolean};

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
	async inspect({name, instead}, host) {
		const lines =
			(await textOf(host, '/etc/pam.d/common-auth'))?.split('\n').filter(line => !line.startsWith('#')) ?? [];
		const [own = `pam_${name}.so`, ...more] = await modulesOf(name, host);
		const enabled = lines.some(line => line.includes(own));
		if (instead === undefined) return {enabled};
		// Both have the line of the module that they share.
		const [shared = `pam_${instead}.so`] = await modulesOf(instead, host);
		const has = lines.filter(line => line.includes(shared)).length;
		return {enabled, other: has > (enabled && more.includes(shared) ? 1 : 0)};
	},
	diff: ({name, enabled, instead}, state) => [
		...(state !== 'absent' && state.enabled === enabled
			? []
			: [{what: `PAM profile ${name}`, from: state === 'absent' ? null : state.enabled, to: enabled}]),
		...(state !== 'absent' && state.other === true
			? [{key: 'other', what: `PAM profile ${instead}`, from: true, to: false}]
			: []),
	],
	holds: ({name, enabled}) => [{thing: `pam:${name}`, ...asWanted(enabled)}],
	undoOf: ({name, enabled, instead}, state) => ({
		can: true,
		record: {name, enabled, ...(instead !== undefined && state.other === true && {instead})},
	}),
	async apply({name, enabled, instead}, state, _changes, host) {
		const other = instead !== undefined && state.other === true ? ['--disable', instead] : [];
		await told(host, enabled ? '--enable' : '--disable', name, ...other);
	},
	async undo(record, host) {
		const {name, enabled, instead} = record as {
			readonly name: string;
			readonly enabled: boolean;
			readonly instead?: string;
		};
		const now = (await pamProfileType.inspect({name, enabled}, host)).enabled;
		if (now !== enabled) return {outcome: 'already'};
		// In one call: what it has seen is what lies there, and the file of the one that goes lies there until its own undo.
		const back = instead !== undefined && (await host.stat(`/usr/share/pam-configs/${instead}`)) !== undefined;
		const goes = instead === undefined ? '--disable' : '--remove';
		await told(host, enabled ? goes : '--enable', name, ...(back ? ['--enable', instead] : []));
		return {outcome: 'undone'};
	},
};

const told = async (
	host: Host,
	...words: readonly [act: '--enable' | '--disable' | '--remove', name: string, ...string[]]
): Promise<void> => {
	await waitForDebconf(host, `PAM profile ${words[1]}`);
	await host.exec(['pam-auth-update', '--package', ...words], {env: {DEBIAN_FRONTEND: 'noninteractive'}});
};

/** Those of its lines for a login, in their order. */
const modulesOf = async (name: string, host: Reader): Promise<readonly string[]> => {
	const [, lines = ''] =
		/^Auth:\n((?:[ \t]+\S.*\n)*)/m.exec((await textOf(host, `/usr/share/pam-configs/${name}`)) ?? '') ?? [];
	return [...lines.matchAll(/pam_\w+\.so/g)].map(([module]) => module);
};
