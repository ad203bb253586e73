/** Words in a list of Postfix's main.cf, such as `mynetworks`: added to those that are there, because who may relay already is nobody's business to change. */
import {parsePostconf} from '#host/postfix/now.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type PostfixListSpec = {
	readonly parameter: string;
	readonly words: readonly string[];
	/** These and no others: for a server that was installed for them. */
	readonly only?: true;
};
/** The words as main.cf, or Postfix' own default, has them. */
export type PostfixListState = {readonly now: readonly string[]; readonly written: boolean};

/** The words are in the list. Postfix is reloaded; `inet_interfaces` and its like want a restart, which the caller owes. */
export const postfixList = (spec: PostfixListSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		postfixListType,
		withEdges(
			{
				id: `postfix-list:${spec.parameter}`,
				needs: ['package:postfix'],
				provides: [`done:postfix-list:${spec.parameter}`],
				locks: ['path:/etc/postfix/main.cf'],
				owes: [{unit: 'postfix.service', do: 'reload'}],
			},
			edges,
		),
		spec,
	);

export const postfixListType: ResourceType<PostfixListSpec, PostfixListState> = {
	name: 'postfix-list',
	inspect: ({parameter}, host) => listNow(parameter, host),
	diff: ({parameter, words, only}, state) => {
		const now = state === 'absent' ? [] : state.now;
		const from = state === 'absent' ? null : now.join(' ');
		if (only)
			return words.every(word => now.includes(word)) && now.length === words.length
				? []
				: [{what: parameter, from, to: words.join(' ')}];
		return words
			.filter(word => !now.includes(word))
			.map(word => ({item: word, what: parameter, from, to: `${word} as well`}));
	},
	holds: ({parameter, words}) => words.map(word => ({thing: `setting:/etc/postfix/main.cf ${parameter} ${word}`})),
	undoOf: ({parameter, words, only}, {now, written}) => ({
		can: true,
		record: {
			parameter,
			added: words.filter(word => !now.includes(word)),
			gone: only ? now.filter(word => !words.includes(word)) : [],
			was: written ? now.join(' ') : null,
		},
	}),
	apply: ({parameter, words, only}, {now}, _changes, host) =>
		write(host, parameter, only ? words : [...now, ...words.filter(word => !now.includes(word))]),
	async undo(raw, host) {
		const {parameter, added, gone, was} = raw as Record;
		// It is undone before its package goes, and where that went by another hand there is nothing left to undo.
		if ((await host.read('/etc/postfix/main.cf')) === undefined) return {outcome: 'already'};
		const {now} = await listNow(parameter, host);
		const left = [...now.filter(word => !added.includes(word)), ...gone.filter(word => !now.includes(word))];
		if (left.join(' ') === now.join(' ')) return {outcome: 'already'};
		if (was === null && left.every(word => gone.includes(word))) await host.exec(['postconf', '-X', parameter]);
		else await write(host, parameter, left);
		return {outcome: 'undone'};
	},
};

type Record = {
	readonly parameter: string;
	readonly added: readonly string[];
	readonly gone: readonly string[];
	readonly was: string | null;
} & {
	readonly [key: string]: Json;
};

const write = (host: Host, parameter: string, words: readonly string[]): Promise<void> =>
	host.exec(['postconf', '-e', `${parameter} = ${words.join(' ')}`]);

/** Everybody may read what it reads; as root it would load the libraries that its configuration names. */
const listNow = async (parameter: string, host: Reader): Promise<PostfixListState> => {
	if ((await host.read('/etc/postfix/main.cf')) === undefined)
		throw new Blocked({because: 'until', thing: 'package:postfix'});
	const asked = (option: string): Promise<string> =>
		host.query(['postconf', ...option.split(' '), parameter], {as: 'nobody'});
	const [now, own] = await Promise.all([asked('-d'), host.probe(['postconf', '-n', parameter], {as: 'nobody'})]);
	const written = parsePostconf(own.stdout).get(parameter);
	const value = written ?? parsePostconf(now).get(parameter) ?? '';
	return {now: value.split(/[\s,]+/).filter(word => word !== ''), written: written !== undefined};
};
