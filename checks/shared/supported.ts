/** A server that gets no fixes any more, or soon: the same judgement for every one that has dates. */

import {type Product, supportOf} from '#host/apt/support-dates.ts';
import {isSeen} from '#host/see.ts';
import type {Finding, Seen} from '#model/finding.ts';
import type {Unknown} from '#model/unknown.ts';

export type SupportedOptions = {
	readonly name: string;
	readonly product: Product;
	/** `10.11`, `15`. */
	readonly series: string;
	readonly codename: string;
	readonly now: number;
	readonly file: Seen | Unknown;
	readonly runtime: Seen | Unknown;
	/** The series that runs, where it is another one than the installed. */
	readonly runs?: string | undefined;
};

export const supportedFinding = ({
	name,
	product,
	series,
	codename,
	now,
	file,
	runtime,
	runs,
}: SupportedOptions): Finding => {
	const layers = {file, runtime};
	const support = supportOf(product, series, codename);
	const expected = 'a version that gets security fixes';
	if (support === undefined)
		return {state: 'warn', says: `${name} ${series} is in no table of supported versions`, expected, layers};
	const day = new Date(support.ends).toISOString().slice(0, 10);
	const finding = (state: Finding['state'], says: string): Finding => ({
		state,
		says,
		expected,
		layers,
		ends: support.ends,
	});
	if (support.ends <= now) return finding('fail', `${name} ${series} gets no fixes since ${day}`);
	if (support.ends - now < soon) return finding('warn', `${name} ${series} gets fixes until ${day} only`);
	if (isSeen(runtime) && runs !== undefined && runs !== series)
		return finding('warn', `${series} is installed and ${runs} still runs`);
	return finding('ok', `fixes for ${name} ${series} come from ${support.by} until ${day}`);
};

const soon = 90 * 24 * 3600 * 1000;
