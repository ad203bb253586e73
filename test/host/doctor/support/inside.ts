/** Short words for what recipes do to a host: a script, text into a file. */
import type {ThrowAway} from '#rehearse/throwaway.ts';

export const sh = (host: ThrowAway, script: string): Promise<string> => host.must(['sh', '-euc', script]);

export const put = (host: ThrowAway, path: string, text: string): Promise<string> =>
	host.must(['tee', path], {stdin: text});

/** A break that is a script. */
export const script =
	(text: string) =>
	async (host: ThrowAway): Promise<void> =>
		void (await sh(host, text));
