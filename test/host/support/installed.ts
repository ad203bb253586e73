/** The whole ipynbsrv stack, really installed once per release and case by `setup apply` on a bare system, for every test that starts where that ends. */
import {createHash} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {digestTree} from '#rehearse/digest.ts';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {type Case, putAnswers} from './answers.ts';
import {type CommandLines, watchCommandLines} from './command-lines.ts';
import type {Secrets} from './leaks.ts';
import {cache} from './needs.ts';
import {applyIn, buildProgram, checkout} from './setup.ts';
import type {Layer, Want} from './with-host.ts';

/** What was seen while it was installed; kept in the layer. */
export type Evidence = {
	readonly commandLines: CommandLines;
	readonly stdout: string;
	readonly stderr: string;
	readonly seconds: number;
	readonly marker: string;
};

/** A test on a fresh copy of the installed host. Without a network: what is installed needs none. */
export const onInstalled = (one: Case, want: Want = {}): Want => ({
	layer: installed(one),
	network: 'none',
	binds: [bring(checkout)],
	timeout: 1_200_000,
	...want,
});

/** Its key is all that the install depends on, so a changed step or resource is installed anew. */
export const installed = (one: Case): Layer => ({
	name: `ipynbsrv-${one.name}`,
	key: process.env['HOST_SETUP_LAYER'] ?? `${sourcesDigest()} ${JSON.stringify(one)}`,
	options: {binds: [bring(checkout)]},
	build: host =>
		once(`${one.name} on ${releaseOf(host)}`, async () => {
			forgetOld(one);
			await install(host, one);
		}),
});

/** Each change of the sources makes layers of a gigabyte: those of other days go when a new one is made, with what stood on them. */
const forgetOld = ({name}: Case): void => {
	const layers = join(cache(), 'layers');
	for (const layer of readdirSync(layers).filter(one => one.startsWith(`ipynbsrv-${name}-`) && !one.endsWith('.lock')))
		if (statSync(join(layers, layer)).mtimeMs < Date.now() - 24 * 3600_000)
			rmSync(join(layers, layer), {recursive: true, force: true});
};

const install = async (host: ThrowAway, one: Case): Promise<void> => {
	buildProgram();
	putAnswers(host, one);
	const watching = await watchCommandLines(host);
	// What tells that the watch sees even what lives for hundredths of a second only.
	const marker = `seen-${host.name}`;
	for (let n = 0; n < 5; n++) await host.must(['perl', '-e', 'select undef, undef, undef, 0.03', `${marker}-${n}`]);
	const started = performance.now();
	const applied = await applyIn(host);
	const seconds = (performance.now() - started) / 1000;
	const commandLines = await watching.end();
	if (applied.code !== 0) throw new Error(`setup apply ended with ${applied.code}:\n${applied.faults.join('\n')}`);
	const {stdout, stderr} = applied;
	mkdirSync(join(host.root, evidenceDir), {mode: 0o700});
	writeFileSync(
		join(host.root, evidenceDir, 'evidence.json'),
		JSON.stringify({commandLines, stdout, stderr, seconds, marker} satisfies Evidence),
	);
};

/** Ours, inside, and no part of what is compared. */
const evidenceDir = '/opt/evidence';

export const evidenceOf = (host: ThrowAway): Evidence =>
	JSON.parse(readFileSync(join(host.root, evidenceDir, 'evidence.json'), 'utf8')) as Evidence;

/** All secrets of the installed host, given and generated. */
export const secretsOf = (host: ThrowAway, one: Case): Secrets => {
	const {secrets} = JSON.parse(readFileSync(join(host.root, 'var/lib/host-setup/secrets.json'), 'utf8')) as {
		secrets: Record<string, string>;
	};
	return {...secrets, ...one.secrets};
};

/** As `debian_version` says it. */
const releaseOf = (host: ThrowAway): string => readFileSync(join(host.root, 'etc/debian_version'), 'utf8').trim();

/** An install that fails takes minutes: within one file it fails once. */
const once = async (name: string, build: () => Promise<void>): Promise<void> => {
	const known = failed.get(name);
	if (known !== undefined) throw known;
	try {
		await build();
	} catch (error) {
		failed.set(name, error);
		throw error;
	}
};
const failed = new Map<string, unknown>();

/** Read once: other tests write to the checkout's caches, not to these. */
const sourcesDigest = (): string => {
	digest ??= createHash('sha256').update(JSON.stringify(sources())).digest('hex');
	return digest;
};
let digest: string | undefined;

const sources = (): unknown => [
	...['src', 'steps', 'stacks', 'fixtures'].map(name => [...digestTree(join(checkout, name))]),
	readFileSync(join(checkout, 'package-lock.json'), 'utf8'),
	// The evidence is kept in the layer: another watch is another layer.
	readFileSync(join(import.meta.dirname, 'command-lines.ts'), 'utf8'),
];
