/** Somebody who may log in by HTTP Basic: one line in a file that a web server reads, with a hash that crypt(3) knows. Lines of others stay. */
import {randomBytes} from 'node:crypto';
import {sha256} from '#host/files/stash.ts';
import {textOf} from '#host/files/text-of.ts';
import {sha512Crypt} from '#host/secrets/sha512-crypt.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {derive, type Secret, sameText, type Text} from '#model/secret.ts';
import {newOwnership, type Ownership, ownershipChanges, ownershipOf, pathEdges} from '../files/path-resources.ts';

export type HtpasswdSpec = {
	readonly path: string;
	readonly user: string;
	readonly password: Secret;
	readonly mode: number;
	/** `root:www-data`. */
	readonly owner: string;
};
export type HtpasswdState =
	| 'absent'
	| (Ownership & {readonly text: string; readonly is: 'right' | 'other' | 'weak' | 'none'});

/** The line. Needs the directory; provides the path. */
export const htpasswd = (spec: HtpasswdSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		htpasswdType,
		pathEdges('htpasswd', spec.path, spec.owner, {title: `${spec.user} in ${spec.path}`, ...edges}),
		spec,
	);

export const htpasswdType: ResourceType<HtpasswdSpec, HtpasswdState> = {
	name: 'htpasswd',
	async inspect({path, user, password, owner}, host) {
		const [stat, text] = await Promise.all([host.stat(path, {follow: true}), textOf(host, path)]);
		if (stat === undefined || text === undefined) return 'absent';
		const stored = hashOf(text, user);
		const salt = /^\$6\$([./0-9A-Za-z]{8,16})\$/.exec(stored ?? '')?.[1];
		const is =
			stored === undefined
				? 'none'
				: salt === undefined
					? 'weak'
					: sameText(hashed(password, salt), stored)
						? 'right'
						: 'other';
		return {...(await ownershipOf(host, stat, owner)), text, is};
	},
	diff(spec, state) {
		const line = {key: 'entry', what: `password of ${spec.user}`, to: 'as answered, SHA-512'};
		if (state === 'absent') return [{...line, from: null}, ...newOwnership(spec)];
		return [...(state.is === 'right' ? [] : [{...line, from: words[state.is]}]), ...ownershipChanges(spec, state)];
	},
	holds: ({path, user}) => [{thing: `htpasswd:${path} ${user}`}],
	undoOf: ({path, user}, state) => ({
		can: true,
		record: {path, user, made: state === 'absent', had: state !== 'absent' && hashOf(state.text, user) !== undefined},
		keep: state === 'absent' ? [] : [[state.text]],
	}),
	async apply(spec, state, changes, host) {
		const {path, user, password, mode, owner} = spec;
		if (!changes.some(({key}) => key === 'entry')) {
			if (state !== 'absent') await host.own(state.at ?? path, {mode, owner, was: state.id});
			return;
		}
		const salt = randomBytes(12).toString('base64').replaceAll('+', '.');
		const others = state === 'absent' ? '' : without(state.text, user);
		await host.replace(path, [others, `${user}:`, ...hashed(password, salt), '\n'], {
			was: state === 'absent' ? 'absent' : sha256(state.text),
			id: state === 'absent' ? undefined : state.id,
			mode,
			owner,
		});
	},
	async undo(raw, host, {kept: [old]}) {
		const {path, user, made, had} = raw as Made;
		const [text, stat] = [await textOf(host, path), await host.stat(path)];
		if (text === undefined || stat === undefined) return {outcome: 'already'};
		const before = old === undefined ? '' : Buffer.from(old).toString('utf8');
		const hash = had ? hashOf(before, user) : undefined;
		const left = `${without(text, user)}${hash === undefined ? '' : `${user}:${hash}\n`}`;
		if (made && left === '') {
			await host.remove(path, {was: stat.id});
			return {outcome: 'undone'};
		}
		if (left === text) return {outcome: 'already'};
		await host.replace(path, [without(text, user) === without(before, user) ? before : left], {
			was: sha256(text),
			id: stat.id,
		});
		return {outcome: 'undone'};
	},
};

type Made = {readonly path: string; readonly user: string; readonly made: boolean; readonly had: boolean} & {
	readonly [key: string]: Json;
};

const words = {other: 'another', weak: 'in a hash that is not ours', none: null} as const;

const hashed = (password: Secret, salt: string): Text => [derive(password, plain => sha512Crypt(plain, salt))];

const hashOf = (text: string, user: string): string | undefined =>
	text
		.split('\n')
		.find(line => line.startsWith(`${user}:`))
		?.slice(user.length + 1)
		.trimEnd();

const without = (text: string, user: string): string =>
	text
		.split('\n')
		.filter(line => line !== '' && !line.startsWith(`${user}:`))
		.map(line => `${line}\n`)
		.join('');
