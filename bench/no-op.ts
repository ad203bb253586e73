/**
 * What nothing-to-do costs: the second apply and the plan on an installed host, beside what Node alone takes there, and beside peers
 * whose playbooks are given. Ratios are printed, nothing is asserted. `node bench/no-op.ts [--runs N] [--peer NAME=COMMAND]...`
 */
import {parseArgs} from 'node:util';
import {programDir} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {plain} from '../test/host/support/answers.ts';
import {installed, onInstalled} from '../test/host/support/installed.ts';
import {type Measured, measured} from '../test/host/support/measure.ts';
import {answersFile, setup} from '../test/host/support/setup.ts';
import {tracedArguments} from '../test/host/support/trace.ts';
import {withHost, withTool} from '../test/host/support/with-host.ts';

type Figures = {
	readonly seconds: number;
	readonly cpuSeconds: number;
	readonly peakMb: number;
	readonly programs: number;
};

const {values} = parseArgs({
	options: {runs: {type: 'string', default: '10'}, peer: {type: 'string', multiple: true, default: []}},
});

const main = async (): Promise<void> => {
	const {layer, ...want} = onInstalled(plain);
	await withHost({...want, layer: withTool('strace', layer ?? installed(plain))}, async host => {
		const node = `${programDir}/node_modules/node-linux-${process.arch}/bin/node`;
		const rows: readonly (readonly [string, readonly string[]])[] = [
			['node -e 0 (the floor)', [node, '-e', '0']],
			['setup --version', [setup, '--version']],
			['setup plan', [setup, 'plan', answersFile]],
			['setup apply, nothing to do', [setup, 'apply', answersFile]],
			...values.peer.map(peer => [peer.replace(/=.*/s, ''), ['sh', '-c', peer.replace(/^[^=]*=/, '')]] as const),
		];
		console.log(
			`${(await host.must(['nproc'])).trim()} cores, Node ${(await host.must([node, '--version'])).trim()}, median of ${values.runs} runs\n`,
		);
		let floor: Figures | undefined;
		for (const [name, argv] of rows) {
			const figures = await medianOf(host, argv);
			floor ??= figures;
			console.log(line(name, figures, floor));
		}
	});
};

const medianOf = async (host: ThrowAway, argv: readonly string[]): Promise<Figures> => {
	// The first one warms the caches of the disk.
	await measured(host, argv);
	const runs: Measured[] = [];
	for (let n = 0; n < Number(values.runs); n++) {
		const run = await measured(host, argv);
		if (run.code !== 0) throw new Error(`${argv.join(' ')} ended with ${run.code}: ${run.stderr}`);
		runs.push(run);
	}
	const median = (of: (run: Measured) => number): number =>
		runs.map(of).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? Number.NaN;
	return {
		seconds: median(run => run.seconds),
		cpuSeconds: median(run => run.cpuSeconds),
		peakMb: median(run => run.peakMb),
		programs: (await tracedArguments(host, argv)).started.length,
	};
};

const line = (name: string, {seconds, cpuSeconds, peakMb, programs}: Figures, floor: Figures): string =>
	`${name.padEnd(28)} ${seconds.toFixed(3)} s (${(seconds / floor.seconds).toFixed(1)} x floor)  CPU ${cpuSeconds.toFixed(3)} s  peak ${peakMb.toFixed(0)} MB (${(peakMb / floor.peakMb).toFixed(1)} x)  ${programs} programs`;

await main();
