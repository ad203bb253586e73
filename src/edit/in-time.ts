/**
 * An end for our own code: what reads a text is a loop over what somebody else wrote, and while it runs no deadline, no signal and no second Ctrl-C is heard.
 * V8 ends it from a thread of its own.
 */
import {Script} from 'node:vm';
import {Fault} from '#model/fault.ts';

/** Milliseconds: for the largest file that is edited (8 MB) it is plenty, also on a busy machine. */
const patience = 20_000;

/** What `read` gives. Throws Fault 'edit.too-long' where it is not through in its time. Only the outermost call counts. */
export const inTime = <T>(format: string, read: () => T, most: number = patience): T => {
	if (work !== undefined) return read();
	let answer: {readonly value: T} | undefined;
	work = () => {
		answer = {value: read()};
	};
	(globalThis as unknown as Record<string, unknown>)[name] = () => work?.();
	try {
		(call ??= new Script(`globalThis.${name}()`)).runInThisContext({timeout: most});
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
		throw new Fault(
			'edit.too-long',
			`${format}: the text was not read through within ${most / 1000} s`,
			'Look at the file by hand; if it is as it should be, this is a defect of setup: please report it with the file.',
		);
	} finally {
		work = undefined;
		delete (globalThis as unknown as Record<string, unknown>)[name];
	}
	return (answer as {readonly value: T} | undefined)!.value;
};

const name = '__hostSetupReading';
/** Made when it is needed: the executable loads this file into a snapshot, which takes no compiled script. */
let call: Script | undefined;
let work: (() => void) | undefined;
