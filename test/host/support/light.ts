/** The light stack (fixtures/light) inside a throw-away host: running it, and what its world looks like before and after. */
import {readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {build} from 'esbuild';
import type {Entry} from '#engine/journal.ts';
import {type Digest, digestTree} from '#rehearse/digest.ts';
import type {InsideOptions} from '#rehearse/machine/enter.ts';
import {bring, programDir} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {bundling} from '../../../build.ts';
import type {Order, Told} from '../../../fixtures/light/run.ts';
import {until} from './until.ts';
import {type Want, withPackages} from './with-host.ts';

/** Inside. */
export const state = '/var/lib/light';

const root = join(import.meta.dirname, '../../..');
const program = '/opt/light.mjs';
export const node = `${programDir}/node_modules/node-linux-${process.arch}/bin/node`;

/** A host in which our Node runs. */
export const lightHost: Want = {
	layer: withPackages('node', ['libatomic1']),
	network: 'none',
	binds: [bring(root)],
	timeout: 600_000,
};

/** Puts the program inside as one file: it starts in a fraction of the time, and these tests start it hundreds of times. */
export const bringLight = (host: ThrowAway): Promise<void> => bringProgram(host, 'fixtures/light/run.ts', program);

/** Any program of the sources as one file at this path inside. */
export const bringProgram = async (host: ThrowAway, source: string, path: string): Promise<void> => {
	const {outputFiles} = await build({...bundling, entryPoints: [source], splitting: false, write: false});
	writeFileSync(`${host.root}${path}`, outputFiles[0]!.contents);
};

export type LightRan = {readonly code: number; readonly told: readonly Told[]; readonly stderr: string};

export const lightArgv = (order: Omit<Order, 'state'>): readonly string[] => [
	node,
	program,
	JSON.stringify({state, ...order}),
];

/** Runs it to its end, whatever that is. */
export const runLight = async (
	host: ThrowAway,
	order: Omit<Order, 'state'>,
	options: InsideOptions = {},
): Promise<LightRan> => {
	const {code, stdout, stderr} = await host.run(lightArgv(order), {timeout: 120_000, ...options});
	return {
		code,
		told: stdout
			.split('\n')
			.filter(line => line.startsWith('{') && line.endsWith('}'))
			.map(line => JSON.parse(line) as Told),
		stderr,
	};
};

/** Its lines; one that was cut off is none. */
const toldIn = (stdout: string): readonly Told[] =>
	stdout
		.split('\n')
		.filter(line => line.startsWith('{') && line.endsWith('}'))
		.map(line => JSON.parse(line) as Told);

/** Starts it; `says` waits for words in what it tells. */
export const begin = (host: ThrowAway, order: Omit<Order, 'state'>) => {
	let text = '';
	const ended = host
		.run(lightArgv(order), {
			onLine: line => {
				text += `${line}\n`;
			},
		})
		.then(({code, stdout, stderr}) => ({code, told: toldIn(stdout), stderr}));
	return {ended, says: (words: string) => until(() => text.includes(words), {what: words, deadline: 60_000})};
};

/** The host as an operator had it: a running unit that has read two files, a link and a file that will be in the way. */
export const furnishLight = async (host: ThrowAway): Promise<void> => {
	await host.must(['mkdir', '-p', '/etc/light']);
	for (const [path, text] of Object.entries({
		'/etc/light/light.conf': '# theirs\nCOLOUR=red\nSIZE="3"\n',
		'/etc/light/extra.conf': 'of the package\n',
		'/etc/light/stock.conf': 'stock\n',
		'/etc/systemd/system/light.service': `[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'echo start >> ${starts}; cat /etc/light/light.conf /etc/light/extra.conf > ${hasRead}'\n`,
	}))
		await host.must(['tee', path], {stdin: text});
	await host.must(['chmod', '600', '/etc/light/extra.conf']);
	await host.must(['ln', '-s', '/elsewhere', '/etc/light/current']);
	await host.must(['systemctl', 'daemon-reload']);
	await host.must(['systemctl', 'start', 'light.service']);
};

const starts = '/var/tmp/light.starts';
const hasRead = '/var/tmp/light.read';

/** How often the unit was started since the last time this was asked. */
export const startsSince = (host: ThrowAway): number => {
	const count = textOf(host, starts).split('\n').length - 1;
	writeFileSync(`${host.root}${starts}`, '');
	return count;
};

/** Does the unit run with the files as they are? */
export const unitIsFresh = (host: ThrowAway): boolean =>
	textOf(host, hasRead) === textOf(host, '/etc/light/light.conf') + textOf(host, '/etc/light/extra.conf');

/** All that a run may touch. The generated password differs from run to run and is compared apart; `passwd-` and its like are shadow's own copies. */
export const lightDigest = (host: ThrowAway): Digest =>
	digestTree(
		host.root,
		path =>
			skipped.test(path) ||
			!(path === '/etc' || path.startsWith('/etc/') || path === '/srv' || path.startsWith('/srv/')),
	);

const skipped =
	/^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$|^\/etc\/(\.pwd\.lock|resolv\.conf|\.updated|ld\.so\.cache)$|^\/srv\/light\/password$/;

const outside = (host: ThrowAway, name: string): string => `${host.root}${state}/${name}`;

export const journalOf = (host: ThrowAway): readonly Entry[] =>
	readFileSync(outside(host, 'journal.jsonl'), 'utf8')
		.split('\n')
		.slice(0, -1)
		.map(line => JSON.parse(line) as Entry);

/** As a power cut leaves it: the last line half there. */
export const tearJournal = (host: ThrowAway): void => {
	const path = outside(host, 'journal.jsonl');
	truncateSync(path, readFileSync(path).length - 5);
};

export const textOf = (host: ThrowAway, path: string): string => readFileSync(`${host.root}${path}`, 'utf8');

/** Ours go, the host stays. */
export const forgetState = (host: ThrowAway): void => rmSync(`${host.root}${state}`, {recursive: true, force: true});
