/**
 * How visitors come to OpenResty: by http as the guide has it, by https, or through a proxy. The repository's site file stays whole: what is asked for stands in a
 * file of root's that its server includes. With https it listens on this host alone besides, where it asks itself whether somebody may; port 80 leads to https.
 */
import type {NginxSetting} from '#edit/nginx/nginx.ts';
import {nginxQuote} from '#edit/nginx/quote.ts';
import {Fault} from '#model/fault.ts';
import type {Offers} from '#model/offers.ts';
import type {Resource} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {lateFile} from '#resources/files/file.ts';
import {onlyFrom, realIpLines} from '#steps/sites/front-proxy.ts';
import {httpSite} from '#steps/sites/http-site.ts';
import {hstsInclude} from '#steps/sites/site-hsts.ts';

export type Front = {
	/** Made in the copy of the site file. */
	readonly settings: readonly NginxSetting[];
	readonly resources: readonly Resource[];
	/** What the site waits for. */
	readonly needs: readonly Thing[];
};

type Given = {
	readonly proxy: Offers['webServer'];
	readonly siteFile: Offers['siteFile'];
	readonly certificate: Offers['certificate'] | undefined;
	readonly front: Offers['frontProxy'] | undefined;
};

/** Nothing at all for plain http. Its file is a Fault 'site.linked' where the site is a link into the checkout, in which nothing of root's is written. */
export const frontOf = ({proxy, siteFile, certificate, front}: Given): Front => {
	const lines = certificate
		? secure(certificate, hstsInclude({name: 'ipynbsrv', proxy, certificate}))
		: front
			? behind(front, proxy)
			: undefined;
	if (lines === undefined) return {settings: [], resources: [], needs: []};
	const path = `${proxy.conf}/ipynbsrv-front.conf`;
	const owes = [{unit: proxy.unit, do: 'reload'}] as const;
	const server = [{name: 'server', nth: 0}];
	return {
		settings: [
			...(certificate ? [{block: server, directive: 'listen', args: [['127.0.0.1:80']]}] : []),
			{block: server, include: path},
		],
		resources: [
			lateFile(
				{path, owner: 'root:root'},
				async () => {
					if (siteFile.link) throw linked(siteFile.from);
					return {
						path,
						text: `# Written by setup.\n${lines.map(line => `${line}\n`).join('')}`,
						mode: 0o644,
						owner: 'root:root',
					};
				},
				{needs: [`path:${proxy.conf}`, ...(certificate ? [certificate.made] : [])], owes},
			),
			...(certificate ? [httpSite({name: 'ipynbsrv', proxy, certificate, standard: true})] : []),
		],
		needs: [`path:${path}`],
	};
};

const linked = (from: string): Fault =>
	new Fault(
		'site.linked',
		`the site file is a link into the checkout (${from}), and would have to be changed for https`,
		'Answer application.site.as: copy, or tls.by: none and make the change in the repository.',
	);

const secure = ({certificate, key}: Offers['certificate'], more: readonly string[]): readonly string[] => [
	'listen 443 ssl default_server;',
	'listen [::]:443 ssl default_server;',
	`ssl_certificate ${quoted(certificate)};`,
	`ssl_certificate_key ${quoted(key)};`,
	'ssl_protocols TLSv1.2 TLSv1.3;',
	...more,
];

/** The guide's OpenResty has neither geo nor realip: what it lacks the application reads from the headers, which go through. */
const behind = ({addresses, only}: Offers['frontProxy'], {realIp}: Offers['webServer']): readonly string[] =>
	only
		? onlyFrom(addresses)
		: realIp
			? realIpLines(addresses)
			: ['# X-Forwarded-For and X-Forwarded-Proto go on to the application as they came.'];

const quoted = nginxQuote(false);
