/** What systemd starts for a unit: the program and its words, from its own account of the unit, and from the running process, which has every variable filled in. */
import type {Reader} from '#model/host.ts';

export type Starts = {
	readonly unit: string;
	/** `/usr/sbin/mariadbd`; empty where there is none. */
	readonly program: string;
	/** As systemd shows them: words with blanks in them are not one any more. */
	readonly words: readonly string[];
	/** Those of the running main process, where it still has them. */
	readonly running: readonly string[];
	/** An init script behind a generated unit. */
	readonly script: string;
};

export const startsOf = async (unit: string, host: Reader): Promise<Starts> => {
	const {stdout} = await host.probe([
		'systemctl',
		'show',
		'--no-pager',
		'--property=ExecStart,MainPID,SourcePath',
		'--',
		unit,
	]);
	const field = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
	const [, program = '', words = ''] =
		/^\{ path=(.*?) ; argv\[\]=(.*?) ; ignore_errors=/.exec(field('ExecStart')) ?? [];
	const pid = Number(field('MainPID'));
	const bytes = pid > 0 ? await host.read(`/proc/${pid}/cmdline`) : undefined;
	return {
		unit,
		program,
		words: words.split(' ').filter(word => word !== ''),
		running: Buffer.from(bytes ?? '')
			.toString('utf8')
			.split('\0')
			.slice(0, -1),
		script: field('SourcePath'),
	};
};

/** The word behind an option: `-c FILE`, `--config FILE`, `--config=FILE`. */
export const optionOf = (words: readonly string[], ...names: readonly string[]): string | undefined => {
	for (const [at, word] of words.entries()) {
		if (names.includes(word)) return words[at + 1];
		const [name = '', ...value] = word.split('=');
		if (value.length > 0 && names.includes(name)) return value.join('=');
	}
	return undefined;
};
