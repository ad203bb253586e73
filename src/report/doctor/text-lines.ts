/** Text in lines of a width, and no more of them than there is room for. */

/** Lines that fit; the first may have less room. What has no blank where it should break stays whole: a path must be copied as one. */
export const wrap = (
	text: string,
	indent: number,
	columns: number | undefined,
	firstIndent = indent,
): readonly string[] => {
	if (columns === undefined) return [text];
	const lines: string[] = [];
	let line = '';
	for (const part of text.split(/(?<= )(?=[^ ])/)) {
		const room = Math.max(20, columns - (lines.length === 0 ? firstIndent : indent));
		if (line !== '' && lengthOf(`${line}${part}`.trimEnd()) > room) {
			lines.push(line.trimEnd());
			line = part;
		} else line += part;
	}
	return [...lines, line.trimEnd()];
};

/** Without colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is left out
const lengthOf = (text: string): number => [...text.replace(/\u001b\[\d+m/g, '')].length;

/** So many of them; the last one shows that there are more. */
export const cut = (lines: readonly string[], count: number): readonly string[] =>
	lines.length <= count ? lines : lines.slice(0, count).map((line, at) => (at === count - 1 ? `${line} …` : line));
