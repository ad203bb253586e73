/** What sshd offers to somebody from outside is decided by its files, its PAM and what it read at its start: one who does not exist is told. */
import {nobody} from '#host/doors/nobody.ts';
import {trySsh} from '#host/doors/ssh.ts';
import {ifTold, see} from '#host/see.ts';
import type {Listener} from '#host/system/listeners.ts';
import {sshListeners} from '#host/system/ssh-ports.ts';
import {sshd} from '#host/system/sshd.ts';
import {takesPassword} from '#host/system/sshd-doors.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	letsIn: {
		state: 'fail',
		example: {place: '0.0.0.0:22'},
		says: ({place}) => `sshd on ${place} lets in a name that does not exist, with any password`,
		remedy: {
			sentence:
				'Stop ssh.service (a root shell that is open stays), and see which line of /etc/pam.d/sshd and what it includes says yes to everybody, and which module of /etc/nsswitch.conf makes accounts of any name.',
		},
	},
	asks: {
		state: 'fail',
		example: {place: '0.0.0.0:22', offers: ['publickey', 'password'] as readonly string[]},
		says: ({place, offers}) =>
			`sshd on ${place} takes passwords (${offers.join(', ')}), though its files let in keys only`,
		remedy: {
			sentence:
				'Have sshd read its files again, then try once more; where it still does, see what else starts one on that port (systemctl status ssh.service ssh.socket, ps -C sshd -o args).',
			commands: [['systemctl', 'reload', 'ssh.service']],
		},
	},
});

export const check = defineCheck({
	id: 'doors.ssh',
	title: 'SSH lets nobody in who does not exist, and takes passwords only where its files do',
	why: 'The files say what the next sshd will do. What is asked of who knocks now is another thing after an edit without a reload, with a second sshd on the port, or with one line too many in PAM.',
	reads: [
		'/proc/net/tcp: where sshd listens beyond this host',
		'sshd -T -C: whether its files take passwords',
		'with --try: what ssh is told as a name that does not exist, with a password',
	],
	deadline: 12_000,
	severity: 'fail',
	layers: ['runtime'],
	source: 'sshd_config(5): PasswordAuthentication, AuthenticationMethods; RFC 4252',
	verify: 'ssh -o PreferredAuthentications=none nobody-of-this-name@HOST prints (publickey)',
	facts: {doors: sshListeners, sshd},
	kinds,
	tries: ({facts}) =>
		doorsOf(facts.doors).map(({place}) => ({
			door: `ssh ${place}`,
			does: `offers one password as ${nobody()}, who does not exist`,
			leaves: "a failed login of 127.0.0.1 in sshd's log; fail2ban counts it where it does not leave out this host",
		})),
	appliesTo: ({facts}) => doorsOf(facts.doors).length > 0 || 'no sshd of this host answers others',
	async inspect({host, facts}) {
		const files = await ifTold(() => facts.sshd.doors.some(takesPassword));
		return findings(
			await Promise.all(
				doorsOf(facts.doors).map(async ({place, address, port}): Promise<FoundOf<typeof kinds>> => {
					let letIn = false;
					let offers: readonly string[] = [];
					const runtime = await see(async () => {
						({letIn, offers} = await trySsh(host, address, port));
						return {value: letIn ? 'lets in' : offers.join(', '), where: `ssh ${nobody()}@${address} -p ${port}`};
					});
					const sight = {item: place, expected: 'refuses, and asks for what its files say', layers: {runtime}};
					if (letIn) return {...sight, is: 'letsIn', data: {place}};
					const asks = offers.some(one => one === 'password' || one === 'keyboard-interactive');
					return asks && files === false
						? {...sight, is: 'asks', data: {place, offers}}
						: {...sight, is: 'ok', says: offers.join(', ')};
				}),
			),
		);
	},
});

/** One for each port; a wildcard answers on the loopback, where no other host hears it. */
const doorsOf = (all: readonly Listener[]) =>
	[...new Map(all.toReversed().map(one => [one.port, one])).values()].slice(0, most).map(({address, port}) => ({
		place: `${address}:${port}`,
		address: address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address,
		port,
	}));

const most = 4;
