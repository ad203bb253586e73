/** The environment of what we start: from ours only what cannot change what it does. */
import {homeDirectory, searchPath} from './guard.ts';

/** What a program of ours may inherit: enough for proxies and private authorities, nothing that changes its language or loads code. */
const allowed =
	/^(https?_proxy|no_proxy|all_proxy|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|PIP_CERT|GIT_SSL_CAINFO|NODE_EXTRA_CA_CERTS|TZ)$/;

/** The environment for a child: fixed PATH and locale, the allow-listed variables of ours, and what the caller adds. */
export const childEnvironment = (added: Readonly<Record<string, string>> = {}): Record<string, string> => ({
	...Object.fromEntries(
		Object.entries(process.env).flatMap(([name, value]) =>
			value !== undefined && allowed.test(name) ? [[name, value]] : [],
		),
	),
	PATH: searchPath(),
	LC_ALL: 'C.UTF-8',
	HOME: homeDirectory(),
	...added,
});
