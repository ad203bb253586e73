/** The certificate of the site: files of yours, one that signs itself, or one by certbot, for which port 80 has a file of its own that stands before there is any. */
import {z} from 'zod';
import {absolutePath} from '#answers/questions/questions.ts';
import {lineagePaths} from '#host/certificates/lineage.ts';
import type {Offers} from '#model/offers.ts';
import type {Resource} from '#model/resource.ts';
import type {Probe} from '#model/step.ts';
import {apacheSite} from '#resources/apache/site.ts';
import {ownCertificate} from '#resources/certificates/own-certificate.ts';
import {selfSigned} from '#resources/certificates/self-signed.ts';
import {directory} from '#resources/files/directory.ts';
import {file} from '#resources/files/file.ts';
import {pathThere} from '#steps/probes/files.ts';
import {namesResolve} from '#steps/probes/names.ts';
import {acmeCertificate, challenge} from '#steps/sites/acme.ts';
import {hstsQuestion} from '#steps/sites/site-hsts.ts';
import {acmeQuestions} from '#steps/sites/tls-questions.ts';
import {httpText, type SiteFile} from './site-file.ts';

export const certificateQuestion = z
	.discriminatedUnion('from', [
		z.strictObject({
			from: z
				.literal('files')
				.meta({title: 'Files of yours', help: 'From your IT services or a certificate authority.'}),
			certificate: absolutePath().meta({
				title: 'Certificate',
				help: 'In PEM, with the chain behind it.',
				example: '/etc/ssl/certs/weblab.pem',
			}),
			key: absolutePath().meta({
				title: 'Key',
				help: 'In PEM, without a passphrase, for root alone.',
				example: '/etc/ssl/private/weblab.key',
			}),
			hsts: hstsQuestion(),
		}),
		z.strictObject({
			from: z.literal('certbot').meta({
				title: "Let's Encrypt, by certbot",
				help: 'Every browser takes it, and a timer renews it. The name must lead to this host, and port 80 be open to all: the authority asks there. Choosing it agrees to its terms.',
			}),
			...acmeQuestions(),
			hsts: hstsQuestion(),
		}),
		z.strictObject({
			from: z.literal('self-signed').meta({
				title: 'Signed by this host itself',
				help: 'Browsers warn of it; nothing is read on the way.',
			}),
		}),
	])
	.meta({title: 'Certificate', help: 'For the name of the site. Passwords go through it.'});

type Answer = z.output<typeof certificateQuestion>;

export const certificateProbes = (answer: Answer, host: string): readonly Probe[] => {
	if (answer.from === 'files')
		return [
			pathThere('certificate', answer.certificate, ['certificate.certificate']),
			pathThere('key', answer.key, ['certificate.key']),
		];
	return answer.from === 'certbot' ? [namesResolve([host], ['certificate'])] : [];
};

/** `name` of the instance, `site` of its site in Apache. */
type Site = Pick<SiteFile, 'name' | 'host' | 'base' | 'front'> & {
	readonly site: string;
	readonly proxy: Offers['proxyFile'] | undefined;
};

export type SiteCertificate = {
	readonly pair: {readonly certificate: string; readonly key: string};
	/** They provide `done:certificate`. */
	readonly made: readonly Resource[];
	/** Port 80 has a file of its own. */
	readonly alone: boolean;
	/** Undefined where no browser would believe the certificate. */
	readonly hstsDays: number | undefined;
};

export const siteCertificate = (answer: Answer, {name, site, host, base, front, proxy}: Site): SiteCertificate => {
	const names = [host] as const;
	if (answer.from === 'files') {
		const pair = {certificate: answer.certificate, key: answer.key};
		return {pair, made: [ownCertificate({...pair, names})], alone: false, hstsDays: answer.hsts};
	}
	const owes = [{unit: apache, do: 'reload'}] as const;
	if (answer.from === 'self-signed') {
		const pair = {certificate: `${ssl}/${name}.crt`, key: `${ssl}/${name}.key`};
		const made = [
			directory({path: ssl, mode: 0o755, owner: 'root:root'}, {needs: ['package:openssl']}),
			selfSigned({...pair, names}, {needs: [`path:${ssl}`], owes}),
		];
		return {pair, made, alone: false, hstsDays: undefined};
	}
	const made = [
		file(
			{
				path: `/etc/apache2/sites-available/${site}-http.conf`,
				text: httpText({name: site, host, base, front, challenge: challenge.root}),
				mode: 0o644,
				owner: 'root:root',
			},
			{needs: ['package:apache2', `path:${challenge.root}`], owes},
		),
		apacheSite({name: `${site}-http`, enabled: true}, {needs: ['done:apache-mpm'], provides: [challenge.served]}),
		...acmeCertificate({
			...{name: site, names, unit: apache, late: true, proxy},
			server: answer.server,
			email: answer.email,
		}),
	];
	return {pair: lineagePaths(site), made, alone: true, hstsDays: answer.hsts};
};

const apache = 'apache2.service';
/** Where a pair of this host's own lies. */
const ssl = '/etc/ssl/weblab-deusto';
