/** Short words for what recipes do to a host: a script, text into a file, an edit of one, a service that stands still. */
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {until} from '../../support/until.ts';

export const sh = (host: ThrowAway, script: string): Promise<string> => host.must(['sh', '-euc', script]);

export const put = (host: ThrowAway, path: string, text: string): Promise<string> => host.must(['tee', path], {stdin: text});

/** A break that is a script. */
export const script =
	(text: string) =>
	async (host: ThrowAway): Promise<void> =>
		void (await sh(host, text));

/** The unit is down for good, not on its way. */
export const stopped = (host: ThrowAway, unit: string): Promise<true> =>
	until(async () => (await host.run(['systemctl', 'is-active', unit])).stdout.trim() === 'inactive', {what: `${unit} is inactive`, deadline: 20_000}).then(
		() => true,
	);
