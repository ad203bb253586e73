/** `mongod --outputConfig`: it reads its file, prints what it understood, and ends. */
import type {Reader} from '#model/host.ts';
import {type Outcome, outcomeOf} from './outcome.ts';
import {optionOf, type Starts} from './starts.ts';

export const mongodTest = async ({program, running, words}: Starts, host: Reader): Promise<Outcome> => {
	const file = optionOf(running, '--config', '-f') ?? optionOf(words, '--config', '-f');
	if (file === undefined) return {untested: 'it is started without a file'};
	const ran = await host.probe([program, '--config', file, '--outputConfig'], {as: 'mongodb'});
	// Before 4.2 it does not know this.
	if (/unrecognised option '--outputConfig'/i.test(`${ran.stdout}${ran.stderr}`))
		return {untested: 'this mongod has no test of its file'};
	return outcomeOf(ran, /Error|error/);
};
