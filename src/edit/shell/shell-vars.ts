/**
 * Files of shell assignments, `/etc/default/slapd`: read by `sh`, and many by systemd's EnvironmentFile= as well, so a value is
 * quoted in the way both understand. What is computed, conditional or assigned twice is not touched.
 */
import {sameText, type Text} from '#model/secret.ts';
import {type Editor, refusal, type Splice} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {insertLines, lineNumber, wholeLines} from '../lines.ts';
import {cannotHold, quoted, sound} from '../quoted.ts';
import {type Assignment, assignmentsOf, readShell} from './read.ts';

/** `value: null` takes the assignment out. `replaceComputed` allows a value with `$` or backquotes to be replaced. */
export type ShellSetting = {readonly key: string; readonly value: Text | null; readonly replaceComputed?: true};

const format = 'shell';

export const shellVars: Editor<ShellSetting> = editorOf<ShellSetting>({
	format,
	name: ({key}) => key,
	one: (source, setting) => {
		if (!/^[A-Za-z_]\w*$/.test(setting.key))
			throw refusal(format, 'a variable cannot have this name', 'Use letters, digits and underscores.');
		const found = find(source, setting);
		return setting.value === null ? removed(source, found) : assigned(source, setting.key, setting.value, found);
	},
	all: (source, {key}) =>
		assignmentsOf(source)
			.filter(one => one.key === key)
			.map(one => wholeLines(source, one.statement)),
});

/** In double quotes sh and systemd both take back the four escapes and nothing else. */
const shellQuote = (plain: string): string => {
	if (sound(format, plain).includes('\r')) throw cannotHold(format, 'a carriage return');
	return `"${plain.replaceAll(/[\\"$`]/g, '\\$&')}"`;
};

const assigned = (source: string, key: string, value: Text, found: Assignment | undefined): readonly Splice[] => {
	const text = quoted(value, shellQuote);
	if (found) return found.value !== undefined && sameText(value, found.value) ? [] : [{...found.word, text}];
	const shown = readShell(source).comments.findLast(({start, end}) =>
		new RegExp(`^#[ \\t]*${key}=`).test(source.slice(start, end)),
	);
	return [insertLines(source, shown?.end ?? source.length, [[`${key}=`, ...text]], {continues: true})];
};

const removed = (source: string, found: Assignment | undefined): readonly Splice[] =>
	found ? [{...wholeLines(source, found.statement), text: []}] : [];

const find = (source: string, {key, replaceComputed}: ShellSetting): Assignment | undefined => {
	const [found, ...more] = assignmentsOf(source).filter(one => one.key === key);
	if (!found) return undefined;
	const where = `line ${lineNumber(source, found.statement.start)}`;
	if (more.length > 0)
		throw refusal(
			format,
			`${key} is assigned more than once, first on ${where}`,
			'Leave one assignment by hand, then run the plan again.',
		);
	if (found.nested)
		throw refusal(
			format,
			`${key} is assigned under a condition or in a function on ${where}`,
			'Change it by hand: which value counts is decided when the file is read.',
		);
	if (found.value === undefined && !replaceComputed)
		throw refusal(
			format,
			`${key} is computed on ${where}`,
			'Change it by hand, or allow a computed value to be replaced.',
		);
	return found;
};
