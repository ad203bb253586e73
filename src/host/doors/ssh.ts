/** What sshd does with somebody who does not exist and offers a password: the answer counts whatever its files, its PAM and its own memory of both say. */
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {nobody} from './nobody.ts';

export type SshAnswer = {
	readonly letIn: boolean;
	/** The ways to prove oneself that it offers: publickey, password. */
	readonly offers: readonly string[];
};

/** By the client of this host, without any file or key of root's. Throws Blocked. */
export const trySsh = async (host: Reader, address: string, port: number): Promise<SshAnswer> => {
	const ran = await host.probe(argv(address, port), {
		timeout: patience,
		// It is handed the question, and answers with that: a password that nobody has.
		env: {SSH_ASKPASS: '/bin/echo', SSH_ASKPASS_REQUIRE: 'force', DISPLAY: ':0'},
	});
	const offers = /Permission denied \(([\w@.,-]+)\)/.exec(ran.stderr)?.[1];
	if (ran.code !== 0 && offers === undefined)
		throw new Blocked({
			because: 'unreadable',
			need: `sshd on ${address}:${port} came to no answer: ${lastLine(ran.stderr)}`,
		});
	return {letIn: ran.code === 0, offers: offers?.split(',') ?? []};
};

/** Milliseconds. After a wrong password PAM waits two seconds, give or take half (pam_fail_delay(3)), and sshd may ask in two ways. */
const patience = 9000;

const argv = (address: string, port: number): readonly string[] => [
	'ssh',
	...['-F', '/dev/null', '-T', '-a', '-x', '-p', String(port)],
	...[
		'BatchMode=no',
		'PubkeyAuthentication=no',
		'IdentityAgent=none',
		'PreferredAuthentications=password,keyboard-interactive',
		'NumberOfPasswordPrompts=1',
		'StrictHostKeyChecking=no',
		'UserKnownHostsFile=/dev/null',
		'GlobalKnownHostsFile=/dev/null',
		'ProxyCommand=none',
		'ControlPath=none',
		`ConnectTimeout=${patience / 1000}`,
	].flatMap(option => ['-o', option]),
	'--',
	`${nobody()}@${address}`,
	'true',
];

const lastLine = (text: string): string => (text.trim().split('\n').at(-1) ?? '').slice(0, 160);
