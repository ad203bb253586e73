/** Debian's order of versions, so that a plan needs no child process for `>=`. Follows deb-version(7). */

/** Negative, zero or positive as `a` is older than, the same as, or newer than `b`. */
export const compareVersions = (a: string, b: string): number => {
	const [left, right] = [split(a), split(b)];
	return (
		left.epoch - right.epoch || comparePart(left.upstream, right.upstream) || comparePart(left.revision, right.revision)
	);
};

const split = (version: string): {readonly epoch: number; readonly upstream: string; readonly revision: string} => {
	const colon = version.indexOf(':');
	const rest = version.slice(colon + 1);
	const dash = rest.lastIndexOf('-');
	return {
		epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
		upstream: dash < 0 ? rest : rest.slice(0, dash),
		revision: dash < 0 ? '' : rest.slice(dash + 1),
	};
};

const comparePart = (a: string, b: string): number => {
	let [left, right] = [a, b];
	while (left !== '' || right !== '') {
		const [wordA, wordB] = [/^\D*/.exec(left)![0], /^\D*/.exec(right)![0]];
		const byWord = compareWords(wordA, wordB);
		if (byWord !== 0) return byWord;
		left = left.slice(wordA.length);
		right = right.slice(wordB.length);
		const [digitsA, digitsB] = [/^\d*/.exec(left)![0], /^\d*/.exec(right)![0]];
		const [numberA, numberB] = [digitsA.replace(/^0+/, ''), digitsB.replace(/^0+/, '')];
		if (numberA.length !== numberB.length) return numberA.length - numberB.length;
		if (numberA !== numberB) return numberA < numberB ? -1 : 1;
		left = left.slice(digitsA.length);
		right = right.slice(digitsB.length);
	}
	return 0;
};

const compareWords = (a: string, b: string): number => {
	for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
		const by = rank(a[at]) - rank(b[at]);
		if (by !== 0) return by;
	}
	return 0;
};

/** Tilde before the end, the end before letters, letters before all else. */
const rank = (character: string | undefined): number => {
	if (character === undefined) return 0;
	if (character === '~') return -1;
	return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
};
