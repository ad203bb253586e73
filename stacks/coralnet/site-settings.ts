/** What the repository's own nginx.conf lacks: whose name was asked for, and by which scheme. Without them Django takes 127.0.0.1:8001 for the name, and refuses. */
import type {NginxSetting} from '#edit/nginx/nginx.ts';
import type {OwnSite} from '#steps/nginx-site.ts';

export const siteSettings = ({to, site, timeout, certificate}: OwnSite): readonly NginxSetting[] => {
	const [server, location] = [['server'], ['server', {name: 'location', args: ['/']}]] as const;
	const header = (name: string, value: string): NginxSetting => ({
		block: location,
		directive: 'proxy_set_header',
		key: [name],
		args: [[value]],
		variables: true,
	});
	const listen = (at: string): NginxSetting => ({block: server, directive: 'listen', key: [at], args: [['ssl']]});
	return [
		{block: server, directive: 'server_name', args: [site.host, ...(site.further ?? [])].map(one => [one])},
		{block: location, directive: 'proxy_pass', args: [[`http://${to.address}:${to.port}`]]},
		{block: location, directive: 'proxy_read_timeout', args: [[`${timeout}s`]]},
		header('Host', '$http_host'),
		header('X-Real-IP', '$remote_addr'),
		header('X-Forwarded-For', '$remote_addr'),
		header('X-Forwarded-Proto', '$scheme'),
		...(certificate === undefined
			? []
			: [
					// nginx takes the first of two servers with one name: the one that leads to https and answers an authority would be the second.
					...plain.map((at): NginxSetting => ({block: server, directive: 'listen', key: [at], args: null})),
					listen('443'),
					listen('[::]:443'),
					{block: server, directive: 'ssl_certificate', args: [[certificate.certificate]]},
					{block: server, directive: 'ssl_certificate_key', args: [[certificate.key]]},
					{block: server, directive: 'ssl_protocols', args: [['TLSv1.2'], ['TLSv1.3']]},
				]),
	];
};

/** The ways to write port 80 of every address. */
const plain = ['80', '*:80', '0.0.0.0:80', '[::]:80'];
