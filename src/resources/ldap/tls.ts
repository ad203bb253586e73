/** A certificate that slapd refuses leaves its running TLS broken until a restart (seen on 2.5.13), so it is looked at before it is sent. */
import {createPrivateKey, X509Certificate} from 'node:crypto';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {ConfigValue} from './values.ts';

/** Throws Fault 'ldap.certificate' when slapd's user cannot read a file, or certificate and key do not belong together. */
export const checkTls = async (set: readonly ConfigValue[], host: Host): Promise<void> => {
	const path = (attribute: string): string | undefined =>
		set.find(one => one.attribute.toLowerCase() === attribute.toLowerCase())?.values[0];
	const files = set.filter(one => /^olcTLS\w*File$/i.test(one.attribute)).flatMap(one => one.values);
	for (const file of files) {
		if ((await host.probe(['test', '-r', file], {as: 'openldap'})).code !== 0)
			throw fault(
				`the user openldap cannot read ${file}`,
				'Give it the right to: chgrp openldap and chmod 640 the file, and let it pass the directories above.',
			);
	}
	const [certificate, key] = [path('olcTLSCertificateFile'), path('olcTLSCertificateKeyFile')];
	if (certificate !== undefined && key !== undefined) await checkPair(certificate, key, host);
};

const checkPair = async (certificate: string, key: string, host: Host): Promise<void> => {
	const [one, other] = [await host.read(certificate), await host.read(key)];
	try {
		if (new X509Certificate(one ?? '').checkPrivateKey(createPrivateKey(Buffer.from(other ?? '')))) return;
	} catch (error) {
		throw fault(
			`${certificate} or ${key} is no PEM file that can be read: ${error instanceof Error ? error.message : String(error)}`,
			'Both must be PEM, the key without a passphrase.',
		);
	}
	throw fault(
		`the key ${key} does not belong to the certificate ${certificate}`,
		'Answer the two that belong together.',
	);
};

const fault = (sentence: string, hint: string): Fault => new Fault('ldap.certificate', sentence, hint);
