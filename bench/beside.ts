/**
 * What this checkout costs beside another one: each on a host of its own on which it has installed the whole ipynbsrv stack, in turns, so that what else the
 * machine does hits both alike. Ratios with their goals are printed, nothing is asserted. `node bench/beside.ts DIRECTORY [--runs N]`
 */
import {copyFileSync, cpSync, mkdirSync, rmSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {answersFile, checkout} from '../test/host/support/setup.ts';
import {type Raced, race} from './race.ts';

const {values, positionals} = parseArgs({
	options: {runs: {type: 'string', default: '10'}},
	allowPositionals: true,
});

/** As the goals have it: no more than this share of what the other checkout takes. */
const rows: readonly {readonly name: string; readonly words: readonly string[]; readonly goal: number}[] = [
	{name: 'setup --version', words: ['--version'], goal: 0.5},
	{name: 'setup doctor, all checks', words: ['doctor'], goal: 0.5},
	{name: 'setup plan, nothing to do', words: ['plan', answersFile], goal: 0.45},
	{name: 'setup apply, nothing to do', words: ['apply', answersFile], goal: 0.45},
];

const inside = '/opt/bench';

const main = async (): Promise<void> => {
	const [other] = positionals;
	if (other === undefined) throw new Error('name the directory of another checkout, built and with node_modules/');
	await installedBy(resolve(other), there =>
		installedBy(checkout, async here => {
			console.log(
				`each on a host of its own, ${values.runs} runs in turns; min / median of CPU, user and system with children\n`,
			);
			for (const {name, words, goal} of rows) {
				const [before, now] = await inTurns([there, here], words);
				console.log(line(name, before, now, goal));
			}
		}),
	);
};

/** By the other's own tests' means: its layer is installed by its own program. */
const installedBy = async (directory: string, body: (host: ThrowAway) => Promise<void>): Promise<void> => {
	const support = (name: string): Promise<unknown> => import(join(directory, 'test/host/support', name));
	const {withHost} = (await support('with-host.ts')) as {
		withHost: (want: object, body: (host: ThrowAway) => Promise<void>) => Promise<void>;
	};
	const {onInstalled} = (await support('installed.ts')) as {onInstalled: (one: object) => object};
	const {plain} = (await support('answers.ts')) as {plain: object};
	await withHost(onInstalled(plain), async host => {
		put(directory, host);
		await body(host);
	});
};

/** Where V8 may keep what it compiled, as on a host that runs it every day. */
const put = (directory: string, host: ThrowAway): void => {
	const place = join(host.root, inside);
	mkdirSync(place);
	cpSync(join(directory, 'dist'), join(place, 'dist'), {recursive: true});
	rmSync(join(place, 'dist/compiled'), {recursive: true, force: true});
	copyFileSync(join(directory, 'package.json'), join(place, 'package.json'));
	copyFileSync(join(directory, `node_modules/node-linux-${process.arch}/bin/node`), join(place, 'node'));
};

const inTurns = async (
	hosts: readonly ThrowAway[],
	words: readonly string[],
): Promise<readonly (readonly number[])[]> => {
	const cpu: number[][] = hosts.map(() => []);
	const argv = [`${inside}/node`, '--use-system-ca', `${inside}/dist/cli.js`, ...words];
	for (let run = -2; run < Number(values.runs); run++)
		for (const [at, host] of hosts.entries()) {
			const [one] = (await race(host, [argv], 1, 0)) as readonly [Raced];
			if (run >= 0) cpu[at]?.push(one.cpu * 1000);
		}
	return cpu;
};

const line = (name: string, before: readonly number[] = [], now: readonly number[] = [], goal: number): string => {
	const [was, is] = [before, now].map(all => ({min: Math.min(...all), median: median(all)}));
	if (was === undefined || is === undefined) return name;
	const ratio = `${(is.min / was.min).toFixed(2)} / ${(is.median / was.median).toFixed(2)}`;
	return `${name.padEnd(28)} ${was.min.toFixed(0)} / ${was.median.toFixed(0)} ms -> ${is.min.toFixed(0)} / ${is.median.toFixed(0)} ms   ${ratio}   goal ${goal}`;
};

const median = (all: readonly number[]): number =>
	all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

await main();
