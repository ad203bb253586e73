/** What nginx is told of a proxy that speaks https in front of it: whose word about the visitor and the scheme it takes, and whether anybody else may ask. */
import type {Offers} from '#model/offers.ts';

type Front = Offers['frontProxy'];

export type FrontProxyText = {
	/** Outside of the server: who it was that connected, and by which scheme the visitor came. */
	readonly above: string;
	readonly inside: readonly string[];
	/** The variable for X-Forwarded-Proto. */
	readonly scheme: string;
};

/** `name` makes the variables the site's own. What is on this host is let in as well: setup's proofs ask from here. */
export const frontProxyText = (name: string, {addresses, only}: Front): FrontProxyText => {
	const own = name.replaceAll(/\W/g, '_');
	const [from, scheme] = [`$${own}_from_proxy`, `$${own}_scheme`];
	return {
		above: `# The connection itself, not the visitor that a proxy tells of.
geo $realip_remote_addr ${from} {
	default 0;
${[...new Set(['127.0.0.1', '::1', ...addresses])].map(one => `\t${one} 1;\n`).join('')}}

map "${from} $http_x_forwarded_proto" ${scheme} {
	"1 https" https;
	default $scheme;
}

`,
		inside: [...realIpLines(addresses), ...(only ? [`if (${from} = 0) {`, '\treturn 403;', '}'] : [])],
		scheme,
	};
};

/** The visitor's address from the proxy's header, in logs and for the application. */
export const realIpLines = (addresses: readonly string[]): readonly string[] => [
	...addresses.map(one => `set_real_ip_from ${one};`),
	'real_ip_header X-Forwarded-For;',
	'real_ip_recursive on;',
];

/** Where nginx was built without geo: by the connection's own address, which nothing may replace then. */
export const onlyFrom = (addresses: readonly string[]): readonly string[] => [
	...[...new Set(['127.0.0.1', '::1', ...addresses])].map(one => `allow ${one};`),
	'deny all;',
];
