/** The CoralNet stack with its small application, really installed once per release by `setup apply`, for every test that starts where that ends. */
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {digestTree} from '#rehearse/digest.ts';
import {bring} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {cache} from './needs.ts';
import {answersFile, applyIn, buildProgram, checkout} from './setup.ts';
import {type Layer, packageLists, type Want} from './with-host.ts';

/** Where the small application comes from, on the host: what is committed there is what an update finds. */
export const origin = '/usr/local/src/host-setup-coralnet/coralnet.git';

/** A test on a fresh copy of the installed host. Without a network: what is installed needs none. */
export const onCoralnet = (want: Want = {}): Want => ({
	layer: coralnet,
	network: 'none',
	binds: [bring(checkout)],
	timeout: 1_500_000,
	...want,
});

const digest = (): string =>
	createHash('sha256')
		.update(
			JSON.stringify(
				['src', 'steps', 'stacks/coralnet', 'fixtures/apps/coralnet'].map(name => [
					...digestTree(join(checkout, name)),
				]),
			),
		)
		.digest('hex');

/** From the answers that come with the stack, which are the required ones alone and one person. */
const coralnet: Layer = {
	name: 'coralnet',
	key: process.env['HOST_SETUP_LAYER'] ?? digest(),
	on: packageLists,
	options: {binds: [bring(checkout)]},
	async build(host) {
		forgetOld();
		buildProgram();
		putCoralnetAnswers(host);
		const applied = await applyIn(host);
		if (applied.code !== 0) throw new Error(`setup apply ended with ${applied.code}:\n${applied.faults.join('\n')}`);
	},
};

const putCoralnetAnswers = (host: ThrowAway): void =>
	writeFileSync(join(host.root, answersFile), readFileSync(join(checkout, 'stacks/coralnet/answers.yaml')), {
		mode: 0o600,
	});

const forgetOld = (): void => {
	const layers = join(cache(), 'layers');
	for (const layer of readdirSync(layers).filter(one => /^coralnet-(?!.*\.lock$)/.test(one)))
		if (statSync(join(layers, layer)).mtimeMs < Date.now() - 24 * 3600_000)
			rmSync(join(layers, layer), {recursive: true, force: true});
};
