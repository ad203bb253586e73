/** Does a service end and is started anew, again and again? It is never called failed, and whoever looks between two ends finds it active. */
import {setTimeout as pause} from 'node:timers/promises';
import type {Fact} from '#model/host.ts';
import {unitState, unitStateAnew} from './units.ts';

/** By the name of its unit. Looks a second time where the first leaves it open: somebody may have mended it a moment ago. */
export const looping = (name: string): Fact<boolean> => ({
	id: `looping:${name}`,
	async read(host) {
		const {active, sub, activeSince, restarts} = await unitState(name, host);
		if (restarts < few) return false;
		if (sub === 'auto-restart') return true;
		if (active !== 'active' || activeSince === undefined || Date.now() - activeSince > young) return false;
		await pause(secondLook);
		const later = await unitStateAnew(name, host);
		return later.sub === 'auto-restart' || later.restarts > restarts;
	},
});

/** Restarts by systemd itself since somebody started it: fewer may have been an accident. */
const few = 3;

/** One that is up for longer has found its feet. Milliseconds. */
const young = 30_000;

const secondLook = 1500;
