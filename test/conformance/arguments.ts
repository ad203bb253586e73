/** Looks at the arguments of every process of the host, again and again, for words that may not be there. */
import {readdir, readFile} from 'node:fs/promises';
import {setTimeout as pause} from 'node:timers/promises';

/** Starts looking; `stop` gives the command lines that held one of the words. Short-lived programs can slip through, so `runProgram` refuses them as well. */
export const watchArguments = (words: readonly string[]): {stop(): Promise<readonly string[]>} => {
	const found = new Set<string>();
	let going = words.length > 0;
	const looking = (async () => {
		while (going) {
			for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
				const line = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
				if (words.some(word => line.includes(word))) found.add(line);
			}
			await pause(5);
		}
	})();
	return {
		async stop() {
			going = false;
			await looking;
			return [...found];
		},
	};
};
