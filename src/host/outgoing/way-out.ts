/**
 * How this process and all that it starts reach other hosts: through which proxy, and what is fetched elsewhere. Said once, when answers are opened, and
 * asked by every fetcher, so that no step has to know of it and none can be forgotten.
 */
import type {Outgoing, Proxy} from '#model/outgoing.ts';
import {isKnown, reveal, Secret} from '#model/secret.ts';

let now: Outgoing = {proxy: 'as it is', instead: []};

/** From here on all goes that way. */
export const goOutBy = (way: Outgoing): void => {
	now = way;
};

export const outgoing = (): Outgoing => now;

/** Where an address is really fetched: the longest beginning that is fetched elsewhere decides. */
export const insteadOf = (address: string): string => {
	const [found] = now.instead
		.filter(({of}) => address.startsWith(of))
		.toSorted((one, other) => other.of.length - one.of.length);
	return found === undefined ? address : `${found.by}${address.slice(found.of.length)}`;
};

/** The same for git, as arguments of its command line. */
export const gitInstead = (): readonly string[] =>
	now.instead.flatMap(({of, by}) => ['-c', `url.${by}.insteadOf=${of}`]);

/** Where apt keeps its lists. */
export const aptLists = (): string => now.apt?.lists ?? '/var/lib/apt/lists';

/** For every program: whoever asks apt something shall hear of the same packages. */
export const aptVariables = (): Readonly<Record<string, string>> =>
	now.apt === undefined ? {} : {APT_CONFIG: now.apt.configuration};

/** The variables that tell a program which fetches. They hold the proxy's password where there is one: for the environment of such a program alone. */
export const fetchVariables = (): Readonly<Record<string, string>> => ({
	...proxyVariables(now.proxy),
	...(now.wheels !== undefined
		? {PIP_NO_INDEX: '1', PIP_FIND_LINKS: now.wheels}
		: now.pip !== undefined && {PIP_INDEX_URL: now.pip}),
	...(now.npm !== undefined && {npm_config_registry: now.npm}),
});

const proxyVariables = (proxy: Outgoing['proxy']): Readonly<Record<string, string>> => {
	if (proxy === 'as it is') return {};
	const address = proxy === 'none' ? '' : withLogin(proxy);
	const except = proxy === 'none' ? '*' : passedBy(proxy.except);
	return Object.fromEntries([
		...proxyNames.map(name => [name, address]),
		...['no_proxy', 'NO_PROXY'].map(name => [name, except]),
	]);
};

/** What is asked without the proxy: this host always is. */
export const passedBy = (except: readonly string[]): string =>
	[...new Set(['localhost', '127.0.0.1', '::1', ...except])].join(',');

export const proxyNames = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'];

/** A password that is not known yet (a plan does not ask for it) is left out: the proxy then says that it wants one. */
const withLogin = ({address, login}: Proxy): string => {
	if (login === undefined || !isKnown([login.password])) return address;
	const url = new URL(address);
	url.username = encodeURIComponent(login.user);
	url.password = encodeURIComponent(reveal(login.password));
	return url.href.replace(/\/$/, '');
};

/** An environment without addresses that hold a login: for all that does not fetch. */
export const withoutLogins = (environment: Readonly<Record<string, string>>): Record<string, string> =>
	Object.fromEntries(Object.entries(environment).filter(([name, value]) => !isProxy.test(name) || !holdsLogin(value)));

const isProxy = /^(https?|all)_proxy$/i;

const holdsLogin = (address: string): boolean => {
	const url = URL.parse(address);
	if (url === null || url.password === '') return false;
	// From here on no output shows it.
	seen.get(url.password) ?? seen.set(url.password, new Secret('the password of the proxy', decoded(url.password)));
	return true;
};

const seen = new Map<string, Secret>();

const decoded = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

/** A proxy as configurations write it, its login apart; undefined for what is no address. */
export const proxyOf = (text: string, except: readonly string[] = []): Proxy | undefined => {
	const url = URL.parse(/^\w+:\/\//.test(text) ? text : `http://${text}`);
	if (url === null || url.hostname === '') return undefined;
	const {username, password} = url;
	return {
		address: `${url.protocol}//${url.host}`,
		...(username !== '' && {
			login: {user: decoded(username), password: new Secret('the password of the proxy', decoded(password))},
		}),
		except,
	};
};
