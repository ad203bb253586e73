/** A file in /etc/sudoers.d with rules of one line. A rule is added or taken away as a whole line and never changed; whether the file is valid says visudo. */
import {wordsIn} from '../blanks.ts';
import {type Editor, refusal, type Span} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {insertLines, linesOf} from '../lines.ts';

/** A whole rule, such as `ada ALL=(ALL) NOPASSWD: ALL`; blanks between its words do not matter. */
export type SudoersSetting = {readonly rule: string; readonly present?: false};

const format = 'sudoers';

export const sudoers: Editor<SudoersSetting> = {
	...editorOf<SudoersSetting>({
		format,
		name: ({rule}) => `rule ${rule}`,
		one: (source, {rule, present}) => {
			check(rule);
			const lines = linesWith(source, rule);
			if (present === false) return lines.map(line => ({...line, text: []}));
			return lines.length > 0 ? [] : [insertLines(source, source.length, [[rule]])];
		},
		all: (source, {rule}) => linesWith(source, rule),
	}),
	without: ({rule}) => ({rule, present: false}),
};

/** A line that goes on, or that another goes on into, is a part of a longer rule. */
const linesWith = (source: string, rule: string): readonly Span[] => {
	const lines = linesOf(source);
	return lines
		.filter((line, at) => same(line.text, rule) && !line.text.endsWith('\\') && !lines[at - 1]?.text.endsWith('\\'))
		.map(({start, next}) => ({start, end: next}));
};

const same = (a: string, b: string): boolean => words(a) === words(b);

const words = (text: string): string =>
	wordsIn(text)
		.map(one => one.text)
		.join(' ');

const check = (rule: string): void => {
	if (!/^[\x21-\x7e][\x20-\x7e]*$/.test(rule) || /^[#@]|\\$/.test(rule))
		throw refusal(format, `${JSON.stringify(rule)} is no rule of one line`, 'Write WHO HOST=(AS) TAG: COMMANDS.');
};
