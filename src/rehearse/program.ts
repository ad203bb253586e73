/** The program itself inside a throw-away host: its directory with its own Node, seen read-only, so that it works there with no network. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {isExecutable} from '#host/files/own-program.ts';
import {Fault} from '#model/fault.ts';
import type {Bind} from './throwaway.ts';

/** Where the program is inside. */
export const programDir = '/opt/host-setup';

/** The bind that brings a checkout in, the folder of the installed package, or the executable that was put somewhere by itself. Throws Fault 'rehearse.program-missing' when it cannot run there on its own. */
export const bring = (checkout: string): Bind => {
	if (checkout === '/' && isExecutable()) return {from: process.execPath, to: `${programDir}/setup`, readOnly: true};
	if (existsSync(join(checkout, 'dist/program'))) return {from: checkout, to: programDir, readOnly: true};
	const node = join(checkout, 'node_modules', `node-linux-${process.arch}`, 'bin/node');
	if (!existsSync(node))
		throw new Fault(
			'rehearse.program-missing',
			`${checkout} has no Node of its own (${node})`,
			'Run npm ci there, or start it once with ./setup.',
		);
	return {from: checkout, to: programDir, readOnly: true};
};
