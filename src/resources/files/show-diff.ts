/** Unified diffs for a plan. A diff shows neighbours that nobody asked about, and old values: what looks like a credential there is masked. */
import {createTwoFilesPatch} from 'diff';

const longest = 200;

/**
 * A unified diff; undefined where both are the same. `quiet` leaves out the lines around a change, for files that not
 * everybody may read. What comes new is shown as it is: its secrets are dots already.
 */
export const patchOf = (
	path: string,
	before: string | undefined,
	after: string | undefined,
	quiet = false,
): string | undefined => {
	if (before === after) return undefined;
	const patch = createTwoFilesPatch(
		before === undefined ? '/dev/null' : path,
		after === undefined ? '/dev/null' : path,
		before ?? '',
		after ?? '',
		undefined,
		undefined,
		{context: quiet ? 0 : 3},
	);
	const lines = patch
		.split('\n')
		.slice(1)
		.map(line => (line.startsWith('+') || line.startsWith('--- ') ? line : maskCredential(line)));
	return lines.length <= longest
		? lines.join('\n')
		: [...lines.slice(0, longest), `… ${lines.length - longest} more lines`].join('\n');
};

/** How many lines differ, for contents that must not be shown: `content differs (2 lines)`. */
export const countLines = (before: string, after: string): string => {
	const old = new Set(before.split('\n'));
	const count = after.split('\n').filter(line => !old.has(line)).length;
	return `content differs (${count} ${count === 1 ? 'line' : 'lines'})`;
};

const credential =
	/^(.*?(?:passw(?:or)?d|passphrase|bindpw|rootpw|requirepass|masterauth|secret(?:_?key)?|token|api_?key|credentials?)["']?\]?(?:[ \t]*[=:]|(?=[ \t]))[ \t]*(?![ \t]))[^\s=:].*$/is;
const inAddress = /(:\/\/[^:@/\s]+:)[^@\s]+@/g;

const maskCredential = (line: string): string => line.replace(credential, '$1••••').replace(inAddress, '$1••••@');
