/** No reader and no editor may loop, grow or break: each format in a process with little memory, and an end for an input that is not through in its time. */
import {spawn} from 'node:child_process';
import {closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {formats} from './formats.ts';
import {inputOf} from './inputs.ts';

export type Fuzzing = {readonly count: number; readonly from?: number; readonly longEvery: number};

/** For one input, milliseconds of the processor and not of the clock: on a busy machine a million characters wait for their turn, a loop takes all it gets. */
const patience = 20_000;
const megabytes = 512;

/** What went wrong, by number and text of the input; empty where nothing did. */
export const fuzz = async (format: string, {count, from = 0, longEvery}: Fuzzing): Promise<readonly string[]> => {
	const atWork = openAtWork(from);
	const child = spawn(
		process.execPath,
		[
			`--max-old-space-size=${megabytes}`,
			'--disable-warning=ExperimentalWarning',
			fileURLToPath(new URL('./worker.ts', import.meta.url)),
			format,
			String(from),
			String(count),
			String(longEvery),
		],
		{stdio: ['ignore', 'pipe', 'pipe', atWork.fd]},
	);
	let [seed, since, said, complained] = [from, 0, '', ''];
	child.stdout?.on('data', (bytes: Buffer) => void (said += bytes.toString()));
	child.stderr?.on('data', (bytes: Buffer) => void (complained += bytes.toString()));
	let late = false;
	const watch = setInterval(() => {
		const [now, spent] = [atWork.seed(), spentBy(child.pid)];
		if (now !== seed) [seed, since] = [now, spent];
		late ||= spent - since > patience;
		if (late) child.kill('SIGKILL');
	}, 250);
	const code = await new Promise<number | null>(resolve => child.once('close', resolve));
	clearInterval(watch);
	const last = atWork.seed();
	atWork.close();
	const shown = (of: number): string =>
		`input ${of}: ${JSON.stringify(inputOf(formats[format]!.sources, of, longEvery)).slice(0, 600)}`;
	if (late) return [`no end within ${patience / 1000} s: ${shown(last)}`];
	if (code !== 0) return [`${/FATAL ERROR.*/.exec(complained)?.[0] ?? complained.slice(0, 500)}: ${shown(last)}`];
	return (JSON.parse(said) as {seed: number; what: string}[]).map(one => `${one.what}\n${shown(one.seed)}`);
};

/** Milliseconds of the processor; the kernel counts in hundredths of a second. */
const spentBy = (pid: number | undefined): number => {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /, '')
			.split(' ');
		return (Number(fields[11]) + Number(fields[12])) * 10;
	} catch {
		// It has ended.
		return 0;
	}
};

/** Where the worker writes the number of its input: a file, because a message for each one costs more than most inputs. */
const openAtWork = (from: number) => {
	const directory = mkdtempSync(join(tmpdir(), 'fuzz-'));
	const fd = openSync(join(directory, 'at-work'), 'wx+');
	rmSync(directory, {recursive: true});
	const bytes = Buffer.alloc(16);
	return {
		fd,
		seed: (): number => {
			const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0));
			return text === '' ? from : Number(text);
		},
		close: () => closeSync(fd),
	};
};
