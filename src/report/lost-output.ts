/** Output that nobody can take: a full disk behind `>`, a reader that is gone. A report that is lost is no success, and no defect of ours either. */
import {setImmediate as turn} from 'node:timers/promises';
import {Fault} from '#model/fault.ts';

type Stream = {
	on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
	/** Bytes that were written and are not out yet. */
	readonly writableLength?: number;
	readonly destroyed?: boolean;
	write(text: string, done: () => void): unknown;
};

/** Keeps an error of the streams from ending the process in the middle of what it does; the function it gives waits until all is out, and says what was lost. */
export const watchOutput = (streams: readonly Stream[]): (() => Promise<Fault | undefined>) => {
	let code: string | undefined;
	for (const stream of streams)
		stream.on('error', error => {
			if (!wantedNoMore.has(error.code)) code ??= error.code ?? 'unknown';
		});
	return async () => {
		await Promise.all(streams.map(allOut));
		await turn();
		return code === undefined
			? undefined
			: new Fault(
					'output.lost',
					`what was to be shown could not be written: ${code === 'ENOSPC' || code === 'EDQUOT' ? 'no space left' : code}`,
					'Free some space where the output goes (df -h), or send it elsewhere, and run the same command again.',
				);
	};
};

/** A pipe takes 64 KiB at once, and the rest when its reader has read: who ends before loses it. */
const allOut = async (stream: Stream): Promise<void> => {
	if ((stream.writableLength ?? 0) === 0 || stream.destroyed) return;
	await new Promise<void>(done => void stream.write('', done));
};

/** Who reads the first lines of a pipe and goes, and a terminal that is closed. */
const wantedNoMore = new Set<string | undefined>(['EPIPE', 'EIO']);
