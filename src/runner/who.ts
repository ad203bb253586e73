/** Who sits at the terminal: told to colleagues who watch the same run, never trusted for anything. */
import {readlinkSync} from 'node:fs';
import {userInfo} from 'node:os';
import type {Person} from './messages.ts';

/** The user before sudo, and the terminal as `who` names it (pts/1); no tty where none of the three descriptors is one. */
export const whoAmI = (env: NodeJS.ProcessEnv = process.env): Person => {
	const tty = [0, 2, 1].map(terminalOf).find(name => name !== undefined);
	return {user: env['SUDO_USER'] || env['DOAS_USER'] || nameOfUser(), ...(tty !== undefined && {tty})};
};

/** "root on pts/1" */
export const personText = ({user, tty}: Person): string => (tty === undefined ? user : `${user} on ${tty}`);

const terminalOf = (descriptor: number): string | undefined => {
	try {
		return /^\/dev\/((?:pts\/|tty|console|hvc)\S*)$/.exec(readlinkSync(`/proc/self/fd/${descriptor}`))?.[1];
	} catch {
		return undefined;
	}
};

/** A uid without a name (a container) has none to tell. */
const nameOfUser = (): string => {
	try {
		return userInfo().username;
	} catch {
		return `uid ${process.getuid?.() ?? '?'}`;
	}
};
