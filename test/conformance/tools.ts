/** Plain programs for preparing and breaking a host, apart from the code under test. */
import {execa} from 'execa';

/** Runs a program; whatever it says is not our subject. */
export const quietly = async (file: string, ...args: string[]): Promise<void> =>
	void (await execa(file, args, {reject: false, stdin: 'ignore'}));

/** Runs a program that must succeed and gives its output. */
export const output = async (file: string, ...args: string[]): Promise<string> =>
	(await execa(file, args, {stdin: 'ignore'})).stdout;
