/** Headers and TLS servers that the text alone does not tell: a value from a map, a server that answers nobody, and the others of their kind. */
import {describe, expect, it} from 'vitest';
import {check as hsts} from '#checks/nginx/hsts.ts';
import {check as tls} from '#checks/nginx/tls.ts';
import {field} from '../support/field.ts';
import {installedPackages, look} from '../support/look.ts';

const host = (site: string) => ({
	...installedPackages('nginx=1.22.1'),
	'/usr/sbin/nginx': '',
	'/etc/nginx/nginx.conf': 'events {}\nhttp {\n include /etc/nginx/conf.d/*.conf;\n}\n',
	'/etc/nginx/conf.d/x.conf': site,
});
const server = (more: string): string =>
	`server { listen 443 ssl; server_name a.example; ssl_certificate /a.pem; ssl_certificate_key /a.key; ${more} }\n`;
const says = async (site: string): Promise<readonly string[]> =>
	(await look(hsts, host(site))).map(({state, says: words}) => `${state}: ${words}`);

describe('what the text does not tell is not judged by it', () => {
	it.each([
		['the field case', field('hsts-map/x.conf')],
		['a variable within the value', server('add_header Strict-Transport-Security "max-age=$age" always;')],
		['set by a variable of its own', server('set $h "max-age=1"; add_header Strict-Transport-Security $h;')],
	])('%s', async (_name, site) => {
		const rows = await look(hsts, host(site));
		expect(rows.map(({state}) => state)).toEqual(['unknown']);
	});
	it.each([
		['the field case', field('reject-handshake/x.conf')],
		['for all servers', `ssl_reject_handshake on;\n${server('')}`],
	])('a server that rejects every handshake answers nobody: %s', async (_name, site) => {
		for (const check of [hsts, tls]) expect((await look(check, host(site))).map(({state}) => state)).toEqual(['na']);
	});
	it('and one that does not is still judged', async () => {
		expect(await says(server('ssl_reject_handshake off;'))).toEqual([
			expect.stringMatching(/no Strict-Transport-Security|not running|unknown/),
		]);
	});
});
