/** One certificate for all instances: their names are those below the domains. */
import type {Resource} from '#model/resource.ts';
import {ownCertificate} from '#resources/certificates/own-certificate.ts';
import {selfSigned} from '#resources/certificates/self-signed.ts';
import {directory} from '#resources/files/directory.ts';

const folder = '/etc/ssl/openslides-instances';
/** Where the one lies that signs itself. */
export const ownPair = {certificate: `${folder}/instances.crt`, key: `${folder}/instances.key`};

/** `server` is the unit that serves it. Provides `done:instance-certificate`. */
export const instanceCertificate = (
	domains: readonly string[],
	files: {readonly certificate: string; readonly key: string} | undefined,
	server: string,
): readonly Resource[] => {
	const names = domains.map(domain => `*.${domain}`) as unknown as readonly [string, ...string[]];
	const provides = ['done:instance-certificate'] as const;
	return files === undefined
		? [
				directory({path: folder, mode: 0o755, owner: 'root:root'}),
				selfSigned(
					{...ownPair, names, days: 825},
					{
						needs: [`path:${folder}`, 'package:openssl'],
						provides,
						// It keeps the one that it read at its start.
						owes: [{unit: server, do: 'reload'}],
					},
				),
			]
		: [ownCertificate({...files, names}, {id: 'own-certificate:instances', provides})];
};
