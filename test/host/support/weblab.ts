/** The WebLab-Deusto stack with its small application, really installed once per release by `setup apply`, for every test that starts where that ends. */
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {digestTree} from '#rehearse/digest.ts';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {cache} from './needs.ts';
import {answersFile, applyIn, buildProgram, checkout, planIn} from './setup.ts';
import {until} from './until.ts';
import {type Layer, packageLists, type Want} from './with-host.ts';

/** Kept quiet in an image, and started by the stack. */
const unmask = ['apt-daily.timer', 'apt-daily-upgrade.timer'];

/** A test on a fresh copy of the installed host. Without a network: what is installed needs none. */
export const onWeblab = (want: Want = {}): Want => ({
	layer: weblab,
	network: 'none',
	binds: [bring(checkout)],
	unmask,
	timeout: 1_500_000,
	...want,
});

const digest = (): string =>
	createHash('sha256')
		.update(
			JSON.stringify(
				['src', 'steps', 'stacks/weblab-deusto', 'fixtures/apps/weblab'].map(name => [
					...digestTree(join(checkout, name)),
				]),
			),
		)
		.digest('hex');

/** From the answers that come with the stack, which are the required ones alone. */
const weblab: Layer = {
	name: 'weblab',
	key: process.env['HOST_SETUP_LAYER'] ?? digest(),
	on: packageLists,
	options: {binds: [bring(checkout)], unmask},
	async build(host) {
		forgetOld();
		buildProgram();
		putAnswers(host);
		const started = performance.now();
		const applied = await applyIn(host);
		if (applied.code !== 0) throw new Error(`setup apply ended with ${applied.code}:\n${applied.faults.join('\n')}`);
		writeFileSync(join(host.root, 'opt/weblab-seconds'), ((performance.now() - started) / 1000).toFixed(0));
	},
};

const putAnswers = (host: ThrowAway): void =>
	writeFileSync(
		join(host.root, answersFile),
		readFileSync(join(checkout, 'stacks/weblab-deusto/answers.yaml'), 'utf8'),
		{mode: 0o600},
	);

const forgetOld = (): void => {
	const layers = join(cache(), 'layers');
	for (const layer of readdirSync(layers).filter(one => /^weblab-(?!.*\.lock$)/.test(one)))
		if (statSync(join(layers, layer)).mtimeMs < Date.now() - 24 * 3600_000)
			rmSync(join(layers, layer), {recursive: true, force: true});
};

/** A generated one. */
export const secretOf = (host: ThrowAway, key: string): string => {
	const {secrets} = JSON.parse(readFileSync(join(host.root, 'var/lib/host-setup/secrets.json'), 'utf8')) as {
		secrets: Record<string, string>;
	};
	return secrets[`weblab-deusto/${key}`] ?? '';
};

/** The cores answer some seconds after their start. */
export const settled = (host: ThrowAway): Promise<unknown> =>
	until(async () => (await planIn(host)).notOk.length === 0, {
		deadline: 180_000,
		every: 2000,
		what: 'the site answers',
	});
