/** A service that was just started may need a moment before it can be asked: on a busy host PostgreSQL takes seconds. */
import {setTimeout as pause} from 'node:timers/promises';
import type {Host} from '#model/host.ts';
import type {Look, Resource} from '#model/resource.ts';

/** Milliseconds for what its makers have made to answer. */
const patience = 30_000;

/** Looks; while the answer is "until something is there", of which all makers are done, looks again. */
export const lookPatiently = async (
	resource: Resource,
	host: Host,
	stopping: () => boolean,
	late = Date.now() + patience,
): Promise<Look> => {
	for (let wait = 100; ; wait = Math.min(2 * wait, 2000)) {
		const look = await resource.look(host);
		if (look.state !== 'unknown' || look.why.because !== 'until' || stopping() || Date.now() + wait > late) return look;
		await pause(wait);
		host.forget();
	}
};
