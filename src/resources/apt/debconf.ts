/** Answers for a package's questions, given before it is installed for the first time. Afterwards the package's own configuration counts, so this is then in order. */

import {aptEnvironment} from '#host/apt/environment.ts';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {waitForDebconf} from '#host/apt/script-locks.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {hasSecret, quoteText, sameText, showText, type Text} from '#model/secret.ts';

export type DebconfAnswer = {
	/** `slapd/domain`. */
	readonly question: string;
	readonly type: 'string' | 'boolean' | 'select' | 'multiselect' | 'password' | 'note' | 'text';
	readonly value: Text | string;
};

export type DebconfSpec = {readonly package: string; readonly answers: readonly DebconfAnswer[]};

type Given = {readonly question: string; readonly value: string; readonly seen: boolean};
export type DebconfState = {readonly installed: boolean; readonly given: readonly Given[]};

/** Answers to a package's questions. Let the `aptPackages` that installs it need `done:debconf-PACKAGE`. */
export const debconf = (spec: DebconfSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		debconfType,
		{
			...edges,
			id: edges.id ?? `debconf:${spec.package}`,
			provides: [`done:debconf-${spec.package}`, ...(edges.provides ?? [])],
			locks: ['apt', ...(edges.locks ?? [])],
		},
		spec,
	);

export const debconfType: ResourceType<DebconfSpec, DebconfState> = {
	name: 'debconf',
	async inspect(spec, host) {
		if (isInstalled((await host.fact(packages)).all.get(spec.package))) return {installed: true, given: []};
		const asked = new Set(spec.answers.map(one => one.question));
		return {installed: false, given: (await readAnswers(host)).filter(one => asked.has(one.question))};
	},
	diff: (spec, state) =>
		state !== 'absent' && state.installed
			? []
			: spec.answers.flatMap(({question, value, type}) => {
					const text = textOf(value);
					const given = state === 'absent' ? undefined : state.given.find(one => one.question === question);
					if (given?.seen && sameText(text, given.value)) return [];
					const quiet = type === 'password' || hasSecret(text);
					return [
						{
							what: question,
							from: given === undefined ? null : quiet ? 'another answer' : given.value,
							to: quiet && !hasSecret(text) ? '••••' : showText(text),
						},
					];
				}),
	holds: spec => [{thing: `debconf:${spec.package}`}],
	undoOf: (spec, state) => ({
		can: true,
		record: {
			package: spec.package,
			questions: spec.answers.map(({question, type}) => ({
				question,
				type,
				there: state.given.some(one => one.question === question),
			})),
		},
		keep: [Buffer.from(JSON.stringify(state.given))],
	}),
	async apply(spec, _state, _changes, host) {
		const lines = spec.answers.flatMap(
			({question, type, value}): Text => [
				`${spec.package} ${question} ${type} `,
				...quoteText(textOf(value), oneLine),
				'\n',
			],
		);
		await waitForDebconf(host, `answers for ${spec.package}`);
		await host.exec(['debconf-set-selections'], {stdin: lines, env: aptEnvironment, timeout: 120_000});
	},
	async undo(record, host, {kept: [bytes], gone}) {
		const {package: name, questions} = record as {
			readonly package: string;
			readonly questions: readonly {readonly question: string; readonly type: string; readonly there: boolean}[];
		} & Json;
		if (!gone?.has(`package:${name}`) && isInstalled((await host.fact(packages)).all.get(name)))
			return {outcome: 'kept', why: `${name} is installed and owns its answers`};
		const old = JSON.parse(Buffer.from(bytes ?? '[]').toString('utf8')) as readonly Given[];
		const now = await readAnswers(host);
		const added = questions.filter(one => !one.there && now.some(answer => answer.question === one.question));
		const back = questions.flatMap(({question, type}) => {
			const was = old.find(one => one.question === question);
			return was === undefined ? [] : [`${name} ${question} ${type} ${was.value}\n`];
		});
		if (added.length + back.length > 0) await waitForDebconf(host, `answers for ${name}`);
		if (added.length > 0)
			await host.exec(['debconf-communicate', name], {
				stdin: [added.map(one => `UNREGISTER ${one.question}\n`).join('')],
				env: aptEnvironment,
				timeout: 120_000,
			});
		if (back.length > 0)
			await host.exec(['debconf-set-selections'], {stdin: [back.join('')], env: aptEnvironment, timeout: 120_000});
		return {outcome: 'undone'};
	},
};

const textOf = (value: Text | string): Text => (typeof value === 'string' ? [value] : value);

const oneLine = (plain: string): string => {
	if (/[\r\n]/.test(plain))
		throw new Fault('debconf.newline', 'an answer for debconf has more than one line', 'Give an answer of one line.');
	return plain;
};

const readAnswers = async (host: Reader): Promise<readonly Given[]> => {
	const texts = await Promise.all(
		['config.dat', 'passwords.dat'].map(async name =>
			Buffer.from((await host.read(`/var/cache/debconf/${name}`)) ?? '').toString('utf8'),
		),
	);
	return texts.flatMap(parseAnswers);
};

/** The stanzas of debconf's config.dat and passwords.dat. */
export const parseAnswers = (text: string): readonly Given[] =>
	text.split('\n\n').flatMap(stanza => {
		const field = (name: string): string | undefined => new RegExp(`^${name}: ?(.*)$`, 'm').exec(stanza)?.[1];
		const question = field('Name');
		return question === undefined
			? []
			: [{question, value: field('Value') ?? '', seen: /\bseen\b/.test(field('Flags') ?? '')}];
	});
