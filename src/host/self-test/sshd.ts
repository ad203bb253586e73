/** `sshd -t`: the only way in to many a host. It runs only where what it reads is root's. */
import type {Reader} from '#model/host.ts';
import {mayTest} from '../trust/test-command.ts';
import {type Outcome, outcomeOf} from './outcome.ts';
import {optionOf, type Starts} from './starts.ts';

export const sshdTest = async ({words}: Starts, host: Reader): Promise<Outcome> => {
	const file = optionOf(words, '-f');
	const argv = ['/usr/sbin/sshd', '-t', ...(file ? ['-f', file] : [])];
	await mayTest(host, argv);
	return outcomeOf(await host.probe(argv), / line \d+/);
};
