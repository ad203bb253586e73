/** The checks of Postfix on a booted Debian 12. */
import {script} from './support/inside.ts';
import {type Recipe, recipes} from './support/recipes.ts';
import {services} from './support/services.ts';

const own = '127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128';
const networks = (value: string) => script(`postconf -e 'mynetworks = ${value}'; systemctl reload postfix`);

const list: readonly Recipe[] = [
	{
		name: 'stopped',
		check: 'postfix.running',
		is: 'down',
		item: 'running',
		break: script('systemctl stop postfix'),
		verdict: 'fail',
		says: /postfix@-\.service is inactive/,
	},
	{
		name: 'not enabled',
		check: 'postfix.running',
		is: 'notAtBoot',
		item: 'boot',
		break: script('systemctl disable postfix'),
		verdict: 'warn',
	},
	{
		name: 'relays for the world',
		check: 'postfix.relay',
		is: 'network',
		item: '0.0.0.0/0',
		break: networks(`${own} 0.0.0.0/0`),
		verdict: 'fail',
		says: /relays for 0\.0\.0\.0\/0, which is a good part of the world/,
		mend: networks(own),
	},
	{
		name: 'relays for a local network',
		check: 'postfix.relay',
		is: 'network',
		item: '192.168.7.0/24',
		break: networks(`${own} 192.168.7.0/24`),
		verdict: 'warn',
		says: /local network/,
		mend: networks(own),
	},
	{
		name: 'relays for a public network',
		check: 'postfix.relay',
		is: 'network',
		item: '198.51.100.0/24',
		break: networks(`${own} 198.51.100.0/24`),
		verdict: 'fail',
		says: /public network/,
		mend: networks(own),
	},
	{
		name: 'nothing refuses foreign destinations',
		check: 'postfix.relay',
		is: 'unrefused',
		item: 'restrictions',
		break: script(
			"postconf -e 'smtpd_relay_restrictions = permit' 'smtpd_recipient_restrictions ='; systemctl reload postfix",
		),
		verdict: 'fail',
		says: /relays for everybody/,
		mend: 'remedy',
	},
	...(
		[
			[
				'a class lets through',
				"'smtpd_restriction_classes = ours' 'ours = permit' 'smtpd_relay_restrictions = ours reject_unauth_destination'",
			],
			[
				'a client table that knows everybody',
				"'smtpd_relay_restrictions = permit_mynetworks check_client_access cidr:/etc/postfix/clients reject_unauth_destination'",
			],
			[
				'a sender table: a sender is whoever one says to be',
				"'smtpd_relay_restrictions = permit_mynetworks check_sender_access hash:/etc/postfix/senders reject_unauth_destination'",
			],
			[
				'a pattern of the greeting',
				"'smtpd_relay_restrictions = permit_mynetworks check_helo_access regexp:/etc/postfix/greetings reject_unauth_destination'",
			],
			[
				'a table that leads to a class',
				"'smtpd_restriction_classes = ours' 'ours = permit_mynetworks, permit' 'smtpd_relay_restrictions = permit_mynetworks check_recipient_access regexp:/etc/postfix/classes reject_unauth_destination'",
			],
		] as const
	).map(
		([name, words]): Recipe => ({
			name,
			check: 'postfix.relay',
			is: 'letsThrough',
			item: 'restrictions',
			break: script(
				`cd /etc/postfix; cp main.cf /root/main.cf; echo '0.0.0.0/0 OK' > clients; echo 'partner.example OK' > senders; postmap senders; echo '/./ permit' > greetings; echo '/./ ours' > classes; postconf -e ${words}; systemctl reload postfix`,
			),
			verdict: 'fail',
			says: /lets strangers through before anything refuses/,
			mend: script('cp /root/main.cf /etc/postfix/main.cf; systemctl reload postfix'),
		}),
	),
	{
		name: 'one service of master.cf relays',
		check: 'postfix.relay',
		is: 'overruled',
		item: 'restrictions smtp/inet',
		break: script(
			"postconf -P 'smtp/inet/smtpd_relay_restrictions=permit_mynetworks,permit'; systemctl reload postfix",
		),
		verdict: 'fail',
		says: /at smtp\/inet: what master\.cf sets for it lets strangers through \(permit\)/,
		mend: 'remedy',
	},
	{
		name: 'a second instance relays',
		check: 'postfix.relay',
		item: 'postfix-out 0.0.0.0/0',
		is: 'network',
		break: script(
			'postmulti -e init; postmulti -I postfix-out -e create; postconf -c /etc/postfix-out -e mynetworks=0.0.0.0/0; postmulti -i postfix-out -e enable',
		),
		verdict: 'fail',
		mend: script('postmulti -i postfix-out -e disable; postmulti -i postfix-out -e destroy'),
	},
	{
		name: 'closed in the file, still open in the process',
		check: 'postfix.restart-pending',
		is: 'stale',
		break: script(
			"postconf -e 'inet_interfaces = all'; systemctl restart postfix; postconf -e 'inet_interfaces = loopback-only'; systemctl reload postfix",
		),
		verdict: 'warn',
		says: /changed in the file, not in the process: it still listens beyond this host/,
		layers: {file: 'loopback-only', kernel: ['0.0.0.0:25', '[::]:25 (IPv4 as well)']},
	},
	{
		name: 'a second instance listens beyond this host, by settings of its own',
		check: 'postfix.restart-pending',
		break: script(
			"postconf -e 'inet_interfaces = loopback-only'; systemctl restart postfix; ip addr add 10.9.9.9/32 dev lo; postmulti -e init; postmulti -I postfix-in -e create; postconf -c /etc/postfix-in -e inet_interfaces=10.9.9.9 master_service_disable=; postmulti -i postfix-in -e enable; postmulti -i postfix-in -p start",
		),
		verdict: 'ok',
		layers: {file: 'loopback-only', kernel: ['127.0.0.1:25', '[::1]:25']},
		mend: script(
			'postmulti -i postfix-in -p stop; postmulti -i postfix-in -e disable; postmulti -i postfix-in -e destroy; ip addr del 10.9.9.9/32 dev lo; postconf -e inet_interfaces=all; systemctl restart postfix',
		),
	},
];

/** The network of the containers of the OpenSlides guide is no finding: an interface of theirs is in it. */
recipes('postfix: every check on a booted host', {layer: services, network: 'none', timeout: 300_000}, list, {
	prepare: script(
		`ip link add docker0 type bridge; ip addr add 172.16.28.1/24 dev docker0; ip link set docker0 up; postconf -e 'mynetworks = ${own} 172.16.28.0/24'; systemctl reload postfix`,
	),
});
