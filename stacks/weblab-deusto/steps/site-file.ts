/** The site of Apache: what is WebLab-Deusto's own is included in the 443 host only, because its proxy rules would win over the redirect of the other. */

export type SiteFile = {
	readonly name: string;
	readonly host: string;
	/** In front of `/weblab/`. */
	readonly base: string;
	readonly certificate: string;
	readonly key: string;
	/** Root's copy of what WebLab-Deusto generated. */
	readonly include: string;
	/** Whether the name alone leads to it. */
	readonly front: boolean;
	/** Port 80 has a file of its own. */
	readonly alone?: boolean;
	/** What is included for Strict-Transport-Security, where it is there. */
	readonly hsts?: string;
};

export const siteText = (site: SiteFile): string => {
	const {name, host, certificate, key, include, alone, hsts} = site;
	return `# Written by setup.
${alone ? '' : `${plainHost(site)}\n`}<VirtualHost *:443>
	ServerName ${host}
	SSLEngine on
	SSLProtocol -all +TLSv1.2 +TLSv1.3
	SSLCertificateFile "${certificate}"
	SSLCertificateKeyFile "${key}"
	RequestHeader set X-Forwarded-Proto https${bareName(site)}${hsts === undefined ? '' : `\n\tIncludeOptional "${hsts}"`}
	Include "${include}"
	ErrorLog \${APACHE_LOG_DIR}/${name}-error.log
	CustomLog \${APACHE_LOG_DIR}/${name}-access.log combined
</VirtualHost>
`;
};

type Plain = Pick<SiteFile, 'name' | 'host' | 'base' | 'front'>;

/** Port 80 in a file of its own: an authority asks there before there is a certificate, and ever after. */
export const httpText = (site: Plain & {readonly challenge: string}): string =>
	`# Written by setup.\n${plainHost(site, `\n\tAlias "${asked}" "${site.challenge}${asked}"\n\t<Directory "${site.challenge}">\n\t\tRequire all granted\n\t</Directory>`)}`;

const asked = '/.well-known/acme-challenge/';

const plainHost = (site: Plain, more = ''): string => {
	const {name, host, base} = site;
	return `<VirtualHost *:80>
	ServerName ${host}
	RedirectMatch 301 ^${escaped(base)}/weblab/(.*)$ https://${host}${base}/weblab/$1
	RedirectMatch 301 ^${escaped(base)}/weblab$ https://${host}${base}/weblab/${bareName(site)}${more}
	ErrorLog \${APACHE_LOG_DIR}/${name}-error.log
	CustomLog \${APACHE_LOG_DIR}/${name}-access.log combined
</VirtualHost>
`;
};

const bareName = ({host, base, front}: Plain): string =>
	front ? `\n\tRedirectMatch 302 ^/$ https://${host}${base}/weblab/` : '';

/** What a pattern takes for itself. */
const escaped = (path: string): string => path.replaceAll(/[.+*?()[\]{}^$|\\]/g, '\\$&');
