/** The wizard in a terminal of a throw-away host, walked through with the small sources to its review. */
import {entering} from '#rehearse/machine/enter.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {openPty, type Pty} from '../../ui/support/pty.ts';
import {answerAll, type Reply} from './operator.ts';
import {setup} from './setup.ts';

/** Must turn up nowhere but in its own file. */
export const typedOnce = 'Canary-typed-once';

export const smallReplies: Readonly<Record<string, Reply>> = {
	'Sources: Sources': {choose: /small ones/},
	'LDAP directory: User name': {type: 'ada'},
	'LDAP directory: Surname': {type: 'Lovelace'},
	'LDAP directory: Password': {secret: typedOnce},
	'Application: Python environment': {choose: /system's packages/},
	'Superuser: E-mail': {type: 'admin@example.org'},
};

/** As an operator in a terminal of the host. */
export const openWizard = async (host: ThrowAway, shows: string, program = setup): Promise<Pty & AsyncDisposable> => {
	const pty = openPty(entering(host.leader(), [program]) as [string, ...string[]], {
		env: {PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt'},
	});
	await pty.until(shows, 30_000);
	return pty;
};

/** Goes past the preflight, accepting by name what a throw-away host cannot have. */
export const pastPreflight = async (pty: Pty): Promise<void> => {
	// Before the first check is there nothing says that it looks.
	await pty.until(
		screen => screen.some(row => /^[▸ ] +[✔✖] /.test(row)) && !screen.some(row => /looking/.test(row)),
		60_000,
	);
	for (let turn = 0; turn < 10 && !/step \d+ of/.test(pty.screen()[0] ?? ''); turn++) {
		pty.type('\r');
		await pty.until(/step \d+ of \d+|a accepts it by name/);
		if (/step \d+ of \d+/.test(pty.screen()[0] ?? '')) return;
		pty.type('a');
		await pty.until('is accepted');
	}
};

/** Takes what is shown until the plan is there. */
export const toReview = async (pty: Pty): Promise<void> => {
	await answerAll(pty, smallReplies, /review ·/);
	await pty.until(/\d+ changes/, 30_000);
};
