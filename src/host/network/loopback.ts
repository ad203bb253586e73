/** Whether this host reaches itself: while lo is down, what is sent to any address of its own is dropped without a word, and whoever connects waits in vain. */
import {readFileSync} from 'node:fs';
import {networkInterfaces} from 'node:os';
import {Blocked} from '#model/unknown.ts';

export const loopbackFlags = '/sys/class/net/lo/flags';

/** By what the kernel writes there; where it cannot be read nobody knows better, and it counts as up. */
export const isDown = (flags: string | undefined): boolean => {
	const number = Number(flags ?? 'none');
	return !Number.isNaN(number) && (number & 1) === 0;
};

/** Throws Blocked 'timeout' for an address of this host that answers nobody, so that nobody waits for it. Read anew each time: somebody may bring it up. */
export const refuseWithoutLoopback = (address: string, flags: () => string | undefined = readFlags): void => {
	if (isDown(flags()) && isOwn(address))
		throw new Blocked({because: 'timeout', need: `${address} is reached by lo, which is down`});
};

const readFlags = (): string | undefined => {
	try {
		return readFileSync(loopbackFlags, 'utf8');
	} catch {
		return undefined;
	}
};

/** The addresses of all interfaces are reached by lo when it is this host that asks. */
const isOwn = (address: string): boolean =>
	/^(127\.|::1$|localhost$)/i.test(address) ||
	Object.values(networkInterfaces()).some(all => all?.some(one => one.address === address));
