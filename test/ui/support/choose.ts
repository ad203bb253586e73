/** A stack found by its title on the start screen, ipynbsrv where these tests walk through one: which others stand there, and in which order, is not their business. */
import type {Pty} from './pty.ts';

const title = 'ipynbsrv: multi-user IPython notebook server';

export const chooseIpynbsrv = (pty: Pty): Promise<void> => chooseStack(pty, title);

/** Moves the pointer down to it, whole and not the short way, or to where it was left, and takes it. */
export const chooseStack = async (pty: Pty, called: string): Promise<void> => {
	await pty.until('What shall be done?');
	const at = new RegExp(`^[▸>] (?:Go on with )?${called} *$`, 'm');
	for (let downs = 0; downs < 20 && !at.test(pty.text()); downs++) {
		const before = pty.text();
		pty.type('\u001b[B');
		await pty.until(screen => screen.join('\n') !== before);
	}
	await pty.until(at);
	pty.type('\r');
};

/** Its number where choices are typed. */
export const numberOfIpynbsrv = (pty: Pty): string =>
	new RegExp(`^\\s*(\\d+)\\) (?:.*: )?${title}\\s*$`, 'm').exec(pty.history())?.[1] ?? '';
