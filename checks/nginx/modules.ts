import {everywhere} from '#host/nginx/config.ts';
import {type Build, nginxBuild} from '#host/nginx/now.ts';
import {inUse, isRead, nginxSites, type Site} from '#host/nginx/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Blocked} from '#model/unknown.ts';
import {listed, seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	lacking: {
		state: 'fail',
		example: {
			binary: '/usr/sbin/nginx',
			modules: ['http_auth_request_module'] as readonly string[],
			where: '/etc/nginx/sites-enabled/site:12',
		},
		says: ({binary, modules, where}) => `${binary} was built without ${listed(modules)}, which ${where} needs`,
		remedy: {
			sentence:
				'Install the package of the module (libnginx-mod-…) and load it, or build the server with the flag and install it again.',
		},
	},
});

/** The guide builds nginx itself for one module; an upgrade to a packaged one takes it away again. */
export const check = defineCheck({
	id: 'nginx.modules',
	title: 'nginx has the modules that its sites need',
	why: 'A directive of a module that is not built in stops the whole server at its next start. The ipynbsrv guide compiles OpenResty because it needs auth_request.',
	reads: [
		'nginx -V: its ./configure arguments',
		'the directives of the whole configuration, and load_module',
		'the flags that setup built OpenResty with',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'ipynbsrv: Nginx/OpenResty (--with-http_auth_request_module)',
	verify: "nginx -V 2>&1 | tr ' ' '\\n' | grep module",
	facts: {sites: nginxSites},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || 'neither nginx nor OpenResty is installed',
	async inspect({host, facts, expect}) {
		const used = inUse(facts.sites.map(({nginx}) => nginx));
		const sites = facts.sites.filter(({nginx}) => used.includes(nginx));
		return findings(await Promise.all(sites.map(site => findingOf(site, expect, host))));
	},
});

/** Which modules that binary was built with. */
type Wanted = {readonly binary: string; readonly modules: readonly string[]};

const findingOf = async (
	{nginx, config}: Site,
	expect: readonly Json[],
	host: Reader,
): Promise<FoundOf<typeof kinds>> => {
	if (!isRead(config)) throw new Blocked(config);
	const build = await nginxBuild(nginx.binary, host);
	const loaded = everywhere(config.top, 'load_module').map(({args: [path = '']}) => path);
	const used = needsOf(config.top);
	const asked =
		nginx.name === 'openresty'
			? ((expect as readonly Wanted[]).find(({binary}) => binary === nginx.binary)?.modules ?? guide).map(module => ({
					module,
					where: 'the guide',
				}))
			: [];
	const missing = [...used, ...asked].filter(({module}) => !has(build, loaded, module));
	const names = [...new Set(missing.map(({module}) => module))];
	const [first] = missing;
	const sight = {
		item: nginx.name,
		expected: [...new Set([...used, ...asked].map(({module}) => module))].toSorted(),
		layers: {
			file: seen(
				used.length === 0 ? 'no directive needs a module of its own' : `${used.length} directives`,
				first?.where ?? nginx.conf,
			),
			runtime: seen(names.length === 0 ? 'all of them' : `without ${listed(names)}`, `${nginx.binary} -V`),
		},
	};
	return first === undefined
		? {...sight, is: 'ok'}
		: {...sight, is: 'lacking', data: {binary: nginx.binary, modules: names, where: first.where}};
};

const guide = ['http_auth_request_module'];

/** Which module brings a directive, for those that are not in every build. */
const byDirective: Readonly<Record<string, string>> = {
	auth_request: 'http_auth_request_module',
	auth_request_set: 'http_auth_request_module',
	ssl_certificate: 'http_ssl_module',
	ssl_protocols: 'http_ssl_module',
	http2: 'http_v2_module',
	http3: 'http_v3_module',
	set_real_ip_from: 'http_realip_module',
	real_ip_header: 'http_realip_module',
	stub_status: 'http_stub_status_module',
	sub_filter: 'http_sub_module',
	dav_methods: 'http_dav_module',
	secure_link: 'http_secure_link_module',
	gzip_static: 'http_gzip_static_module',
	gunzip: 'http_gunzip_module',
	mp4: 'http_mp4_module',
	slice: 'http_slice_module',
	geoip_country: 'http_geoip_module',
	image_filter: 'http_image_filter_module',
	xslt_stylesheet: 'http_xslt_module',
	perl_modules: 'http_perl_module',
	stream: 'stream',
	mail: 'mail',
	uwsgi_pass: 'http_uwsgi_module',
	fastcgi_pass: 'http_fastcgi_module',
	scgi_pass: 'http_scgi_module',
	proxy_pass: 'http_proxy_module',
	auth_basic: 'http_auth_basic_module',
	limit_req: 'http_limit_req_module',
	limit_conn: 'http_limit_conn_module',
	geo: 'http_geo_module',
	ssi: 'http_ssi_module',
	split_clients: 'http_split_clients_module',
	memcached_pass: 'http_memcached_module',
	empty_gif: 'http_empty_gif_module',
};

/** In every build unless it was left out. */
const usual =
	/^http_(uwsgi|fastcgi|scgi|proxy|auth_basic|limit_req|limit_conn|geo|ssi|split_clients|memcached|empty_gif)_module$/;

const needsOf = (top: Parameters<typeof everywhere>[0]): readonly {readonly module: string; readonly where: string}[] =>
	Object.entries(byDirective).flatMap(([directive, module]) => {
		const first = everywhere(top, directive)[0];
		// ssl_protocols stands in Debian's nginx.conf whether a site uses TLS or not; the module must be there either way.
		return first === undefined ? [] : [{module, where: first.where}];
	});

const has = ({arguments: words}: Build, loaded: readonly string[], module: string): boolean => {
	const plain = module.replace(/^http_|_module$/g, '');
	if (usual.test(module)) return !words.includes(`--without-${module}`);
	const dynamic = words.includes(`--with-${module}=dynamic`);
	if (words.includes(`--with-${module}`)) return true;
	const file = loaded.some(
		path =>
			path.includes(`ngx_${module}.so`) ||
			path.includes(`ngx_${module}_module.so`) ||
			path.includes(`ngx_http_${plain}_module.so`),
	);
	return file && (dynamic || words.some(word => word.startsWith('--modules-path')));
};
