/** pip and its makers, started only to change something: as the environment's user, asking nothing, and with faults that say what to do. */
import {Fault} from '#model/fault.ts';
import type {Host, ProgramOptions} from '#model/host.ts';
import type {Text} from '#model/secret.ts';
import {spaceFault} from '../shared/stamp.ts';
import {packageOfHeader} from './headers.ts';

export type Index = {
	/** An index other than PyPI; a password in it belongs into a Secret. */
	readonly index?: Text | string;
	/** Directories or pages with packages. */
	readonly findLinks?: readonly string[];
	/** Ask no index at all. */
	readonly noIndex?: boolean;
};

/** Installs with an environment's own pip. Throws Fault venv.no-such-package, venv.unreachable, venv.build-failed, venv.pip-failed, file.no-space. */
export const pipInstall = async (
	host: Host,
	python: string,
	user: string,
	args: readonly string[],
	from: Index,
	variables: NonNullable<ProgramOptions['env']> = {},
): Promise<void> => {
	const lines: string[] = [];
	const source = [
		...(from.noIndex ? ['--no-index'] : []),
		...(from.findLinks ?? []).flatMap(one => ['--find-links', one]),
	];
	try {
		await host.exec(
			[
				python,
				'-m',
				'pip',
				'install',
				'--no-input',
				'--disable-pip-version-check',
				'--no-cache-dir',
				'--progress-bar',
				'off',
				...source,
				...args,
			],
			{
				as: user,
				fetches: true,
				env: {...(await pipEnvironment(host, from)), ...variables},
				onLine: line => void lines.push(line),
			},
		);
	} catch (error) {
		throw pipFault(error, lines.join('\n'));
	}
};

/** What `pip check` finds wrong; empty when all fits. pip itself only warns of it, and an application can then start and refuse every login. */
export const pipConflicts = async (host: Host, python: string, user: string): Promise<readonly string[]> => {
	const ran = await host.probe([python, '-m', 'pip', 'check', '--disable-pip-version-check'], {
		as: user,
		timeout: 120_000,
		env: await pipEnvironment(host, {}),
	});
	return ran.code === 0
		? []
		: ran.stdout
				.split('\n')
				.map(line => line.trim())
				.filter(line => line !== '' && !/^DEPRECATION|^WARNING/.test(line));
};

/** For python, pip and virtualenv alike: nothing of the user's own packages, and the host's certificates also for an old pip that brings its own. */
export const pipEnvironment = async (host: Host, {index}: Index): Promise<NonNullable<ProgramOptions['env']>> => {
	const bundle = '/etc/ssl/certs/ca-certificates.crt';
	return {
		PYTHONNOUSERSITE: '1',
		PIP_NO_INPUT: '1',
		...(process.env['PIP_CERT'] === undefined && (await host.stat(bundle)) !== undefined && {PIP_CERT: bundle}),
		...(index !== undefined && {PIP_INDEX_URL: index}),
	};
};

const pipFault = (error: unknown, words: string): unknown => {
	if (!(error instanceof Fault) || error.code !== 'program.failed') return error;
	const details = {details: error.details, cause: error};
	const missing =
		/No matching distribution found for (.*)|Could not find a version that satisfies the requirement (\S+)/.exec(words);
	const header =
		/fatal error: (\S+\.h): No such file/.exec(words)?.[1] ?? /(\S+_config) executable not found/.exec(words)?.[1];
	const space = spaceFault(words, 'the Python packages');
	if (space) return space;
	if (header !== undefined) return missingHeader(header, details);
	if (
		/Temporary failure in name resolution|NewConnectionError|ConnectTimeout|ProxyError|SSLError|CERTIFICATE_VERIFY_FAILED/.test(
			words,
		)
	)
		return new Fault(
			'venv.unreachable',
			'the Python package index could not be reached',
			'Check the network, the proxy (fetching.proxy in the answers) and the certificates; or name an index or a directory of packages in the answers.',
			details,
		);
	if (missing)
		return new Fault(
			'venv.no-such-package',
			`no Python package fits ${(missing[1] ?? missing[2] ?? '').trim()}`,
			'Check the name and the version in the requirements: it must exist for this version of Python.',
			details,
		);
	return new Fault('venv.pip-failed', error.sentence, error.hint, details);
};

const missingHeader = (
	header: string,
	details: {readonly details: readonly string[]; readonly cause: unknown},
): Fault => {
	const known = packageOfHeader(header);
	return new Fault(
		'venv.build-failed',
		`a Python package could not be compiled: ${header} is missing`,
		known === undefined
			? `Find the -dev package that has it (apt-file search ${header}), add it to packages.extra, and run it again.`
			: `${known} has it: add it to packages.extra, and run it again.`,
		{...details, ...(known !== undefined && {adds: {to: 'packages.extra', value: known}})},
	);
};
