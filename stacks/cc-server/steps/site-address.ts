import {isIP} from 'node:net';
import {z} from 'zod';
import {absolutePath, hostName, hostOrAddress} from '#answers/questions/questions.ts';
import {hostNames} from '#host/system/host-names.ts';
import {defineStep} from '#model/step.ts';
import {ownCertificate} from '#resources/certificates/own-certificate.ts';
import {selfSigned} from '#resources/certificates/self-signed.ts';
import {directory} from '#resources/files/directory.ts';
import {certificatePair} from '#steps/probes/files.ts';
import {namedForContainers} from '#steps/probes/names.ts';

/** Where a pair of this host's own lies. */
const ssl = '/etc/ssl/cc-server';

/** Under which name people and containers reach it: containers call back, and must trust the certificate. */
export const siteAddress = defineStep({
	id: 'site-address',
	title: 'Address',
	about:
		'The name of the site, the address by which containers call it, and a certificate for both. A container knows neither this host nor its authority: the certificate goes into the image that is built here.',
	guide: 'CC-Server: server; Apache 2 WSGI',
	facts: {hostNames},
	questions: z.strictObject({
		host: hostName().meta({title: 'Name of the site', help: 'As browsers ask for it.', example: 'cc.example.org'}),
		containersHost: hostOrAddress().default('172.17.0.1').meta({
			title: 'Address for containers',
			help: "They call CC-Server there: Docker's own bridge, or a name that a name server knows (containers see nothing of /etc/hosts). The certificate is for it as well.",
			from: 'guide',
		}),
		certificate: z
			.discriminatedUnion('from', [
				z.strictObject({
					from: z.literal('self-signed').meta({title: 'Signed by this host itself', help: 'Browsers warn of it.'}),
				}),
				z.strictObject({
					from: z.literal('files').meta({title: 'Files of yours', help: 'From a certificate authority.'}),
					certificate: absolutePath().meta({
						reads: 'path',
						title: 'Certificate',
						help: 'In PEM, with the chain behind it; for both names.',
						example: '/etc/ssl/certs/cc.pem',
					}),
					key: absolutePath().meta({
						reads: 'path',
						title: 'Key',
						help: 'In PEM, without a passphrase, for root alone.',
						example: '/etc/ssl/private/cc.key',
					}),
				}),
			])
			.prefault({from: 'self-signed'})
			.meta({title: 'Certificate', help: 'Passwords and results go through it.', from: 'setup'}),
	}),
	defaults: ({facts}) => {
		const name = facts.hostNames.find(one => one.includes('.'));
		return name === undefined ? {} : {host: {value: name, from: 'this host'}};
	},
	probes: ({certificate, containersHost}) => [
		...(isIP(containersHost) === 0 ? [namedForContainers(containersHost, ['containersHost'])] : []),
		...(certificate.from === 'files'
			? [certificatePair(certificate, ['certificate.certificate', 'certificate.key'])]
			: []),
	],
	offers: ({host, containersHost, certificate}) => ({
		ccSite: {
			host,
			containersHost,
			...(certificate.from === 'files'
				? {certificate: certificate.certificate, key: certificate.key}
				: {certificate: `${ssl}/site.crt`, key: `${ssl}/site.key`}),
		},
	}),
	resources: ({host, containersHost, certificate}) => {
		const names: readonly [string, ...string[]] = [host, ...(containersHost === host ? [] : [containersHost])];
		if (certificate.from === 'files')
			return [ownCertificate({certificate: certificate.certificate, key: certificate.key, names})];
		return [
			directory({path: ssl, mode: 0o755, owner: 'root:root'}, {needs: ['package:openssl']}),
			selfSigned(
				{certificate: `${ssl}/site.crt`, key: `${ssl}/site.key`, names},
				{needs: [`path:${ssl}`], owes: [{unit: 'apache2.service', do: 'restart'}]},
			),
		];
	},
});
