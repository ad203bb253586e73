/** What a host test needs of the machine it runs on. What cannot run is skipped by name and says what it needed; where CI=true that is a failure. */
import {existsSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {cacheDir} from '#rehearse/base.ts';
import {preflight} from '#rehearse/preflight.ts';

export type Needs = {
	/** The release whose base image is used; undefined: a copy of this machine. */
	readonly release?: string | undefined;
	/** Does it download anything? */
	readonly network: boolean;
};

/** The first thing that is missing, in words; undefined when the test can run. */
export const lacking = async (needs: Needs): Promise<string | undefined> => {
	const made = needs.release !== undefined && existsSync(join(cache(), 'bases', needs.release));
	const fault = preflight(needs.release === undefined || made ? 'host' : 'base')[0];
	if (fault) return fault.sentence;
	if ((needs.network || (needs.release !== undefined && !made)) && !(await mirrorAnswers()))
		return 'a Debian mirror (deb.debian.org, port 80)';
	return undefined;
};

/** Where images, frozen layers and downloaded packages of the tests are kept. */
export const cache = (): string => process.env['HOST_SETUP_CACHE'] ?? cacheDir;

let answer: Promise<boolean> | undefined;

const mirrorAnswers = (): Promise<boolean> =>
	(answer ??= new Promise(done => {
		const socket = connect({host: 'deb.debian.org', port: 80, timeout: 10_000});
		const end = (good: boolean) => (): void => {
			socket.destroy();
			done(good);
		};
		socket.once('connect', end(true)).once('error', end(false)).once('timeout', end(false));
	}));
