/** Postfix: what postconf prints, as recorded on booted Debian 11, 12 and 13. */
import {describe, expect, it, test} from 'vitest';
import {check as relay} from '#checks/postfix/relay.ts';
import {parsePostconf, smtpdsIn} from '#host/postfix/now.ts';
import {relays} from '#host/postfix/restrictions.ts';
import {installedPackages, look, recorded, recordedReleases} from '../support/look.ts';

test.each(recordedReleases)('recorded on %s', release => {
	const main = parsePostconf(recorded(release, 'postconf'));
	expect(main.get('mynetworks')).toBe('127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128');
	expect(main.get('smtpd_relay_restrictions')).toMatch(/defer_unauth_destination/);
	expect(main.get('inet_interfaces')).toBe('loopback-only');
	for (const key of parsePostconf(recorded(release, 'postconf-P')).keys())
		expect(key).toMatch(/^\S+\/(inet|unix|fifo|pass|unix-dgram)\/\w+$/);
});

it('main.cf: continued lines and comments', () =>
	expect(parsePostconf('# mynetworks = no\nmynetworks = 127.0.0.0/8\n  10.0.0.0/8\n# between\nrelayhost =\n')).toEqual(
		new Map([
			['mynetworks', '127.0.0.0/8 10.0.0.0/8'],
			['relayhost', ''],
		]),
	));

describe('in an offline root', () => {
	const of = async (text: string) =>
		(await look(relay, {...installedPackages('postfix'), '/etc/postfix/main.cf': text})).map(
			({item, state}) => `${item} ${state}`,
		);
	it.each([
		['mynetworks = 127.0.0.0/8 [::1]/128', ['mynetworks ok', 'restrictions ok']],
		['mynetworks = 0.0.0.0/0', ['0.0.0.0/0 fail', 'restrictions ok']],
		['mynetworks = 192.168.0.0/16', ['192.168.0.0/16 warn', 'restrictions ok']],
		['smtpd_relay_restrictions = permit_mynetworks', ['mynetworks ok', 'restrictions fail']],
		['smtpd_relay_restrictions = permit_mynetworks, permit, reject', ['mynetworks ok', 'restrictions fail']],
		[
			'smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = permit_mynetworks reject_unauth_destination',
			['mynetworks ok', 'restrictions ok'],
		],
		[
			'smtpd_client_restrictions = permit_mynetworks, reject\nsmtpd_relay_restrictions =',
			['mynetworks ok', 'restrictions ok'],
		],
		[
			'smtpd_relay_restrictions = check_client_access hash:/etc/postfix/x, reject',
			['mynetworks ok', 'restrictions unknown'],
		],
		[
			'smtpd_restriction_classes = ours\nours = permit\nsmtpd_relay_restrictions = ours, reject',
			['mynetworks ok', 'restrictions fail'],
		],
		['smtpd_relay_restrictions = warn_if_reject reject_unauth_destination', ['mynetworks ok', 'restrictions fail']],
	])('%s', async (text, wanted) => expect(await of(`${text}\n`)).toEqual(wanted));
});

describe('what the restrictions make of a stranger', () => {
	const asked = (list: string, table: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) =>
		relays(name => ({smtpd_relay_restrictions: list, ...more})[name], {
			ask: async (_table, key) => table[key] ?? 'none',
			all: async () => Object.values(table),
		});
	it.each([
		['permit_mynetworks check_client_access hash:/x reject', {'203.0': 'OK'}, 'open'],
		['permit_mynetworks check_client_access cidr:/x reject', {'203.0.113.9': '550 go away'}, 'closed'],
		['permit_mynetworks check_client_access hash:/x reject', {'192.0.2.7': 'OK'}, 'closed'],
		['check_sender_access hash:/x reject', {'partner.example': 'OK'}, 'open'],
		['check_sender_access { hash:/x } reject', {'partner.example': 'REJECT'}, 'closed'],
		['check_helo_access pcre:/x reject', {'mail.a-strangers-domain.example.net': '100'}, 'open'],
		['check_recipient_access pcre:/x reject', {'somebody@a-strangers-domain.example.net': 'ours'}, 'open'],
		['check_recipient_access pcre:/x reject', {'somebody@a-strangers-domain.example.net': 'DUNNO'}, 'closed'],
		[
			'check_recipient_access pcre:/x',
			{'somebody@a-strangers-domain.example.net': 'reject_unauth_destination'},
			'closed',
		],
		['reject_rbl_client permit reject', {}, 'closed'],
		['check_policy_service { unix:private/policy, timeout=5s } permit', {}, 'open'],
	])('%s %j: %s', async (list, table, state) =>
		expect(
			(
				await asked(list, table as Readonly<Record<string, string>>, {
					smtpd_restriction_classes: 'ours',
					ours: 'permit',
				})
			).state,
		).toBe(state),
	);
	it('the smtpd of master.cf that others reach', () =>
		expect(
			smtpdsIn(
				'smtp inet n - y - - smtpd\n    -o a=b\n127.0.0.1:10025 inet n - n - - smtpd\npickup unix n - y 60 1 pickup\n',
			),
		).toEqual(['smtp/inet']));
});
