/** A file of JSON, or which line of it is broken: what stands in it may be a secret and is not repeated. */

/** The value, or what is wrong with the line of it. */
export const parseJson = (
	text: string,
): {readonly value: unknown} | {readonly broken: string; readonly line?: number} => {
	try {
		return {value: JSON.parse(text) as unknown};
	} catch (error) {
		const words = (error as SyntaxError).message;
		const position = /at position (\d+)/.exec(words)?.[1];
		const line =
			position === undefined
				? (/line (\d+)/.exec(words)?.[1] ?? (/end of JSON/.test(words) ? text.split('\n').length : undefined))
				: text.slice(0, Number(position)).split('\n').length;
		// What stands in the file is not repeated.
		return {
			broken: words.replace(/,? ?\.\.\..*$|, ".*$| in JSON at position.*$/s, ''),
			...(line !== undefined && {line: Number(line)}),
		};
	}
};
