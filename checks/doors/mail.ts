/** A mail server that takes passwords before TLS shows them to every network in between, whatever its files mean to say. */
import {type MailProtocol, tryMail} from '#host/doors/mail.ts';
import {nobody} from '#host/doors/nobody.ts';
import {see} from '#host/see.ts';
import {type Interfaces, interfaces, reachOf} from '#host/system/interfaces.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	inClear: {
		state: 'fail',
		example: {place: 'smtp 0.0.0.0:25', protocol: 'smtp' as MailProtocol},
		says: ({place}) => `${place} takes names and passwords without TLS`,
		remedy: ({protocol}) => ({sentence: close[protocol]}),
	},
	letsIn: {
		state: 'fail',
		example: {place: 'imap 0.0.0.0:143', protocol: 'imap' as MailProtocol},
		says: ({place}) => `${place} lets in a name that does not exist`,
		remedy: ({protocol}) => ({
			sentence:
				protocol === 'smtp'
					? 'Stop it until it asks: whoever is let in sends mail to everybody. See which passdb of Dovecot or auxprop of SASL says yes (doveconf -n passdb; smtpd_sasl_path), then look through the queue (postqueue -p).'
					: 'See which passdb says yes to everybody (doveconf -n passdb: driver static without a password, nopassword=y), and take it out.',
		}),
	},
});

const close: Readonly<Record<MailProtocol, string>> = {
	smtp: 'Postfix: postconf -e smtpd_tls_auth_only=yes, and see that no -o in master.cf sets it otherwise; Exim: a server_advertise_condition that wants TLS. Reload it. Passwords that were sent so far may have been read: have them set anew.',
	imap: 'Dovecot: disable_plaintext_auth = yes (from 2.4 on auth_allow_cleartext = no), ssl = required, and no login_trusted_networks of others; reload it. Passwords that were sent so far may have been read: have them set anew.',
	pop: 'Dovecot: disable_plaintext_auth = yes (from 2.4 on auth_allow_cleartext = no), ssl = required, and no login_trusted_networks of others; reload it. Passwords that were sent so far may have been read: have them set anew.',
};

export const check = defineCheck({
	id: 'doors.mail',
	title: 'Mail servers take no password without TLS',
	why: 'A name and a password on a line without TLS are read by every network in between, and programs send them at once where the server offers it. Whether it does is decided in several places, for each port anew.',
	reads: [
		'/proc/net/tcp: who listens on 25, 587, 143 and 110 beyond this host',
		'with --try: a login without TLS as a name that does not exist, from 127.0.0.2',
	],
	severity: 'fail',
	layers: ['runtime'],
	source: 'Postfix documentation, smtpd_tls_auth_only; Dovecot documentation, "SSL/TLS"; RFC 8314',
	verify: 'Before STARTTLS, EHLO names no AUTH PLAIN, and CAPABILITY of IMAP says LOGINDISABLED.',
	facts: {listeners, interfaces},
	kinds,
	tries: ({facts}) =>
		doorsOf(facts.listeners, facts.interfaces).map(({place}) => ({
			door: place,
			does: `logs in without TLS as ${nobody()}, who does not exist`,
			leaves: 'one failed login of 127.0.0.2 in the log of mail',
		})),
	appliesTo: ({facts}) =>
		doorsOf(facts.listeners, facts.interfaces).length > 0 ||
		'no mail server of this host answers others without TLS on 25, 587, 143 or 110',
	async inspect({facts}) {
		return findings(
			await Promise.all(
				doorsOf(facts.listeners, facts.interfaces).map(
					async ({place, protocol, to}): Promise<FoundOf<typeof kinds>> => {
						let takes = 'nothing';
						const runtime = await see(async () => {
							const answer = await tryMail(protocol, to);
							takes = answer.takes;
							return {value: answer.said, where: `${place}, from ${to.from ?? 'this host'}`};
						});
						const sight = {item: place, expected: 'takes no password without TLS', layers: {runtime}};
						if (takes === 'nothing') return {...sight, is: 'ok'};
						return {...sight, is: takes === 'in' ? 'letsIn' : 'inClear', data: {place, protocol}};
					},
				),
			),
		);
	},
});

const ports: ReadonlyMap<number, MailProtocol> = new Map([
	[25, 'smtp'],
	[587, 'smtp'],
	[143, 'imap'],
	[110, 'pop'],
]);

type MailDoor = {
	readonly place: string;
	readonly protocol: MailProtocol;
	readonly to: {readonly host: string; readonly port: number; readonly from?: string};
};

/** One for each port: what listens there besides is the same server nearly always. */
const doorsOf = (all: readonly Listener[], known: Interfaces): readonly MailDoor[] => {
	const far = all.filter(
		({protocol, address, port}) => protocol.startsWith('tcp') && ports.has(port) && reachOf(address, known) !== 'host',
	);
	return [...new Map(far.toReversed().map(one => [one.port, one])).values()]
		.toSorted((a, b) => a.port - b.port)
		.map(({address, port}) => {
			const protocol = ports.get(port) ?? 'smtp';
			const wild = address === '0.0.0.0' || address === '::';
			const host = wild ? '127.0.0.1' : address;
			return {
				place: `${protocol} ${address}:${port}`,
				protocol,
				// Who comes from the address that he comes to is taken for somebody on the host, and trusted.
				to: {host, port, ...(!host.includes(':') && {from: '127.0.0.2'})},
			};
		});
};
