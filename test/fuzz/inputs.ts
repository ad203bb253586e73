/** Damaged files of a format: real ones with what editors, copies and full disks leave in them. The same seed and number is the same input, so that one that loops can be made again. */

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
const numbers = (seed: number): (() => number) => {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
};

const odd = [
	'\ufeff',
	'\u00a0',
	'\u0085',
	'\u2028',
	'\u3000',
	'\f',
	'\v',
	'\0',
	'\r',
	'\r\n',
	'\n',
	'\t',
	' ',
	'\ud800',
	'\udc00',
	'😀',
	'\u001b[2J',
	'\\',
	'\\\n',
	'"',
	"'",
	'`',
	'"""',
	"'''",
	'#',
	';',
	'{',
	'}',
	'{{',
	'[',
	']',
	'(',
	')',
	'<',
	'>',
	'<<EOF',
	'<<<',
	'<<-"x"',
	'$(',
	'${',
	'$',
	'%',
	'!',
	'@',
	'=',
	':',
	'::',
	',',
	'|',
	'&',
	'*',
	'-',
	'/*',
	'*/',
	'//',
	'[[',
	']]',
	'[==[',
	'--',
	'</x>',
	'0',
	'-1',
	'999999999999999999999',
];

/** Of a million characters: what takes a step for each character before it shows here. */
const long = [
	'a',
	' ',
	'\\',
	'"',
	"'",
	'{',
	'(',
	'#',
	'a ',
	'a=',
	'\\\n',
	'x"',
	'$',
	';',
	'%',
	',a',
	'\ufeff',
	'[',
	"a='",
];

/** The input of a number. Every `longEvery`th has a line of about a million characters. */
export const inputOf = (sources: readonly string[], seed: number, longEvery: number): string => {
	const next = numbers(seed * 7919 + 17);
	const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)]!;
	let text = pick(sources);
	const rounds = 1 + Math.floor(next() * 6);
	for (let round = 0; round < rounds; round += 1) {
		const at = Math.floor(next() * (text.length + 1));
		const end = Math.min(text.length, at + Math.floor(next() * 12));
		const kind = next();
		if (kind < 0.55) text = text.slice(0, at) + pick(odd) + text.slice(at);
		else if (kind < 0.7) text = text.slice(0, at) + text.slice(end);
		else if (kind < 0.8)
			text = text.slice(0, at) + text.slice(at, end).repeat(1 + Math.floor(next() * 3)) + text.slice(at);
		else if (kind < 0.9) text = text.slice(0, at);
		else text = text.slice(0, at) + pick(odd) + pick(sources).slice(0, 200) + pick(odd) + text.slice(at);
	}
	if (next() < 0.05) text = `\ufeff${text}`;
	if (next() < 0.05) text = text.replaceAll('\n', '\r\n');
	if (longEvery > 0 && seed % longEvery === longEvery - 1) {
		const at = Math.floor(next() * (text.length + 1));
		const piece = long[Math.floor(seed / longEvery) % long.length]!;
		text = text.slice(0, at) + piece.repeat(Math.ceil(1_000_000 / piece.length)) + text.slice(at);
	}
	return text;
};
