/** A locale that programs can use: databases and their clients ask the C library for one by name, and fail where it was never made. */
import {sha256} from '#host/files/stash.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type LocaleSpec = {
	/** `en_US.UTF-8`. */
	readonly name: string;
};
export type LocaleState = {
	/** Does the C library have it? */
	readonly made: boolean;
	/** Is it named in /etc/locale.gen, so that the next locale-gen makes it again? */
	readonly named: boolean;
};

/** A locale, made now and by every later locale-gen. Needs the package locales. */
export const locale = (spec: LocaleSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		localeType,
		withEdges(
			{
				id: `locale:${spec.name}`,
				needs: ['package:locales'],
				provides: [`done:locale:${spec.name}`],
				locks: [`path:${list}`],
			},
			edges,
		),
		spec,
	);

const list = '/etc/locale.gen';

export const localeType: ResourceType<LocaleSpec, LocaleState> = {
	name: 'locale',
	async inspect({name}, host) {
		const [text, all] = await Promise.all([listNow(host), host.query(['locale', '-a'])]);
		if (text === undefined) throw new Blocked({because: 'until', thing: 'package:locales'});
		return {
			made: all.split('\n').some(one => same(one, name)),
			named: text.split('\n').some(line => words(line)[0] === name),
		};
	},
	diff: ({name}, state) => [
		...(state !== 'absent' && state.named ? [] : [{key: 'named', what: list, from: null, to: name}]),
		...(state !== 'absent' && state.made ? [] : [{key: 'made', what: `locale ${name}`, from: null, to: 'made'}]),
	],
	holds: ({name}) => [{thing: `done:locale:${name}`}],
	undoOf: ({name}, {named, made}) => ({can: true, record: {name, named: !named, made: !made}}),
	async apply({name}, state, changes, host) {
		if (!state.named) await rewrite(host, text => withName(text, name));
		if (changes.some(({key}) => key === 'made')) await host.exec(['locale-gen'], {timeout: 600_000});
	},
	async undo(raw, host) {
		const {name, named, made} = raw as {readonly name: string; readonly named: boolean; readonly made: boolean} & {
			readonly [key: string]: Json;
		};
		const text = await listNow(host);
		if (text === undefined || !(named || made)) return {outcome: 'already'};
		const left = without(text, name);
		if (named && left !== text) await rewrite(host, () => left);
		if (made && (await host.query(['locale', '-a'])).split('\n').some(one => same(one, name)))
			await host.exec(['locale-gen'], {timeout: 600_000});
		return {outcome: 'undone'};
	},
};

const listNow = async (host: Reader): Promise<string | undefined> => {
	const bytes = await host.read(list);
	return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
};

const rewrite = async (host: Host, how: (text: string) => string): Promise<void> => {
	const text = await listNow(host);
	if (text === undefined) throw new Fault('locale.no-list', `${list} is not there`, 'Install the package locales.');
	await host.replace(list, [how(text)], {was: sha256(text)});
};

const words = (line: string): readonly string[] => line.trim().split(/\s+/);

/** The package's own commented line where there is one, so that an undo gives it back. */
const withName = (text: string, name: string): string => {
	const charset = name.slice(name.lastIndexOf('.') + 1);
	const line = `${name} ${charset}`;
	const commented = new RegExp(`^# ?${name.replaceAll(/[.]/g, '\\.')} ${charset}[ \\t]*$`, 'm');
	return commented.test(text) ? text.replace(commented, line) : `${text.replace(/\n?$/, '\n')}${line}\n`;
};

const without = (text: string, name: string): string =>
	text
		.split('\n')
		.map(line => (words(line)[0] === name ? `# ${line.trim()}` : line))
		.join('\n');

/** `locale -a` writes en_US.utf8. */
const same = (a: string, b: string): boolean => plain(a) === plain(b);
const plain = (name: string): string => name.toLowerCase().replace(/\.utf-?8$/, '.utf8');
