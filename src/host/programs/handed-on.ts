/** What a program is handed to run: a wrapper another program, an interpreter a script. The guard asks of those too whose they are. */

export type HandedOn = {
	/** The argv within the argv. */
	readonly inner?: readonly string[];
	/** The file that an interpreter runs. */
	readonly script?: string;
	/** It gives root up before, or enters another system whose files are not this one's: what it runs is not ours to judge. */
	readonly drops: boolean;
};

/** `argv` begins with the bare name of the program. */
export const handedOn = (argv: readonly string[]): HandedOn => {
	const [name = '', ...words] = argv;
	if (leaves.has(name)) return {drops: true};
	if (name === 'setpriv') {
		const drops = words.some(word => /^--reuid(=|$)/.test(word) && word !== '--reuid=0' && word !== '--reuid=root');
		return {drops, inner: afterOptions(words, /^$/)};
	}
	const wrapper = wrappers[name];
	if (wrapper !== undefined) {
		// `timeout 5`, `flock FILE`: a word of its own before the program.
		const inner = afterOptions(words, wrapper).slice(ownWord.has(name) ? 1 : 0);
		return {drops: false, ...(inner.length > 0 && {inner})};
	}
	if (!interpreters.test(name)) return {drops: false};
	const at = words.findIndex(word => !word.startsWith('-') || inline.test(word));
	const word = words[at];
	return {drops: false, ...(word !== undefined && !inline.test(word) && {script: word})};
};

/** Their own words end at `--`, or at the first that is no option nor an option's value. */
const afterOptions = (words: readonly string[], takesValue: RegExp): readonly string[] => {
	for (let at = 0; at < words.length; at += 1) {
		const word = words[at]!;
		if (word === '--') return words.slice(at + 1);
		if (takesValue.test(word)) at += 1;
		else if (!word.startsWith('-') && !assignment.test(word)) return words.slice(at);
	}
	return [];
};

/** What env(1) takes before the program. */
const assignment = /^[A-Za-z_]\w*=/;

/** Wrappers, with the options whose value is the next word. */
const wrappers: Readonly<Record<string, RegExp>> = {
	'systemd-run': /^-[pEuM]$/,
	'systemd-inhibit': /^$/,
	setsid: /^$/,
	xargs: /^-[adEILnPs]$/,
	env: /^-[uCS]$/,
	nice: /^-n$/,
	ionice: /^-[cnpPu]$/,
	nohup: /^$/,
	stdbuf: /^-[ioe]$/,
	chronic: /^$/,
	timeout: /^-[ks]$/,
	flock: /^-[wE]$/,
	time: /^-[fo]$/,
};

const ownWord = new Set(['timeout', 'flock']);

const leaves = new Set(['runuser', 'su', 'sudo', 'nsenter', 'chroot', 'unshare', 'systemd-nspawn']);

const interpreters = /^(python[\d.]*|node|nodejs|perl|sh|bash|dash|ruby|php)$/;
/** The program is in the argument, or a module by its name. */
const inline = /^-[A-Za-z]*[cemE]$/;
