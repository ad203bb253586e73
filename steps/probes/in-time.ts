/** What every probe promises: it looks at the running host only, and it ends by itself before an operator wonders. */
import type {Reader} from '#model/host.ts';
import type {Probed} from '#model/step.ts';
import {Blocked} from '#model/unknown.ts';

/** Milliseconds that a probe waits for others. */
export const patience = 7000;

/** Runs a look; whoever does not answer has failed it. `signal` ends what the look has opened. */
export const inTime = async (
	reader: Reader,
	look: (signal: AbortSignal) => Promise<Probed>,
	limit = patience + 1500,
): Promise<Probed> => {
	if (reader.root !== '/') throw new Blocked({because: 'offline-root', need: 'it is asked from the running host'});
	const ended = new AbortController();
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<Probed>(resolve => {
		timer = setTimeout(() => resolve({state: 'failed', line: `no answer within ${Math.round(limit / 1000)} s`}), limit);
	});
	try {
		return await Promise.race([look(ended.signal), late]);
	} finally {
		clearTimeout(timer);
		ended.abort();
	}
};

export const ok = (line: string): Probed => ({state: 'ok', line});
export const warn = (line: string): Probed => ({state: 'warn', line});
export const failed = (line: string): Probed => ({state: 'failed', line});

/** Why a connection did not come about, in words instead of the system's. */
export const connectionWords = (code: number | string, why: string, name: string): string => {
	switch (code) {
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return `${name} has no address here`;
		case 'ECONNREFUSED':
			return `nothing listens at ${name}`;
		case 'ETIMEDOUT':
		case 'EHOSTUNREACH':
		case 'ENETUNREACH':
			return `${name} does not answer`;
		default:
			return why === '' ? `the connection to ${name} failed (${code})` : why;
	}
};
