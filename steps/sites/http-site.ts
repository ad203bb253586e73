/** The file of nginx for port 80 beside one with TLS: it answers an ACME authority before there is a certificate and ever after, and leads to https. */
import type {Offers} from '#model/offers.ts';
import type {Resource} from '#model/resource.ts';
import {file} from '#resources/files/file.ts';
import {httpSiteText} from './nginx-site-text.ts';

export type HttpSite = {
	/** Of the site; the file has `-http.conf` behind it. */
	readonly name: string;
	readonly proxy: Pick<Offers['webServer'], 'conf' | 'unit'>;
	readonly certificate: Offers['certificate'];
	/** It answers for every name that no other site has. */
	readonly standard?: true;
};

/** Straight in sites-enabled: without it nothing is renewed, so there is no sense in a link that one takes away. */
export const httpSite = ({name, proxy, certificate: {names, challenge}, standard}: HttpSite): Resource =>
	file(
		{
			path: `${proxy.conf}/sites-enabled/${name}-http.conf`,
			text: httpSiteText(names, {root: challenge?.root, standard}),
			mode: 0o644,
			owner: 'root:root',
		},
		{
			needs: [`unit:${proxy.unit}`, ...(challenge === undefined ? [] : [`path:${challenge.root}` as const])],
			...(challenge && {provides: [challenge.served]}),
			owes: [{unit: proxy.unit, do: 'reload'}],
		},
	);

/** Where a site has its own redirect: a file more only where an authority asks before there is a certificate. */
export const challengeSite = (
	site: Omit<HttpSite, 'certificate'> & {readonly certificate: Offers['certificate'] | undefined},
): readonly Resource[] =>
	site.certificate?.challenge === undefined ? [] : [httpSite({...site, certificate: site.certificate})];
