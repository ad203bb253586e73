/** pebble, the ACME server that Let's Encrypt tests with, in a throw-away host: an authority for a test, whose server this host trusts, as it does a company's. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {ThrowAway} from '#rehearse/throwaway.ts';

/** Its address. */
export const pebble = {server: 'https://acme.example.org:14000/dir'} as const;
const ca = '/usr/local/share/ca-certificates/pebble.crt';

/** Installed from Debian, running. */
export const startPebble = async (host: ThrowAway): Promise<void> => {
	await host.must(
		['apt-get', 'install', '-y', '-q', '--no-install-recommends', 'pebble', 'openssl', 'ca-certificates', 'iproute2'],
		{
			timeout: 300_000,
		},
	);
	await host.must(['mkdir', '-p', '/etc/pebble']);
	await host.must([
		...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
		...['-keyout', '/etc/pebble/key.pem', '-out', ca, '-subj', '/CN=acme.example.org'],
		...['-addext', 'subjectAltName=DNS:acme.example.org'],
	]);
	await host.must(['update-ca-certificates']);
	writeFileSync(join(host.root, 'etc/pebble/config.json'), JSON.stringify({pebble: config}));
	await host.must(['sh', '-c', 'echo 127.0.0.1 acme.example.org >>/etc/hosts']);
	// Its own waits and its refusals at random are for those who write clients.
	const quick = ['PEBBLE_VA_NOSLEEP=1', 'PEBBLE_WFE_NONCEREJECT=0'].map(one => `--setenv=${one}`);
	await host.must([
		'systemd-run',
		'--quiet',
		'--unit=pebble',
		...quick,
		'pebble',
		'-config',
		'/etc/pebble/config.json',
	]);
};

const config = {
	listenAddress: '127.0.0.1:14000',
	managementListenAddress: '127.0.0.1:15000',
	certificate: ca,
	privateKey: '/etc/pebble/key.pem',
	httpPort: 80,
	tlsPort: 443,
	ocspResponderURL: '',
	externalAccountBindingRequired: false,
	retryAfter: {authz: 1, order: 1},
};
