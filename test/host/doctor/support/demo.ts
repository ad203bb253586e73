/** `setup doctor` over the checks of fixtures/doctor inside a throw-away host. */
import type {Ran} from '#model/host.ts';
import type {InsideOptions} from '#rehearse/machine/enter.ts';
import {programDir} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {bringProgram} from '../../support/light.ts';

export const node = `${programDir}/node_modules/node-linux-${process.arch}/bin/node`;

const program = '/opt/demo.mjs';

/** Puts it inside as one file. */
export const bringDemo = (host: ThrowAway): Promise<void> => bringProgram(host, 'fixtures/doctor/run.ts', program);

/** `before` is put before the program: what starts it. */
export const demo = (
	host: ThrowAway,
	argv: readonly string[],
	options: InsideOptions = {},
	before: readonly string[] = [],
): Promise<Ran> => host.run([...before, node, program, ...argv], {timeout: 60_000, ...options});
