/** HTTPS of a site: files of the operator's, a certificate that signs itself, one from an ACME authority, a proxy in front, or none, with what that means. */
import {lineagePaths} from '#host/certificates/lineage.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {ownCertificate} from '#resources/certificates/own-certificate.ts';
import {selfSigned} from '#resources/certificates/self-signed.ts';
import {directory} from '#resources/files/directory.ts';
import {certificatePair} from './probes/files.ts';
import {namesResolve} from './probes/names.ts';
import {acmeCertificate, challenge} from './sites/acme.ts';
import {hstsOffer} from './sites/site-hsts.ts';
import {tlsQuestion} from './sites/tls-questions.ts';

export type Tls = {
	/** Default `tls`; it is the section of the answers. */
	readonly id?: string;
	readonly guide: string;
	/** What is made lies in /etc/ssl/NAME. */
	readonly name: string;
	/** Without an answer. Where it is not given, the question must be answered. */
	readonly by?: 'self-signed' | 'none';
	/** Choices that the stack does not have. Without `none`: what passes through it is a password for the whole. */
	readonly without?: readonly ('none' | 'proxy')[];
	/** The web server that shows it, where no step before offers `webServer`. */
	readonly unit?: string;
};

/** Uses `site` for the names; offers `certificate` where there is one. */
export const tls = ({id = 'tls', guide, name, by, without, unit}: Tls) => {
	const at = `/etc/ssl/${name}`;
	const made = {certificate: `${at}/site.crt`, key: `${at}/site.key`};
	return defineStep({
		id,
		title: 'HTTPS',
		about:
			"The certificate of the site: files of yours, looked at before the web server is told of them (they fit each other, are valid now and for all names); one that signs itself; one of Let's Encrypt, renewed by certbot's timer; a proxy in front that has it; or none.",
		guide,
		uses: {site: 'site', server: 'webServer?', proxy: 'proxyFile?'},
		questions: by === undefined ? tlsQuestion(without) : tlsQuestion(without).prefault({by}),
		probes: (answers, {uses: {site}}) => {
			if (answers.by === 'files') return [certificatePair(answers, ['certificate', 'key'])];
			if (answers.by !== 'certbot') return [];
			return [namesResolve(namesOf(site), ['by'])];
		},
		offers: (answers, {uses: {site}}) => {
			if (answers.by === 'none') return {};
			if (answers.by === 'proxy') return {frontProxy: {addresses: answers.addresses, only: answers.only}};
			const {certificate, key} =
				answers.by === 'files' ? answers : answers.by === 'certbot' ? lineagePaths(name) : made;
			return {
				certificate: {
					certificate,
					key,
					names: namesOf(site),
					made: 'done:certificate',
					...(answers.by === 'certbot' && {challenge}),
					...(answers.by !== 'self-signed' && hstsOffer(answers.hsts)),
				},
			};
		},
		resources: (answers, {uses: {site, server, proxy}}) => {
			if (answers.by === 'none' || answers.by === 'proxy') return [];
			const names = namesOf(site);
			if (answers.by === 'files') return [ownCertificate({certificate: answers.certificate, key: answers.key, names})];
			if (answers.by === 'certbot')
				return acmeCertificate({name, names, unit: unit ?? server?.unit ?? 'nginx.service', proxy, ...answers});
			return [
				aptPackages(
					{names: ['openssl']},
					{id: 'apt:openssl', needs: ['done:requirements', 'done:dpkg-consistent'], provides: ['path:/etc/ssl']},
				),
				directory({path: at, mode: 0o755, owner: 'root:root'}, {needs: ['package:openssl']}),
				selfSigned(
					{...made, names, days: answers.days},
					{
						needs: [`path:${at}`, 'package:openssl'],
						// It keeps the one that it read at its start.
						...(server !== undefined && {owes: [{unit: server.unit, do: 'reload'}]}),
					},
				),
			];
		},
	});
};

const namesOf = ({
	host,
	further = [],
}: {
	readonly host: string;
	readonly further?: readonly string[];
}): readonly [string, ...string[]] => [host, ...further];
