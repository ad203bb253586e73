/** git as the owner of the checkout, never as root ("dubious ownership"), and never with a question nobody can answer. */
import {gitInstead} from '#host/outgoing/way-out.ts';
import {Fault} from '#model/fault.ts';
import type {Host, ProgramOptions, Reader} from '#model/host.ts';
import type {Secret, Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {spaceFault} from '../shared/stamp.ts';

export type Source = {
	/** Without a password. */
	readonly url: string;
	readonly credentials?: {readonly user: string; readonly password: Secret};
	readonly user: string;
};

/** Looks only: git takes no lock on the index and refreshes nothing on disk, and writes no file larger than `mostBytes`. Throws Blocked at once where it kept somebody waiting in that checkout before. */
export const askGit = async (
	host: Reader,
	source: Source,
	args: readonly string[],
	{mostBytes, ...options}: ProgramOptions & {readonly mostBytes?: number} = {},
): Promise<string> => {
	const checkout = args[0] === '-C' && !usesNetwork(args) ? `${source.user} ${args[1]}` : undefined;
	const before = checkout === undefined ? undefined : silent.get(checkout);
	if (before !== undefined) throw before;
	try {
		const limit = mostBytes === undefined ? [] : ['prlimit', `--fsize=${mostBytes}`, '--'];
		return await host.query([...limit, ...argvOf(source, args)], {
			as: source.user,
			fetches: usesNetwork(args),
			...options,
			env: {...environmentOf(source, args), GIT_OPTIONAL_LOCKS: '0', ...options.env},
		});
	} catch (error) {
		if (checkout !== undefined && error instanceof Blocked && error.why.because === 'timeout')
			silent.set(checkout, error);
		throw gitFault(error, source);
	}
};

/** A filter of the checkout's owner that never ends would be waited for by each look at it, one after another. */
const silent = new Map<string, Blocked>();

/** The same for git that changes something. Its percentages become progress. */
export const runGit = async (host: Host, source: Source, args: readonly string[]): Promise<void> => {
	const onLine = (line: string): void => {
		const share = /^Receiving objects: .*\((\d+)\/(\d+)\)/.exec(line);
		if (share) host.progress(Number(share[1]), Number(share[2]));
	};
	await host
		.exec(argvOf(source, args), {
			as: source.user,
			fetches: usesNetwork(args),
			env: environmentOf(source, args),
			onLine,
		})
		.catch(error => {
			throw gitFault(error, source);
		});
};

/** For clone, fetch and ls-remote of a local path: its owner may be somebody else, and the operator named it. Gives any commit it has, also one that no branch holds. */
export const fromPath = ({url}: Source): readonly string[] =>
	isLocal(url) ? ['--upload-pack', 'git -c safe.directory=* -c uploadpack.allowAnySHA1InWant=true upload-pack'] : [];

export const isLocal = (url: string): boolean => url.startsWith('/') || url.startsWith('file:///');

/** The path of a local repository. */
export const localPath = (url: string): string => url.replace(/^file:\/\//, '');

const argvOf = ({url}: Source, args: readonly string[]): readonly string[] => [
	'git',
	'-c',
	'core.fsmonitor=false',
	'-c',
	'advice.detachedHead=false',
	'-c',
	'gc.auto=0',
	...(isLocal(url) ? ['-c', 'protocol.file.allow=always'] : []),
	// What holds the credentials runs no program of the checkout's owner, and they stay with the address that was answered.
	...(usesNetwork(args) ? ['-c', 'core.hooksPath=/dev/null', ...gitInstead()] : []),
	...args,
];

const ofNetwork: ReadonlySet<string> = new Set(['clone', 'fetch', 'ls-remote', 'submodule']);

/** Whether a call asks another host. All others (status, checkout, branch) may run filters of the checkout, and get no credentials. */
export const usesNetwork = (args: readonly string[]): boolean =>
	ofNetwork.has(args.find((word, at) => !word.startsWith('-') && args[at - 1] !== '-C') ?? '');

/** The credentials of an URL go to its own scheme, host and port: a `url.X.insteadOf` of the checkout leads them nowhere else. */
const helperFor = (url: string): string => {
	const {protocol, host} = URL.parse(url) ?? {protocol: '', host: ''};
	return /^https?:$/.test(protocol) ? `credential.${protocol}//${host}.helper` : 'credential.helper';
};

const environmentOf = ({credentials, url}: Source, args: readonly string[]): Record<string, Text | string> => ({
	GIT_TERMINAL_PROMPT: '0',
	GIT_ASKPASS: '/bin/false',
	GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=30',
	GIT_HTTP_LOW_SPEED_LIMIT: '100',
	GIT_HTTP_LOW_SPEED_TIME: '60',
	...(credentials &&
		usesNetwork(args) && {
			// A password in the URL would stand in the arguments of git-remote-https: it goes through the environment into a helper.
			GIT_CONFIG_COUNT: '2',
			GIT_CONFIG_KEY_0: 'credential.helper',
			GIT_CONFIG_VALUE_0: '',
			GIT_CONFIG_KEY_1: helperFor(url),
			GIT_CONFIG_VALUE_1: '!f() { printf "username=%s\\npassword=%s\\n" "$SETUP_GIT_USER" "$SETUP_GIT_PASSWORD"; }; f',
			SETUP_GIT_USER: credentials.user,
			SETUP_GIT_PASSWORD: [credentials.password] as Text,
		}),
});

/** git's words as a fault the operator can act on. */
const gitFault = (error: unknown, {url}: Source): unknown => {
	if (!(error instanceof Fault) || error.code !== 'program.failed') return error;
	const words = error.details.join('\n');
	const space = spaceFault(words, `the checkout of ${url}`);
	if (space) return space;
	const known = reasons.find(([pattern]) => pattern.test(words));
	return known
		? new Fault(known[1], known[2](url), known[3], {details: error.details, cause: error})
		: new Fault('git.failed', error.sentence, error.hint, {details: error.details, cause: error});
};

const reasons: readonly (readonly [RegExp, string, (url: string) => string, string])[] = [
	[
		/Could not resolve host|Temporary failure in name resolution/i,
		'git.dns',
		url => `the host of ${url} has no address here`,
		'Check the URL and the name service (getent hosts NAME), then run it again.',
	],
	[
		/certificate|SSL|TLS/i,
		'git.tls',
		url => `${url} did not show a certificate this host trusts`,
		'If a proxy with its own authority is in between, put its certificate into /usr/local/share/ca-certificates and run update-ca-certificates.',
	],
	[
		/Host key verification failed/i,
		'git.host-key',
		url => `the ssh host key of ${url} is not known to the user`,
		"Add it to the user's known_hosts after comparing its fingerprint, then run it again.",
	],
	[
		/Authentication failed|could not read (Username|Password)|terminal prompts disabled|Permission denied \(publickey|HTTP Basic: Access denied/i,
		'git.auth',
		url => `${url} wants a password or a key, and did not take what it was given`,
		'Give a token in the answers, or a deploy key to the user; a private repository and a missing one look the same from outside.',
	],
	[
		/does not appear to be a git repository|repository .*(not found|does not exist)|not found: did you run/i,
		'git.not-found',
		url => `there is no git repository at ${url}`,
		'Check the URL; for a local path, see that the user may read it and every directory above.',
	],
	[
		/Connection (refused|timed out)|Failed to connect|Operation too slow|unable to access/i,
		'git.unreachable',
		url => `${url} could not be reached`,
		'Check the network and the proxy (fetching.proxy in the answers), then run it again.',
	],
];
