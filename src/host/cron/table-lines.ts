/** The lines of a crontab as cron reads them: one that it cannot read costs the whole file, and is told in its log alone. */

export type Job = {
	/** From 1. */
	readonly line: number;
	/** In a table of the system. */
	readonly account?: string;
	readonly command: string;
};

/** `times`: not when it runs; `return`: the end of line of another system; `percent`: the end of the command for cron, in what was to be a date. */
export type WrongLine = {readonly why: 'times' | 'return' | 'percent'; readonly line: number};

/** The first line for which nothing, or something else, is run. */
export const wrongLine = (text: string, ofSystem: boolean): WrongLine | undefined => {
	for (const [at, written] of text.split('\n').entries()) {
		if (!isEntry(written.replace(/\r$/, ''))) {
			if (written === '\r') return {why: 'return', line: at + 1};
			continue;
		}
		const job = jobIn(written, at + 1, ofSystem);
		if (job === undefined) return {why: 'times', line: at + 1};
		if (written.endsWith('\r')) return {why: 'return', line: at + 1};
		if (/\bdate\s+(?:-\w+\s+)?["']?\+[^%\s\\]*%/.test(job.command)) return {why: 'percent', line: at + 1};
	}
	return undefined;
};

/** The jobs that can be read. */
export const jobsOf = (text: string, ofSystem: boolean): readonly Job[] =>
	text.split('\n').flatMap((written, at) => (isEntry(written) ? (jobIn(written, at + 1, ofSystem) ?? []) : []));

/** No comment, and no variable. */
const isEntry = (line: string): boolean =>
	/^[ \t]*[^#\s]/.test(line) && !/^[ \t]*(?:"[^"]*"|'[^']*'|[^\s="']+)[ \t]*=/.test(line);

const jobIn = (written: string, line: number, ofSystem: boolean): Job | undefined => {
	const words = written.trim().split(/[ \t]+/);
	const times = words[0]?.startsWith('@') ? 1 : 5;
	if (!areTimes(words.slice(0, times))) return undefined;
	const rest = words.slice(times);
	if (rest.length < (ofSystem ? 2 : 1)) return undefined;
	const [account] = rest;
	return {
		line,
		...(ofSystem && account !== undefined && {account}),
		command: rest.slice(ofSystem ? 1 : 0).join(' '),
	};
};

const areTimes = (words: readonly string[]): boolean =>
	words.length === 1
		? /^@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(words[0] ?? '')
		: words.length === 5 && words.every((word, at) => word.split(',').every(part => isTime(part, fields[at]!)));

type Field = {readonly from: number; readonly to: number; readonly names?: string};

const fields: readonly Field[] = [
	{from: 0, to: 59},
	{from: 0, to: 23},
	{from: 1, to: 31},
	{from: 1, to: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'},
	{from: 0, to: 7, names: 'sun mon tue wed thu fri sat'},
];

/** `*`, `4`, `1-5`, `mon-fri`, `8-18/2`, `0~59`; what follows that cron passes over, and so do we. */
const isTime = (part: string, {from, to, names = ''}: Field): boolean => {
	if (/^[*~]/.test(part)) return true;
	const [, first = '', last] = /^(\w+)(?:[-~](\w+))?/.exec(part) ?? [];
	return [first, ...(last === undefined ? [] : [last])].every(word =>
		/^\d+$/.test(word)
			? Number(word) >= from && Number(word) <= to
			: word !== '' && names.split(' ').includes(word.toLowerCase()),
	);
};
