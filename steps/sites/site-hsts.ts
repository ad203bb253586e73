/** Strict-Transport-Security of a site: its web server includes a file for it, which is there from the first good answer over https on. */
import {z} from 'zod';
import {nginxQuote} from '#edit/nginx/quote.ts';
import type {Offers} from '#model/offers.ts';
import type {Resource} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {type HstsSpec, hsts} from '#resources/web-sites/hsts.ts';

/** The question, for certificates that browsers trust. Half a year is what the lists that browsers carry ask at least. */
export const hstsQuestion = () =>
	z.int().min(0).max(730).default(183).meta({
		title: 'Days that browsers stay with https (HSTS)',
		help: 'They are told from the first good answer on, by a certificate that this host trusts as they do, and do not forget it before. 0: nothing is sent, or no longer.',
		from: 'setup',
	});

const day = 86_400;
const header = 'Strict-Transport-Security';

/** As nginx says it. */
export const hstsHeader = (seconds: number, subdomains = false): string =>
	`add_header ${header} "max-age=${seconds}${subdomains ? '; includeSubDomains' : ''}" always;`;

/** As a certificate is offered. */
export const hstsOffer = (days: number): {readonly hsts: {readonly seconds: number}} => ({hsts: {seconds: days * day}});

/** `name` is that of its files. */
type Site = {
	readonly name: string;
	readonly proxy: Offers['webServer'];
	readonly certificate: Offers['certificate'] | undefined;
};

/** The line in the server block that shows the certificate; without the file it includes nothing. */
export const hstsInclude = ({name, proxy, certificate}: Site): readonly string[] =>
	certificate?.hsts === undefined ? [] : [`include ${quoted(`${proxy.conf}/${name}-hsts*.conf`)};`];

/** `needs`: what makes the site answer. */
export const nginxHsts = ({name, proxy, certificate}: Site, needs: readonly Thing[]): readonly Resource[] =>
	certificate?.hsts === undefined
		? []
		: [
				hsts(
					{
						path: `${proxy.conf}/${name}-hsts.conf`,
						text: `# Written by setup, after the site had answered well.\n${hstsHeader(certificate.hsts.seconds, certificate.hsts.subdomains)}\n`,
						seconds: certificate.hsts.seconds,
						names: certificate.names as readonly [string, ...string[]],
						certificate: certificate.certificate,
					},
					{needs: [`unit:${proxy.unit}`, certificate.made, ...needs], owes: [{unit: proxy.unit, do: 'reload'}]},
				),
			];

/** The same for Apache. */
export const apacheHsts = (
	{path, seconds, names, certificate}: Omit<HstsSpec, 'text'>,
	needs: readonly Thing[],
): Resource =>
	hsts(
		{
			path,
			text: `# Written by setup, after the site had answered well.\nHeader always set ${header} "max-age=${seconds}"\n`,
			seconds,
			names,
			certificate,
		},
		{needs, owes: [{unit: 'apache2.service', do: 'reload'}]},
	);

const quoted = nginxQuote(false);
