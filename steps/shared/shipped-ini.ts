/**
 * What a repository's own ini of uwsgi says of how the application is to be served: how many processes, when one that hangs is ended. It is taken
 * over by a list of what is only that; who runs it, where it listens and what it loads are never its to say.
 */

/** Options and values, in the order of the list. Pure. */
export const shippedOptions = (text: string): Readonly<Record<string, string>> => {
	const said = new Map<string, string>();
	let ours = true;
	for (const line of text.split('\n')) {
		const words = line.trim();
		const [, section] = /^\[([^\]]*)\]$/.exec(words) ?? [];
		if (section !== undefined) ours = section.trim() === 'uwsgi';
		const at = words.indexOf('=');
		const key = words.slice(0, Math.max(0, at)).trimEnd();
		if (ours && /^[\w-]+$/.test(key)) said.set(same[key] ?? key.replaceAll('_', '-'), words.slice(at + 1).trim());
	}
	return Object.fromEntries(
		Object.entries(taken).flatMap(([key, pattern]) => {
			const value = said.get(key);
			return value !== undefined && pattern.test(value) ? [[key, value]] : [];
		}),
	);
};

const same: Readonly<Record<string, string>> = {workers: 'processes', p: 'processes'};

const number = /^\d{1,9}$/;
const truth = /^(true|false|1|0)$/i;

/** uWSGI's Options; nothing that names a file, a user, an address or code. */
const taken: Readonly<Record<string, RegExp>> = {
	processes: number,
	threads: number,
	harakiri: number,
	'harakiri-verbose': truth,
	'max-requests': number,
	'max-requests-delta': number,
	'max-worker-lifetime': number,
	'reload-on-rss': number,
	'reload-on-as': number,
	'worker-reload-mercy': number,
	'buffer-size': number,
	'post-buffering': number,
	'http-timeout': number,
	'socket-timeout': number,
	listen: number,
	'enable-threads': truth,
	'lazy-apps': truth,
	'single-interpreter': truth,
	'thunder-lock': truth,
	'disable-logging': truth,
	'ignore-sigpipe': truth,
	'ignore-write-errors': truth,
	'disable-write-exception': truth,
};
