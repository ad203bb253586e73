/** Strict-Transport-Security of the management interface: the guide has it for a year and all subdomains, which binds sites that are none of it. */
import type {Offers} from '#model/offers.ts';
import type {Resource} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {hstsHeader, hstsInclude, nginxHsts} from '#steps/sites/site-hsts.ts';

/** For the site alone, for all below its name as well, or not at all. */
type Stays = 'site' | 'subdomains' | 'none';

export type StaysWithHttps = {
	/** Of the server block. */
	readonly lines: readonly string[];
	/** What they include, once the site answers. */
	file(needs: readonly Thing[]): readonly Resource[];
};

export const staysWithHttps = (
	stays: Stays,
	proxy: Offers['webServer'],
	certificate: Offers['certificate'],
): StaysWithHttps => {
	const subdomains = stays === 'subdomains';
	// One that signs itself no browser believes, and none keeps the header of: there it may stand from the start.
	if (certificate.hsts === undefined)
		return {lines: stays === 'none' ? [] : [hstsHeader(year, subdomains)], file: () => []};
	const seconds = stays === 'none' ? 0 : certificate.hsts.seconds;
	const site = {
		name: 'openslides',
		proxy,
		certificate: {...certificate, hsts: {seconds, ...(subdomains && {subdomains})}},
	};
	return {lines: hstsInclude(site), file: needs => nginxHsts(site, needs)};
};

const year = 31_536_000;
