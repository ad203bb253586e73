/** What stands in a config.toml of CC-Server: what its program needs of it, without a password leaving this file. */

import type {Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {textOf} from '../files/text-of.ts';
import type {CcServer} from './servers.ts';

export type CcConfig =
	| {readonly broken: string; readonly where: string}
	| {
			readonly path: string;
			/** The first line with something else than ASCII, from 1. */
			readonly notAscii: number | undefined;
			/** `server.host` with its value and line; undefined where it is not given. Never one of the secrets. */
			readonly at: (key: string) => {readonly value: unknown; readonly where: string} | undefined;
			/** Those that are given, by their key; the value is judged and never told. */
			readonly secrets: ReadonlyMap<
				string,
				{
					readonly is: 'its own' | 'the sample' | 'short' | 'no text';
					readonly where: string;
					/** For a login that is tried; none of a sample, which is a word. */
					readonly secret?: Secret;
				}
			>;
	  };

/** Throws Blocked 'unreadable' where there is no such file, and what a reader throws where it may not be read. */
export const ccConfig = async ({config, item}: CcServer, host: Reader): Promise<CcConfig> => {
	const text = config === undefined ? undefined : await textOf(host, config);
	if (config === undefined || text === undefined)
		throw new Blocked({because: 'unreadable', need: `there is no config.toml for ${item}`});
	return parseCcConfig(text, config);
};

/** The file's text as data. */
export const parseCcConfig = async (text: string, path: string): Promise<CcConfig> => {
	const {parse, TomlError} = await import('smol-toml');
	try {
		const root = parse(text.replace(/^\ufeff/, ''));
		const where = (key: string): string => `${path}:${lineOf(text, key)}`;
		const strange = text.split('\n').findIndex(line => /[^\p{ASCII}]/u.test(line));
		return {
			path,
			notAscii: strange < 0 ? undefined : strange + 1,
			at(key) {
				const value = secretKeys.includes(key) ? undefined : valueAt(root, key);
				return value === undefined ? undefined : {value, where: where(key)};
			},
			secrets: new Map(
				secretKeys.flatMap(key => {
					const value = valueAt(root, key);
					return value === undefined
						? []
						: [[key, {...judged(value, `${key} of ${path}`), where: where(key)}] as const];
				}),
			),
		};
	} catch (error) {
		if (!(error instanceof TomlError)) throw error;
		const says = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? 'invalid';
		return {broken: says, where: `${path}:${error.line}:${error.column}`};
	}
};

/** Settings that hold a secret. */
const secretKeys: readonly string[] = [
	'ipc.secret',
	'mongo.password',
	'defaults.data_container_description.registry_auth.password',
	'defaults.error_handling.dead_node_notification.auth.password',
];

/** Boxed, so that no program's words about it are shown either. */
const judged = (
	value: unknown,
	name: string,
): {readonly is: 'its own' | 'the sample' | 'short' | 'no text'; readonly secret?: Secret} => {
	if (typeof value !== 'string') return {is: 'no text'};
	if (samples.test(value.trim())) return {is: 'the sample'};
	const secret = new Secret(name, value);
	return {is: value.length < 12 ? 'short' : 'its own', secret};
};

/** What the guide has in the place of a secret, and what people put there meanwhile. */
const samples = /^(secret|password|passwd|changeme|change[_ -]me|test|admin|example|x*)$/i;

const valueAt = (root: unknown, key: string): unknown =>
	key
		.split('.')
		.reduce<unknown>(
			(value, part) =>
				typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
			root,
		);

/** Where a key stands; the line of its table where it is written in some other way, 1 where there is none. */
const lineOf = (text: string, key: string): number => {
	const table = key.slice(0, Math.max(0, key.lastIndexOf('.')));
	const name = key.slice(key.lastIndexOf('.') + 1);
	let inside = table === '';
	let title = 1;
	for (const [index, line] of text.split('\n').entries()) {
		const header = /^\s*\[\s*([^[\]]+?)\s*\]/.exec(line)?.[1];
		if (header !== undefined) {
			inside = header.replace(/["'\s]/g, '') === table;
			if (inside || (title === 1 && header === key)) title = index + 1;
		} else if (inside && new RegExp(`^\\s*["']?${name}["']?\\s*=`).test(line)) return index + 1;
	}
	return title;
};
