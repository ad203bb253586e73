/** The words of a redis.conf line, as the server itself splits them (sdssplitargs). */

/** Undefined for a line that Redis would refuse: a quote left open, or text right behind a closing one. */
export const redisWordsOf = (line: string): readonly string[] | undefined => {
	const words: string[] = [];
	let at = 0;
	for (;;) {
		while (/\s/.test(line[at] ?? '')) at++;
		if (at >= line.length) return words;
		let word = '';
		while (at < line.length && !/\s/.test(line[at]!)) {
			const quote = line[at]!;
			if (quote !== '"' && quote !== "'") {
				word += quote;
				at++;
				continue;
			}
			const inside = (quote === '"' ? /"((?:[^"\\]|\\.)*)"(?=\s|$)/y : /'((?:[^'\\]|\\.)*)'(?=\s|$)/y) as RegExp;
			inside.lastIndex = at;
			const found = inside.exec(line);
			if (found === null) return undefined;
			word += quote === '"' ? unescape(found[1]!) : found[1]!.replaceAll("\\'", "'");
			at = inside.lastIndex;
		}
		words.push(word);
	}
};

const letters: Readonly<Record<string, string>> = {n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07'};

const unescape = (inner: string): string =>
	inner.replaceAll(/((?:\\x[0-9a-f]{2})+)|\\(.)/gi, (_all, bytes: string | undefined, char: string) =>
		bytes === undefined ? (letters[char] ?? char) : Buffer.from(bytes.replaceAll('\\x', ''), 'hex').toString('utf8'),
	);
