/** All that a certificate of an ACME authority needs on this host: certbot with its timer, a directory for the challenge, and a reload of the server that shows it. */
import type {Offers} from '#model/offers.ts';
import type {Resource} from '#model/resource.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {certbotCertificate} from '#resources/certificates/certbot.ts';
import {directory} from '#resources/files/directory.ts';
import {file} from '#resources/files/file.ts';
import {unit} from '#resources/units/unit.ts';
import {throughProxy} from '../shared/through-proxy.ts';

/** Without a special address, of the authority itself: everybody's browser knows it. */
export const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory';

/** Every stack of this host serves it for its own names. */
export const challenge = {
	root: '/var/lib/acme-challenge',
	served: 'done:acme-challenge',
} as const satisfies Offers['certificate']['challenge'];

export type Acme = {
	/** Of the certificate; that of the stack. */
	readonly name: string;
	readonly names: readonly [string, ...string[]];
	/** The unit of the web server. */
	readonly unit: string;
	/** It stands only after its sites do: it is told of the challenge by the certificate itself. */
	readonly late?: true;
	readonly server: string;
	/** Where this host may have one. */
	readonly proxy?: Offers['proxyFile'] | undefined;
	readonly email?: string | undefined;
};

export const acmeCertificate = ({name, names, unit: server, late, proxy, ...acme}: Acme): readonly Resource[] => {
	const hooks = '/etc/letsencrypt/renewal-hooks';
	const hook = `${hooks}/deploy/${name}`;
	return [
		aptPackages(
			{names: ['certbot'], recommends: false},
			{
				id: 'apt:certbot',
				needs: ['done:requirements', 'done:dpkg-consistent'],
				provides: ['path:/etc/letsencrypt', 'path:/var/lib'],
			},
		),
		directory({path: challenge.root, mode: 0o755, owner: 'root:root'}),
		// certbot makes them as well, at its first certificate.
		...[hooks, `${hooks}/deploy`].map(path => directory({path, mode: 0o755, owner: 'root:root'})),
		file({path: hook, text: hookText(name, server), mode: 0o755, owner: 'root:root'}),
		...throughProxy('certbot.service', proxy, 'package:certbot'),
		unit({name: 'certbot.timer', enabled: true, running: true}, {needs: ['package:certbot']}),
		certbotCertificate(
			{
				name,
				names,
				server: acme.server,
				webroot: challenge.root,
				...(late && {tell: server}),
				...(acme.email !== undefined && {email: acme.email}),
			},
			{
				needs: [...(late ? [] : [`unit:${server}` as const]), challenge.served, `path:${hook}`],
				owes: [{unit: server, do: 'reload'}],
			},
		),
	];
};

/** certbot calls it after each renewal, of whichever certificate. */
const hookText = (name: string, unit: string): string => `#!/bin/sh
# Written by setup: the web server takes up the renewed certificate.
[ "$RENEWED_LINEAGE" = /etc/letsencrypt/live/${name} ] || exit 0
exec systemctl reload ${unit}
`;
