/**
 * Strict-Transport-Security, from the first good answer on: a browser that was told once accepts nothing but a good certificate until the time is over, so that a
 * site which does not have one yet would shut its visitors out. What is good is said by the host's own certificate store, not by ours.
 */
import {httpAsk} from '#host/web/http.ts';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {type FileRecord, type FileSpec, type FileState, fileType, undoFile} from '../files/file.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {withEdges} from '../shared/edges.ts';

export type HstsSpec = {
	/** What the web server includes where it is there. */
	readonly path: string;
	/** The line for it. */
	readonly text: string;
	/** 0 takes it back where it was sent, and sends nothing where it was not. */
	readonly seconds: number;
	/** Each must answer. */
	readonly names: readonly [string, ...string[]];
	/** Until it is there nobody is asked. */
	readonly certificate: string;
};
export type HstsState = {
	readonly file: FileState;
	/** Whether it may be sent. */
	readonly good: boolean;
};

/** Needs what shows the certificate: the unit of the web server and the site. */
export const hsts = (spec: HstsSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		hstsType,
		withEdges(
			{
				id: `hsts:${spec.path}`,
				provides: [`path:${spec.path}`],
				locks: [`path:${spec.path}`],
				title: `${spec.names[0]}: browsers stay with https`,
			},
			edges,
		),
		spec,
	);

export const hstsType: ResourceType<HstsSpec, HstsState> = {
	name: 'hsts',
	async inspect(spec, host) {
		const file = await fileType.inspect(asFile(spec), host);
		if (file !== 'absent' || spec.seconds === 0) return {file, good: true};
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'a site answers on the running host only'});
		if ((await host.stat(spec.certificate, {follow: true})) === undefined)
			throw new Blocked({because: 'until', thing: 'done:certificate'});
		return {file, good: await answersWell(spec)};
	},
	diff(spec, state) {
		if (state === 'absent') return spec.seconds === 0 ? [] : [{...whole(spec), from: null}];
		const {file, good} = state;
		if (!good || (file === 'absent' && spec.seconds === 0)) return [];
		return file === 'absent' ? [{...whole(spec), from: null}] : fileType.diff(asFile(spec), file);
	},
	holds: ({path, text}) => [{thing: `file:${path}`, ...asWanted(text)}],
	undoOf: (spec, {file}) => fileType.undoOf(asFile(spec), file),
	apply: (spec, {file}, _changes, host) => fileType.apply(asFile(spec), file, fileType.diff(asFile(spec), file), host),
	undo: (record, host, {kept}) => undoFile(record as FileRecord, host, kept),
};

const whole = ({seconds}: HstsSpec) => ({
	what: 'Strict-Transport-Security',
	to: `sent, for ${Math.round(seconds / 86_400)} days: the site answers with a certificate that this host trusts`,
});

const asFile = ({path, text}: HstsSpec): FileSpec => ({path, text, mode: 0o644, owner: 'root:root'});

const answersWell = async ({names}: HstsSpec): Promise<boolean> => {
	for (const name of names) {
		try {
			const {status} = await httpAsk({
				url: `https://${name}/`,
				address: 'https://127.0.0.1:443',
				redirects: 0,
				timeout: 10_000,
				deadline: 20_000,
			});
			if (status >= 500) return false;
		} catch (error) {
			if (error instanceof Fault) return false;
			throw error;
		}
	}
	return true;
};
