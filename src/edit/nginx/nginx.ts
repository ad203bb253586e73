/**
 * nginx.conf and site files: a directive in a block, an include, the stock servers taken out, or a directive wherever it
 * stands. Everything is found by span, so the file keeps its layout (`nginx-conf` re-indents all of it).
 */
import type {Text} from '#model/secret.ts';
import {type Editor, refusal, type Span, type Splice} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {lineNumber, wholeLines} from '../lines.ts';
import {quoted, sameTexts} from '../quoted.ts';
import {type BlockStep, blockAt, type Inside, newDirective, stepName} from './block.ts';
import {nginxQuote} from './quote.ts';
import {type Directive, directivesOf} from './read.ts';

/**
 * `block` is the way from the main context: `['http', 'server']`. `args: null` takes the directive out. `key` are leading
 * arguments that tell one from others of its name (`add_header X-Frame-Options …`). A `$` is refused unless `variables`. `like` is what stands
 * there, with `*` for anything but a slash: every one that is like it is changed.
 */
export type NginxSetting =
	| {
			readonly block: readonly BlockStep[];
			readonly directive: string;
			readonly key?: readonly string[];
			readonly args: readonly Text[] | null;
			readonly variables?: true;
	  }
	| {readonly block: readonly BlockStep[]; readonly include: string; readonly present?: false}
	| {readonly block: readonly BlockStep[]; readonly removeBlocks: string}
	| {
			readonly anywhere: true;
			readonly directive: string;
			readonly index?: number;
			readonly like?: string;
			readonly args: readonly Text[];
			readonly variables?: true;
	  };

type Anywhere = Extract<NginxSetting, {readonly anywhere: true}>;

const format = 'nginx';

export const nginx: Editor<NginxSetting> = editorOf<NginxSetting>({
	format,
	name: setting => {
		if ('anywhere' in setting)
			return `*.${setting.directive}${setting.index === undefined ? '' : `[${setting.index}]`}${setting.like === undefined ? '' : ` ${setting.like}`}`;
		const last =
			'include' in setting
				? `include ${setting.include}`
				: 'removeBlocks' in setting
					? `no ${setting.removeBlocks}`
					: [setting.directive, ...(setting.key ?? [])].join(' ');
		return [...setting.block.map(stepName), last].join('.');
	},
	one: (source, setting) => {
		const top = directivesOf(source);
		if ('anywhere' in setting)
			return anywhere(source, top, setting).flatMap(one => change(one, setting.args, [], setting.variables));
		const {block, missing} = blockAt(source, top, setting.block);
		if ('removeBlocks' in setting) return missing.length > 0 ? [] : take(source, matching(block, setting));
		const found = missing.length > 0 ? [] : matching(block, setting);
		if ('include' in setting)
			return setting.present === false
				? take(source, found)
				: found.length > 0
					? []
					: newDirective(source, block, missing, ['include', nginxQuote(false)(setting.include)]);
		if (setting.args === null) return take(source, found);
		const {directive, key = [], args, variables} = setting;
		if (found.length > 1)
			throw refusal(
				format,
				`${directive} stands on lines ${linesOfAll(source, found)}`,
				'Leave one of them by hand, or tell them apart by their first arguments.',
			);
		if (found[0]) return change(found[0], args, key, variables);
		if (!/^[\w-]+$/.test(directive))
			throw refusal(format, 'a directive cannot have this name', 'Use the name from the manual.');
		return newDirective(source, block, missing, [directive, ...key.map(nginxQuote(false)), ...write(args, variables)]);
	},
	all: (source, setting) => {
		const top = directivesOf(source);
		if ('anywhere' in setting) {
			const found = everywhere(top, setting.directive).filter(isLike(setting));
			return (setting.index === undefined ? found : found.slice(setting.index, setting.index + 1)).map(one =>
				wholeLines(source, one),
			);
		}
		const {block, missing} = blockAt(source, top, setting.block);
		return missing.length > 0 ? [] : matching(block, setting).map(one => wholeLines(source, one));
	},
});

const matching = (block: Inside, setting: Exclude<NginxSetting, {anywhere: true}>): readonly Directive[] =>
	block.children.filter(one => {
		if ('removeBlocks' in setting) return one.name === setting.removeBlocks && one.children !== undefined;
		if ('include' in setting) return one.name === 'include' && one.args[0]?.value === setting.include;
		return (
			one.name === setting.directive &&
			one.children === undefined &&
			(setting.key ?? []).every((word, at) => one.args[at]?.value === word)
		);
	});

/** In whatever block they stand; without a name all that are no blocks themselves. */
export const everywhere = (directives: readonly Directive[], name?: string): readonly Directive[] =>
	directives.flatMap(one =>
		one.children ? everywhere(one.children, name) : name === undefined || one.name === name ? [one] : [],
	);

const anywhere = (source: string, top: readonly Directive[], setting: Anywhere): readonly Directive[] => {
	const {directive, index, like} = setting;
	const found = everywhere(top, directive).filter(isLike(setting));
	if (like !== undefined && index === undefined && found.length > 0) return found;
	const one = found[index ?? 0];
	if (!one)
		throw refusal(
			format,
			`there is no ${directive}${like === undefined ? '' : ` like ${like}`}${index ? ` number ${index}` : ''}`,
			'Look whether this is the right file.',
		);
	if (index === undefined && found.length > 1)
		throw refusal(
			format,
			`${directive} stands on lines ${linesOfAll(source, found)}`,
			'Say which of them: by the blocks around it (in), by what it says now (now), or by its index, the first being 0.',
		);
	return [one];
};

/** By all its arguments; one that says already what it is to say is meant as well. */
const isLike = ({like, args}: Anywhere): ((one: Directive) => boolean) => {
	if (like === undefined) return () => true;
	const pattern = new RegExp(`^${like.split('*').map(RegExp.escape).join('[^/]*')}$`);
	return one => {
		const words = one.args.map(({value}) => value);
		return pattern.test(words.join(' ')) || sameTexts(args, words);
	};
};

const write = (args: readonly Text[], variables: true | undefined): readonly Text[] =>
	args.map(arg => quoted(arg, nginxQuote(variables ?? false)));

/** Replaces the arguments from the first that differs, so that the others keep their quotes. */
const change = (
	one: Directive,
	args: readonly Text[],
	key: readonly string[],
	variables: true | undefined,
): readonly Splice[] => {
	const old = one.args.slice(key.length);
	if (
		sameTexts(
			args,
			old.map(({value}) => value),
		)
	)
		return [];
	const start = old[0]?.start ?? one.args.at(-1)?.end ?? one.word.end;
	const end = old.at(-1)?.end ?? start;
	const text = write(args, variables).flatMap((arg, at) => (at === 0 && old[0] ? [...arg] : [' ', ...arg]));
	return [{start, end, text}];
};

const take = (source: string, found: readonly Directive[]): readonly Splice[] =>
	found.map(one => ({...wholeLines(source, one), text: []}));

const linesOfAll = (source: string, spans: readonly Span[]): string =>
	spans.map(one => lineNumber(source, one.start)).join(', ');
