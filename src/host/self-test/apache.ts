/** `apache2ctl configtest`, which reads envvars as the start does. It runs only where what it reads is root's. */
import type {Reader} from '#model/host.ts';
import {mayTest} from '../trust/test-command.ts';
import {type Outcome, outcomeOf} from './outcome.ts';
import type {Starts} from './starts.ts';

export const apacheTest = async (_starts: Starts, host: Reader): Promise<Outcome> => {
	const argv = ['/usr/sbin/apache2ctl', 'configtest'];
	await mayTest(host, argv);
	const ran = await host.probe(argv);
	const whole = outcomeOf(ran, /Syntax error on line|^AH\d+: (?!00558)/);
	const placed = /Syntax error on line \d+ of \S+:\n.+/.exec(`${ran.stdout}\n${ran.stderr}`)?.[0].replace('\n', ' ');
	return whole !== 'fine' && 'refuses' in whole && placed !== undefined ? {refuses: [placed, ...whole.refuses]} : whole;
};
