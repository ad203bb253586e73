/** The login over SSH that a process belongs to, by the kernel's tree of processes: variables such as SSH_CONNECTION do not survive sudo, and say what anybody wants. */
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';

/** Seconds after the boot at which the login began; undefined where it is none: a console, a screen that was left and joined again, a timer. */
export const loginBegan = async (pid: number, host: Reader): Promise<number | undefined> => {
	for (let now = pid, steps = 0; now > 1 && steps < 64; steps++) {
		const text = (await textOf(host, `/proc/${now}/stat`)) ?? '';
		const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
		const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
		if (/^(sshd(-session)?|dropbear)$/.test(name)) return Number(fields[19]) / ticks;
		now = Number(fields[1]);
	}
	return undefined;
};

/** Seconds since the boot. */
export const uptime = async (host: Reader): Promise<number> =>
	Number(((await textOf(host, '/proc/uptime')) ?? '').split(' ')[0]);

/** USER_HZ, which Linux keeps at this for all programs. */
const ticks = 100;
