/** Postfix: what postconf prints, as recorded on booted Debian 11, 12 and 13. */
import {describe, expect, it, test} from 'vitest';
import {check as relay} from '#checks/postfix/relay.ts';
import {parsePostconf} from '#host/postfix/now.ts';
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
	])('%s', async (text, wanted) => expect(await of(`${text}\n`)).toEqual(wanted));
});
