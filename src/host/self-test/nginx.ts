/** `nginx -t` with the file that the unit names. It runs only where what it reads is root's. */
import type {Reader} from '#model/host.ts';
import {mayTest} from '../trust/test-command.ts';
import {type Outcome, outcomeOf} from './outcome.ts';
import {optionOf, type Starts} from './starts.ts';

export const nginxTest = async ({program, words}: Starts, host: Reader): Promise<Outcome> => {
	const conf = optionOf(words, '-c');
	const prefix = optionOf(words, '-p');
	const argv = [program, '-t', '-q', ...(prefix ? ['-p', prefix] : []), ...(conf ? ['-c', conf] : [])];
	await mayTest(host, argv);
	return outcomeOf(await host.probe(argv), /\[emerg\]/);
};
