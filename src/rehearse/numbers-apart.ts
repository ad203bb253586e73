/**
 * A fresh system counts its accounts from the beginning, as this host did: the application there would be given the number of somebody here, and whoever has the
 * number of a process may stop it, read its environment and go into its files by /proc. So every number of this host is taken there already.
 */
import {appendFileSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** Adds accounts without a login to the system below `root`, before anything is installed there. */
export const keepNumbersApart = (root: string, here = '/'): void => {
	for (const [path, line] of [
		['etc/passwd', (number: string) => `${nameOf(number)}:x:${number}:65534::/nonexistent:/usr/sbin/nologin\n`],
		['etc/group', (number: string) => `${nameOf(number)}:x:${number}:\n`],
	] as const) {
		const there = new Set(numbersIn(join(root, path)));
		const added = numbersIn(join(here, path)).filter(number => !there.has(number));
		appendFileSync(join(root, path), [...new Set(added)].map(line).join(''));
	}
};

const nameOf = (number: string): string => `host-setup-${number}`;

const numbersIn = (path: string): readonly string[] =>
	readFileSync(path, 'utf8')
		.split('\n')
		.flatMap(line => /^[^:]+:[^:]*:(\d+):/.exec(line)?.[1] ?? []);
