/** Asks before something is done, where somebody can answer. */
import {createInterface} from 'node:readline';
import {Fault} from '#model/fault.ts';
import {printable} from '#model/printable.ts';

/** Does somebody sit there who could answer? */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** True for y or yes; Enter, Ctrl-C and the end of input are a no. Throws Fault usage.needs-yes where there is no terminal. */
export const askYesNo = (question: string): Promise<boolean> => {
	if (!canAsk())
		throw new Fault(
			'usage.needs-yes',
			'nobody is there to answer yes',
			'Add --yes to do it without asking, or --plan to see only.',
		);
	return new Promise(resolve => {
		const reader = createInterface({input: process.stdin, output: process.stderr, terminal: true});
		reader.once('SIGINT', () => reader.close());
		reader.once('close', () => resolve(false));
		reader.question(`${printable(question)} [y/N] `, answer => {
			resolve(/^(y|yes)$/i.test(answer.trim()));
			reader.close();
		});
	});
};
