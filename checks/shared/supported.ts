/** A server that gets no fixes any more, or soon: the same judgement for every one that has dates. */

import {type Product, supportOf} from '#host/apt/support-dates.ts';
import {isSeen} from '#host/see.ts';
import {defineKinds, type Found, type Kinds, type Remedy, type Seen} from '#model/finding.ts';
import type {Unknown} from '#model/unknown.ts';

/** `day`: 2027-03-31. */
type Fixes = {readonly name: string; readonly series: string; readonly day: string};

type Support = {
	noTable: Pick<Fixes, 'name' | 'series'>;
	ended: Fixes;
	ending: Fixes;
	older: {readonly series: string; readonly runs: string};
};

/** The kinds of a check of a server's version; `remedy` says how one comes to a newer. */
export const supportKinds = (remedy: Remedy): Kinds<Support> => {
	const example = {name: 'PostgreSQL', series: '11', day: '2023-11-09'};
	return defineKinds<Support>({
		noTable: {
			state: 'warn',
			example,
			says: ({name, series}) => `${name} ${series} is in no table of supported versions`,
			remedy,
		},
		ended: {
			state: 'fail',
			example,
			says: ({name, series, day}) => `${name} ${series} gets no fixes since ${day}`,
			remedy,
		},
		ending: {
			state: 'warn',
			example,
			says: ({name, series, day}) => `${name} ${series} gets fixes until ${day} only`,
			remedy,
		},
		older: {
			state: 'warn',
			example: {series: '15', runs: '13'},
			says: ({series, runs}) => `${series} is installed and ${runs} still runs`,
			remedy,
		},
	});
};

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
}: SupportedOptions): Found<Support> => {
	const layers = {file, runtime};
	const support = supportOf(product, series, codename);
	const expected = 'a version that gets security fixes';
	const sight = {expected, layers};
	if (support === undefined) return {...sight, is: 'noTable', data: {name, series}};
	const dated = {...sight, ends: support.ends};
	const data = {name, series, day: new Date(support.ends).toISOString().slice(0, 10)};
	if (support.ends <= now) return {...dated, is: 'ended', data};
	if (support.ends - now < soon) return {...dated, is: 'ending', data};
	if (isSeen(runtime) && runs !== undefined && runs !== series) return {...dated, is: 'older', data: {series, runs}};
	return {...dated, is: 'ok', says: `fixes for ${name} ${series} come from ${support.by} until ${data.day}`};
};

const soon = 90 * 24 * 3600 * 1000;
