/** The site of Apache. Without the guide's `Listen 443`: Debian's ports.conf has it once ssl is on, and Apache starts with no second one. */
export type SiteFile = {
	readonly host: string;
	readonly alias: string;
	readonly certificate: string;
	readonly key: string;
	readonly user: string;
	readonly repository: string;
	readonly environment: string;
	/** Of CC-UI. */
	readonly pages?: string;
	readonly processes: number;
	readonly threads: number;
};

export const siteText = (site: SiteFile): string => `# Written by setup.
<VirtualHost *:443>
	ServerName ${site.host}
	ServerAlias ${site.alias}
	SSLEngine on
	SSLProtocol -all +TLSv1.2 +TLSv1.3
	SSLCertificateFile "${site.certificate}"
	SSLCertificateKeyFile "${site.key}"

	WSGIDaemonProcess cc-server user=${site.user} group=${site.user} processes=${site.processes} threads=${site.threads} lang=C.UTF-8 locale=C.UTF-8 python-home="${site.environment}"
	WSGIScriptAlias /cc "${site.repository}/wsgi.py"
	WSGIImportScript "${site.repository}/wsgi.py" process-group=cc-server application-group=%{GLOBAL}
	WSGIPassAuthorization On

	<Directory "${site.repository}">
		<Files wsgi.py>
			WSGIApplicationGroup %{GLOBAL}
			WSGIProcessGroup cc-server
			Require all granted
		</Files>
	</Directory>
${site.pages === undefined ? '' : pagesText(site.pages)}	ErrorLog \${APACHE_LOG_DIR}/cc-server-error.log
	CustomLog \${APACHE_LOG_DIR}/cc-server-access.log combined
</VirtualHost>
`;

const pagesText = (directory: string): string => `	DocumentRoot "${directory}"
	<Directory "${directory}">
		Require all granted
	</Directory>
`;
