/** `dockerd --validate` with the words of its unit: a setting that stands there and in daemon.json as well stops it. */
import type {Reader} from '#model/host.ts';
import {type Outcome, outcomeOf} from './outcome.ts';
import type {Starts} from './starts.ts';

export const dockerTest = async ({program, words}: Starts, host: Reader): Promise<Outcome> => {
	const ran = await host.probe([program, '--validate', ...words.slice(1)], {as: 'nobody'});
	const said = `${ran.stdout}\n${ran.stderr}`;
	if (ran.code === 0 || /configuration OK/.test(said)) return 'fine';
	if (!/unable to configure the Docker daemon|invalid character|failed to parse/i.test(said))
		return {untested: 'this dockerd has no test of its file'};
	return outcomeOf(ran, /unable to configure/);
};
