/** The order in which people count: worker2 before worker10. By hand, because Intl's own needs 5 ms of CPU to wake up, at every start. */

/** Negative, zero or positive as `a` comes before, with or after `b`. Capital and small letters are alike unless that is all that differs. */
export const natural = (a: string, b: string): number => {
	const [left, right] = [a.toLowerCase().match(parts) ?? [], b.toLowerCase().match(parts) ?? []];
	for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
		const by = comparePart(left[at] ?? '', right[at] ?? '');
		if (by !== 0) return by;
	}
	return left.length - right.length || compareText(a, b);
};

const parts = /\d+|\D+/g;

const comparePart = (a: string, b: string): number => {
	if (!/^\d/.test(a) || !/^\d/.test(b)) return compareText(a, b);
	const [left, right] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')];
	return left.length - right.length || compareText(left, right);
};

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
