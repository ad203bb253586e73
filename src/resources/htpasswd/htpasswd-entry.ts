/** One line of a password file for HTTP Basic, hashed with bcrypt by Apache's own htpasswd, which gets the password on its standard input. */
import {sha256} from '#host/files/stash.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {isKnown, type Text} from '#model/secret.ts';
import {pathEdges} from '../files/path-resources.ts';

export type HtpasswdEntrySpec = {
	readonly path: string;
	readonly user: string;
	readonly password: Text;
	/** Of a new file; one that is there keeps its own. */
	readonly mode: number;
	readonly owner: string;
};
export type HtpasswdEntryState = {
	/** The file without this entry's line, and that line. */
	readonly others: readonly string[] | undefined;
	readonly line: string | undefined;
	/** `weak`: right, and not bcrypt. */
	readonly password: 'right' | 'wrong' | 'weak' | 'none';
	readonly digest: string;
	readonly id: string | undefined;
};

/** Needs apache2-utils. Lines of others stay. */
export const htpasswdEntry = (spec: HtpasswdEntrySpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		htpasswdEntryType,
		pathEdges('htpasswd', spec.path, spec.owner, {
			id: `htpasswd:${spec.path}:${spec.user}`,
			...edges,
			needs: ['package:apache2-utils', ...(edges.needs ?? [])],
		}),
		spec,
	);

const program = '/usr/bin/htpasswd';

export const htpasswdEntryType: ResourceType<HtpasswdEntrySpec, HtpasswdEntryState> = {
	name: 'htpasswd-entry',
	async inspect({path, user, password}, host) {
		const now = await linesNow(path, user, host);
		return {...now, password: now.line === undefined ? 'none' : await judged(path, now.line, user, password, host)};
	},
	diff({user}, state) {
		if (state !== 'absent' && state.password === 'right') return [];
		const was =
			state === 'absent' || state.password === 'none' ? null : state.password === 'weak' ? 'not bcrypt' : 'another';
		return [{what: `password of ${user}`, from: was, to: 'as answered, as bcrypt'}];
	},
	holds: ({path, user}) => [{thing: `htpasswd:${path}:${user}`}],
	undoOf: ({path, user}, {line, others}) => ({
		can: true,
		record: {path, user, had: line !== undefined, created: others === undefined},
		keep: line === undefined ? [] : [Buffer.from(line)],
	}),
	async apply({path, user, password, mode, owner}, state, _changes, host) {
		const hashed = (await host.query([program, '-niBC', '10', user], {stdin: password})).trim();
		if (!hashed.startsWith(`${user}:$2`))
			throw new Fault(
				'htpasswd.failed',
				`htpasswd gave no bcrypt hash for ${user}`,
				'See whether apache2-utils is whole (htpasswd -nB NAME).',
			);
		await host.replace(path, [`${[...(state.others ?? []), hashed].join('\n')}\n`], {
			was: state.digest,
			id: state.id,
			...(state.others === undefined && {mode, owner}),
		});
	},
	async undo(raw, host, {kept: [old]}) {
		const {path, user, had, created} = raw as {
			readonly path: string;
			readonly user: string;
			readonly had: boolean;
			readonly created: boolean;
		} & {readonly [key: string]: Json};
		const {others, line, digest, id} = await linesNow(path, user, host);
		if (others === undefined || (line === undefined && !had)) return {outcome: 'already'};
		if (created && others.length === 0) {
			await host.remove(path, {was: id});
			return {outcome: 'undone'};
		}
		const back = had && old !== undefined ? [Buffer.from(old).toString('utf8')] : [];
		await host.replace(path, [[...others, ...back].map(one => `${one}\n`).join('')], {was: digest, id});
		return {outcome: 'undone'};
	},
};

const linesNow = async (path: string, user: string, host: Reader): Promise<Omit<HtpasswdEntryState, 'password'>> => {
	const [bytes, stat] = [await host.read(path), await host.stat(path)];
	if (bytes === undefined) return {others: undefined, line: undefined, digest: 'absent', id: undefined};
	const lines = Buffer.from(bytes)
		.toString('utf8')
		.split('\n')
		.filter(line => line !== '');
	return {
		others: lines.filter(line => !line.startsWith(`${user}:`)),
		line: lines.find(line => line.startsWith(`${user}:`)),
		digest: sha256(bytes),
		id: stat?.id,
	};
};

const judged = async (
	path: string,
	line: string,
	user: string,
	password: Text,
	host: Reader,
): Promise<HtpasswdEntryState['password']> => {
	if (!isKnown(password)) return 'wrong';
	const {code} = await host.probe([program, '-vi', path, user], {stdin: password});
	if (code !== 0) return 'wrong';
	return line.startsWith(`${user}:$2`) ? 'right' : 'weak';
};
