/**
 * A site of nginx in front of an application that answers HTTP on this host. What published site files forget is in it: the name that was asked for,
 * who asked, and by which scheme (Django refuses forms without them), and the slashes without which `/static../` leaves its directory.
 */
import {nginxQuote} from '#edit/nginx/quote.ts';
import type {Offers} from '#model/offers.ts';
import {frontProxyText} from './front-proxy.ts';

export type NginxSiteText = {
	readonly names: readonly [string, ...string[]];
	/** Where the application answers. */
	readonly to: {readonly address: string; readonly port: number};
	/** Seconds that nginx waits for an answer. */
	readonly timeout: number;
	/** MiB; the largest upload. */
	readonly body: number;
	/** Directories that nginx serves itself, by path on the site; both end without a slash. */
	readonly statics: readonly {readonly at: string; readonly directory: string}[];
	/** With one, port 80 only leads to https. */
	readonly certificate?: Pick<Offers['certificate'], 'certificate' | 'key' | 'challenge'>;
	/** Lines of the block with the certificate. */
	readonly secured?: readonly string[];
	/** Instead of a certificate; `name` is that of the site. */
	readonly front?: Offers['frontProxy'] & {readonly name: string};
};

/** The text of the file in sites-available. */
export const nginxSiteText = (site: NginxSiteText): string => {
	const {certificate, front, names: asked} = site;
	const names = `server_name ${asked.join(' ')};`;
	if (certificate === undefined && front !== undefined) {
		const {above, inside, scheme} = frontProxyText(front.name, front);
		return `# Written by setup.\n${above}${server(['listen 80;', 'listen [::]:80;', names, ...inside, ...serving(site, scheme)])}`;
	}
	if (certificate === undefined)
		return `# Written by setup.\n${server(['listen 80;', 'listen [::]:80;', names, ...serving(site)])}`;
	const secure = server([
		'listen 443 ssl;',
		'listen [::]:443 ssl;',
		names,
		`ssl_certificate ${quoted(certificate.certificate)};`,
		`ssl_certificate_key ${quoted(certificate.key)};`,
		'ssl_protocols TLSv1.2 TLSv1.3;',
		...(site.secured ?? []),
		...serving(site),
	]);
	// That of a challenge stands in a file of its own, before there is a certificate.
	return certificate.challenge === undefined
		? `# Written by setup.\n${server(['listen 80;', 'listen [::]:80;', names, 'return 301 https://$host$request_uri;'])}\n${secure}`
		: `# Written by setup.\n${secure}`;
};

/** Port 80 where another file has 443: the challenge of an authority from `root`, and the way to https. `standard` is for every name that no other site has. */
export const httpSiteText = (
	names: readonly string[],
	{root, standard}: {readonly root?: string | undefined; readonly standard?: boolean | undefined},
): string =>
	`# Written by setup.\n${server([
		...['80', '[::]:80'].map(at => `listen ${at}${standard ? ' default_server' : ''};`),
		`server_name ${names.join(' ')};`,
		...(root === undefined
			? []
			: ['location /.well-known/acme-challenge/ {', `\troot ${quoted(root)};`, '\tdefault_type text/plain;', '}']),
		'location / {',
		'\treturn 301 https://$host$request_uri;',
		'}',
	])}`;

const serving = ({to, timeout, body, statics}: NginxSiteText, scheme = '$scheme'): readonly string[] => [
	`client_max_body_size ${body}m;`,
	...statics.flatMap(({at, directory}) => [
		`location ${quoted(`${at}/`)} {`,
		`\talias ${quoted(`${directory}/`)};`,
		// Who owns the directory may link to what the workers may read, and they may not: nobody's site publishes it for them.
		'\tdisable_symlinks if_not_owner;',
		'}',
	]),
	'location / {',
	`\tproxy_pass http://${to.address}:${to.port};`,
	'\tproxy_set_header Host $http_host;',
	'\tproxy_set_header X-Real-IP $remote_addr;',
	'\tproxy_set_header X-Forwarded-For $remote_addr;',
	`\tproxy_set_header X-Forwarded-Proto ${scheme};`,
	`\tproxy_read_timeout ${timeout}s;`,
	'}',
];

const server = (lines: readonly string[]): string => `server {\n${lines.map(line => `\t${line}\n`).join('')}}\n`;

const quoted = nginxQuote(false);
