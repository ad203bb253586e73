// packages: openssl
// releases: bookworm bullseye trixie
import {execFileSync} from 'node:child_process';
import {chmod, mkdir, rm, writeFile} from 'node:fs/promises';
import {selfSigned} from '#resources/certificates/self-signed.ts';
import {conformance} from './suite.ts';

const parent = '/etc/conformance';
const paths = {certificate: `${parent}/site.crt`, key: `${parent}/site.key`};
const wanted = () => selfSigned({...paths, names: ['example.org', 'www.example.org', '192.0.2.7']}, {needs: []});

const fresh = async (): Promise<void> => {
	await rm(parent, {recursive: true, force: true});
	await mkdir(parent);
};

/** One that somebody made by hand, for another name. */
const other = async (): Promise<void> => {
	await fresh();
	execFileSync(
		'openssl',
		[
			'req',
			'-x509',
			'-newkey',
			'ec',
			'-pkeyopt',
			'ec_paramgen_curve:P-256',
			'-nodes',
			'-keyout',
			paths.key,
			'-out',
			paths.certificate,
			'-subj',
			'/CN=old.example',
			'-addext',
			'subjectAltName=DNS:old.example',
		],
		{stdio: 'ignore'},
	);
	await chmod(paths.key, 0o644);
};

conformance('self-signed', [
	{name: 'a new one', prepare: fresh, resource: wanted, breakIt: () => rm(paths.certificate), touches: [parent]},
	{
		name: 'one for another name, whose key everybody can read',
		prepare: other,
		resource: wanted,
		breakIt: () => writeFile(paths.certificate, 'no certificate\n'),
		touches: [paths.certificate],
	},
]);
