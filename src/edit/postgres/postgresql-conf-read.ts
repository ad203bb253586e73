/** Reads postgresql.conf as the server's own `guc-file.l` does, for the editor and for the doctor. Bytes above ASCII are letters there: a no-break space is part of a name. */
import {parseFault, type Span} from '../editor.ts';
import {linesOf} from '../lines.ts';

/** One setting; `value` spans what is written behind the name, with its quotes. Includes are settings of their own names. */
export type ConfEntry = {
	readonly key: string;
	readonly plain: string;
	readonly quoted: boolean;
	readonly line: Span;
	readonly value: Span;
};

const format = 'postgresql.conf';

/** Every setting in order. A line that is none throws Fault 'edit.parse', or goes to `bad` and is passed over; the server refuses the whole file. */
export const confEntriesOf = (
	source: string,
	bad: (offset: number, what: string) => void = (offset, what) => {
		throw parseFault(format, source, offset, what);
	},
): readonly ConfEntry[] =>
	linesOf(source).flatMap(at => {
		if (/^[ \t\r]*(#|$)/.test(at.text)) return [];
		const parts = setting.exec(at.text);
		const [, indent = '', name = '', equals = '', written = ''] = parts ?? [];
		if (!parts || /[^\0-\x7f]/.test(name)) {
			bad(at.start, parts ? 'a name with a character that no setting has' : 'a line that is no setting');
			return [];
		}
		const start = at.start + indent.length + name.length + equals.length;
		const inQuotes = written.startsWith("'");
		return [
			{
				key: name,
				plain: inQuotes ? unquote(written.slice(1, -1)) : written,
				quoted: inQuotes,
				line: {start: at.start, end: at.next},
				value: {start, end: start + written.length},
			},
		];
	});

const id = '[A-Za-z_\\x80-\\uffff][\\w$\\x80-\\uffff]*';
const numbers = '[-+]?(?:0x[0-9a-fA-F]+|\\d+)[A-Za-z]*|[-+]?\\d*\\.\\d*(?:[Ee][-+]?\\d+)?';
const words = '[A-Za-z_\\x80-\\uffff][\\w$.:/\\x80-\\uffff-]*';
/** A name, perhaps `=`, and one value; neither blank nor `=` is needed where the two cannot be taken for one word. */
const setting = new RegExp(
	`^([ \\t\\r]*)(${id}(?:\\.${id})?)([ \\t\\r]*=?[ \\t\\r]*)('(?:[^'\\\\]|\\\\.|'')*'|(?<=[ \\t\\r=])(?:${words}|${numbers}))[ \\t\\r]*(?:#.*)?$`,
);

/** '' is a quote; the escapes stand for bytes. */
const unquote = (inner: string): string =>
	inner.replaceAll(/''|((?:\\[0-7]{1,3})+)|\\(.)/gs, (all, octals: string | undefined, char: string | undefined) => {
		if (octals !== undefined)
			return Buffer.from(
				octals
					.slice(1)
					.split('\\')
					.map(one => Number.parseInt(one, 8) & 0xff),
			).toString('utf8');
		if (char === undefined) return all === "''" ? "'" : '';
		return ({n: '\n', r: '\r', t: '\t', b: '\b', f: '\f'} as const)[char] ?? char;
	});
