/** Line by line with TERM=dumb, from the first question to the end of an install: on a host where it was installed, its answers are there to be gone through again. */
import {expect} from 'vitest';
import {entering} from '#rehearse/machine/enter.ts';
import {openPty} from '../ui/support/pty.ts';
import {plain} from './support/answers.ts';
import {onInstalled, secretsOf} from './support/installed.ts';
import {leaksIn} from './support/leaks.ts';
import {buildProgram, setup} from './support/setup.ts';
import {hostTest} from './support/with-host.ts';

for (const [name, env] of [
	['in ASCII', {LANG: 'C'}],
	['in UTF-8', {LANG: 'C.UTF-8'}],
] as const) {
	hostTest(`TERM=dumb ${name}: every question, the plan, the install, the end`, onInstalled(plain), async host => {
		buildProgram();
		await using pty = openPty(entering(host.leader(), [setup]) as [string, ...string[]], {
			env: {...env, TERM: 'dumb', PATH: process.env['PATH']},
			columns: 100,
			rows: 50,
		});
		const answer = async (prompt: RegExp, line: string, deadline = 30_000): Promise<void> => {
			await pty.until(screen => prompt.test(screen.filter(row => row !== '').at(-1) ?? ''), deadline);
			pty.type(`${line}\r`);
		};
		// What is installed stands first.
		await answer(/What shall be done\?/, '1');
		await pty.until(/Enter goes on|\[.*\]:|: *$/);
		for (let turn = 0; turn < 200 && !/review/.test(pty.history().split('==').at(-2) ?? ''); turn++) {
			const before = pty.history();
			await pty.quiet(150);
			if (/review/.test(pty.history().split('==').at(-2) ?? '')) break;
			pty.type('\r');
			await pty.until(() => pty.history() !== before);
		}
		await pty.until(/review/);
		await pty.quiet(300);
		pty.type('i\r');
		await pty.until('Enter leaves', 120_000);
		pty.type('\r');
		expect((await pty.ended).code, pty.history().slice(-2000)).toBe(0);
		const all = pty.history();
		expect(all).toContain('LDAP directory');
		expect(all).toContain('is installed on');
		expect(leaksIn(all, secretsOf(host, plain))).toEqual([]);
		// Nothing is painted over: no cursor addressing, no alternate screen; and where the locale is not UTF-8, no byte beyond ASCII.
		expect(pty.modes()).toEqual({alternate: false, paste: false});
		if (env.LANG === 'C') expect(/[^\x20-\x7e\n]/.exec(all)?.[0]).toBeUndefined();
	});
}
