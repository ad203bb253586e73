/**
 * What root's nginx would do because of a site file that somebody else wrote: the master process reads it as root before any request, opens the
 * files that it names, makes directories, loads code. What is not known to be harmless is named; who wants it says so.
 */
import {dirname, resolve} from 'node:path';
import {lineNumber} from '#edit/lines.ts';
import {type Directive, directivesOf} from '#edit/nginx/read.ts';
import {type Trusting, trust} from '#host/trust/who-may-write.ts';
import type {Reader} from '#model/host.ts';

/** `why` is a clause: `root's nginx would load code`. */
export type SiteDeed = {readonly line: number; readonly directive: string; readonly why: string};

export type SiteText = {
	readonly text: string;
	/** The folder of nginx.conf, which relative names begin at. */
	readonly conf: string;
	/** Directives that the operator takes on, by name. */
	readonly accepted: readonly string[];
};

/** Empty for a file that only says how requests are answered. Throws Fault 'edit.parse'. */
export const deedsOfRoot = async ({text, conf, accepted}: SiteText, host: Reader): Promise<readonly SiteDeed[]> => {
	const trusted = await host.fact(trust);
	const deeds = (directives: readonly Directive[], inValues: boolean): readonly SiteDeed[] =>
		directives.flatMap(one => {
			const why =
				accepted.includes(one.name) || (inValues && one.name !== 'include') ? undefined : deedOf(one, conf, trusted);
			return [
				...(why === undefined ? [] : [{line: lineNumber(text, one.start), directive: one.name, why}]),
				...deeds(one.children ?? [], valueBlocks.has(one.name)),
			];
		});
	return deeds(directivesOf(text), false);
};

const deedOf = ({name, args}: Directive, conf: string, trusted: Trusting): string | undefined => {
	const words = args.map(({value}) => value);
	const [first = ''] = words;
	if (name === 'include') return foreign(resolve(conf, beforeGlob(first)), trusted, 'read');
	if (logs.has(name))
		return /^(off|stderr|syslog:.*|memory:.*)$/.test(first)
			? undefined
			: foreign(resolve(dirname(conf), first), trusted, 'open');
	if (readsFile.test(name)) return readsOf(first, conf, trusted);
	if (makesDirectory.test(name)) return foreign(resolve(dirname(conf), first), trusted, 'make and give away');
	if (name === 'listen' && first.startsWith('unix:')) return foreign(first.slice('unix:'.length), trusted, 'make');
	if (harmless.has(name) || families.test(name)) return undefined;
	return "it is not known what root's nginx would do for it";
};

/** The directory in which a pattern begins; a path without one as it is. */
const beforeGlob = (path: string): string => {
	const at = path.search(/[*?[]/);
	return at < 0 ? path : path.slice(0, path.lastIndexOf('/', at) + 1);
};

const readsOf = (path: string, conf: string, trusted: Trusting): string | undefined => {
	if (path.startsWith('engine:') || path.startsWith('store:')) return "root's nginx would load code for it";
	return path.startsWith('data:') ? undefined : foreign(resolve(conf, path), trusted, 'read');
};

/** Where others than root may put something else, or where nobody can tell. */
const foreign = (path: string, trusted: Trusting, does: string): string | undefined => {
	const {writers, end} = trusted(path);
	if (writers.length === 0 && end !== 'unresolved') return undefined;
	const [first] = writers;
	return `root's nginx would ${does} ${path}, ${first === undefined ? 'which cannot be followed' : `and ${first.words} may write ${first.path}`}`;
};

/** Blocks whose lines are values with names of their own. */
const valueBlocks = new Set(['map', 'types', 'split_clients', 'geo']);

const logs = new Set(['access_log', 'error_log']);
const readsFile =
	/^((proxy|uwsgi|grpc)_)?ssl_(certificate|certificate_key|trusted_certificate|client_certificate|crl|dhparam|password_file|session_ticket_key|stapling_file)$|^auth_basic_user_file$/;
const makesDirectory = /_(temp_path|cache_path)$/;

/** How requests are passed on, but for what opens or makes something. */
const families =
	/^(proxy|uwsgi|fastcgi|scgi|memcached|grpc|gzip|limit_req|limit_conn|limit_rate|open_file_cache|sub_filter|client_body|client_header|keepalive|lingering|tcp|http2|http3)(_(?!\w*(path|conf_command|engine|store|in_file_only)\b)\w+)?$/;

const harmless = new Set([
	...['server', 'location', 'if', 'limit_except', 'upstream', 'map', 'types', 'split_clients', 'geo'],
	...['listen', 'server_name', 'root', 'alias', 'index', 'autoindex', 'try_files', 'return', 'rewrite', 'set', 'break'],
	...[
		'internal',
		'disable_symlinks',
		'error_page',
		'recursive_error_pages',
		'default_type',
		'charset',
		'add_header',
		'add_trailer',
	],
	...['expires', 'etag', 'if_modified_since', 'client_max_body_size', 'send_timeout', 'sendfile', 'aio', 'directio'],
	...['resolver', 'resolver_timeout', 'server_tokens', 'server_names_hash_bucket_size', 'server_name_in_redirect'],
	...['merge_slashes', 'port_in_redirect', 'absolute_redirect', 'underscores_in_headers', 'ignore_invalid_headers'],
	...['large_client_header_buffers', 'allow', 'deny', 'satisfy', 'auth_basic', 'auth_request', 'auth_request_set'],
	...['real_ip_header', 'real_ip_recursive', 'set_real_ip_from', 'log_format', 'log_not_found', 'log_subrequest'],
	...['rewrite_log', 'stub_status', 'valid_referers', 'variables_hash_bucket_size', 'chunked_transfer_encoding'],
	...['ssl', 'ssl_protocols', 'ssl_ciphers', 'ssl_prefer_server_ciphers', 'ssl_session_cache', 'ssl_session_timeout'],
	...[
		'ssl_session_tickets',
		'ssl_ecdh_curve',
		'ssl_verify_client',
		'ssl_verify_depth',
		'ssl_stapling',
		'ssl_buffer_size',
	],
	...[
		'ssl_stapling_verify',
		'ssl_early_data',
		'ssl_reject_handshake',
		'zone',
		'ip_hash',
		'least_conn',
		'hash',
		'random',
	],
]);
