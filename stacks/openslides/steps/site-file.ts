/** The site of the management interface: the guide shows it in two halves, and both together are refused for having each location twice. */
import {nginxQuote} from '#edit/nginx/quote.ts';

export type SiteFile = {
	readonly host: string;
	readonly certificate: string;
	readonly key: string;
	/** Port 80 has a file of its own. */
	readonly challenged: boolean;
	readonly htpasswd: string;
	/** Where the backend answers. */
	readonly to: {readonly address: string; readonly port: number};
	/** Without instances what would change something is refused: the backend would say 200, and nothing would happen. */
	readonly instances: boolean;
	/** Does one answer on port 4200? */
	readonly frontEnd: boolean;
	/** The line that makes browsers stay with https. */
	readonly hsts: readonly string[];
};

/** `spdy` and `ssl on` are gone, and with the old protocols nobody comes any more. */
export const siteText = ({
	host,
	certificate,
	key,
	challenged,
	htpasswd,
	to,
	instances,
	frontEnd,
	hsts,
}: SiteFile): string => `# Written by setup.
${challenged ? '' : toHttps(host)}server {
	listen 443 ssl;
	listen [::]:443 ssl;
	server_name ${host};
	client_max_body_size 100m;

	ssl_certificate ${quoted(certificate)};
	ssl_certificate_key ${quoted(key)};
	ssl_protocols TLSv1.2 TLSv1.3;
	ssl_session_cache shared:SSL:10m;
	ssl_session_timeout 10m;
${hsts.map(line => `\t${line}\n`).join('')}
	auth_basic "closed site";
	auth_basic_user_file ${quoted(htpasswd)};

	include /etc/nginx/openslides/*.locations;

	location /api/ {
${instances ? '' : '\t\tif ($request_method !~ ^(GET|HEAD|OPTIONS)$) {\n\t\t\treturn 501;\n\t\t}\n'}\t\tproxy_pass http://${to.address}:${to.port};
		proxy_set_header Host $host;
		proxy_set_header X-Real-IP $remote_addr;
		proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
		proxy_set_header X-Forwarded-Proto "https";
		# The backend writes every header to its log.
		proxy_set_header Authorization "";
		proxy_read_timeout 600s;
	}

	location / {
${frontEnd ? toFrontEnd : '\t\t# Not `return`, which would come before the password.\n\t\troot /nonexistent;\n'}	}
}

# One file for each instance. Behind the site above, so that a name nobody has leads there.
include /etc/nginx/openslides/*.conf;
`;

const toHttps = (host: string): string => `server {
	listen 80;
	listen [::]:80;
	server_name ${host};
	return 301 https://$host$request_uri;
}

`;

const toFrontEnd = `		proxy_pass http://127.0.0.1:4200;
		proxy_set_header Host $host;
		proxy_set_header X-Real-IP $remote_addr;
		proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
		proxy_set_header X-Forwarded-Proto "https";
		proxy_set_header Authorization "";
`;

const quoted = nginxQuote(false);
