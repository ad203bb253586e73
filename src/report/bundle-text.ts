/** What comes from a medium, and from where that has it, in lines under a plan. */
import {printable} from '#model/printable.ts';
import type {Style} from './style.ts';

type Shown = {
	readonly codename: string;
	readonly architecture: string;
	readonly packages: number;
	readonly suites: readonly {
		readonly from: string;
		readonly suite: string;
		readonly kind: string;
	}[];
	readonly instead: readonly {readonly of: string}[];
};

export const bundleText = (
	{codename, architecture, packages, suites, instead}: Shown,
	file: string,
	style: Style,
): string => {
	const lines = [
		`All of it comes from ${file}, made for ${codename} on ${architecture}; no other host is asked.`,
		...(packages === 0 ? [] : [`    ${packages} packages and sources, signed by who publishes them:`]),
		...suites.map(({from, suite, kind}) => `        ${from} ${suite}${kind === 'deb-src' ? ' (sources)' : ''}`),
		...instead.map(({of}) => `    ${of}`),
	];
	return `\n${lines.map(line => style.dim(printable(line))).join('\n')}\n`;
};
