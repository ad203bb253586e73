/** Every host test gets a throw-away host of its own: a fresh overlay on a base image and on what was installed and frozen for it once. */
import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {test} from 'vitest';
import {base, type Release, trustAuthorities} from '#rehearse/base.ts';
import {frozen} from '#rehearse/frozen.ts';
import {type HostOptions, openHost, type ThrowAway} from '#rehearse/throwaway.ts';
import {cache, lacking} from './needs.ts';
import {buildProgram, checkout} from './setup.ts';

/** Something installed once per release: every test that names it starts from there. Another `key` is another layer. */
export type Layer = {
	readonly name: string;
	readonly key: string;
	readonly on?: Layer;
	readonly options?: Pick<HostOptions, 'binds' | 'network' | 'plain' | 'unmask'>;
	build(host: ThrowAway): Promise<void>;
};

export type Want = Omit<HostOptions, 'lower'> & {
	/** 'this': a copy of the machine the tests run on. Default bookworm. */
	readonly release?: Release | 'this';
	readonly layer?: Layer;
	/** Milliseconds for the test. Default 5 minutes. */
	readonly timeout?: number;
};

/** A vitest test with a booted host. Skipped by name, with what it needed, where it cannot run; a failure there when CI=true. */
export const hostTest = (name: string, want: Want, body: (host: ThrowAway) => Promise<void>): void => {
	machineTest(name, want, () => withHost(want, body));
};

/** The same without opening a host: for tests that open and kill their own. */
export const machineTest = (name: string, want: Want, body: () => Promise<void>): void => {
	test(name, {timeout: want.timeout ?? 300_000}, async context => {
		const lack = await lacking({
			release: want.release === 'this' ? undefined : (want.release ?? 'bookworm'),
			network: want.network !== 'none',
		});
		if (lack !== undefined) {
			if (process.env['CI'] === 'true') throw new Error(`cannot run here, and must where CI=true: ${lack}`);
			context.skip(`needs: ${lack}`);
		}
		await body();
	});
};

/** Opens a host, hands it over, closes it whatever happens. */
export const withHost = async <T>(want: Want, body: (host: ThrowAway) => Promise<T>): Promise<T> => {
	const host = await openWanted(want);
	try {
		return await body(host);
	} finally {
		await host.close();
	}
};

const openWanted = async (want: Want): Promise<ThrowAway> => {
	const {release = 'bookworm', layer, timeout: _, ...options} = want;
	// A layer that was installed before holds no program: the checkout is bound over it.
	if (options.binds?.some(({from}) => from === checkout)) buildProgram();
	if (release === 'this') return openHost({...options, lower: 'host'});
	return openHost({debs: debsOf(release), ...options, lower: await layersOf(release, layer)});
};

/** The image directories of a release with a layer on it, the top one first; built when they are not there. */
export const layersOf = async (release: Release, layer: Layer | undefined): Promise<readonly string[]> => {
	if (!layer) return [await base(release, {cache: cache(), unverified: true})];
	const on = await layersOf(release, layer.on);
	const key = createHash('sha256')
		.update(JSON.stringify([layer.key, on]))
		.digest('hex')
		.slice(0, 12);
	return frozen(
		`${layer.name}-${release}`,
		key,
		{...layer.options, on, cache: cache(), debs: debsOf(release)},
		layer.build,
	);
};

/** Fresh package lists, and the authorities that this machine trusts: what every layer that installs something is built on. A new one each day, for mirrors drop old versions. */
export const packageLists: Layer = {
	name: 'lists',
	key: `2 ${new Date().toISOString().slice(0, 10)}`,
	async build(host) {
		await trustAuthorities(host.root);
		await host.must(['apt-get', 'update', '-q']);
	},
};

/** A layer with these packages installed. */
export const withPackages = (name: string, packages: readonly string[]): Layer => ({
	name,
	key: packages.join(' '),
	on: packageLists,
	async build(host) {
		await host.must(['apt-get', 'install', '-y', '--no-install-recommends', ...packages], {
			env: {DEBIAN_FRONTEND: 'noninteractive'},
			timeout: 900_000,
		});
	},
});

/** A layer with packages of PyPI in an environment of their own, /opt/from-pypi, for a server that Debian does not have. It stands on one with python3-venv. */
export const withWheels = (name: string, wheels: readonly string[], on: Layer): Layer => ({
	name,
	key: `compiled ${wheels.join(' ')}`,
	on,
	async build(host) {
		await host.must(['python3', '-m', 'venv', '/opt/from-pypi']);
		await host.must(
			['/opt/from-pypi/bin/pip', 'install', '--quiet', '--no-cache-dir', '--only-binary=:all:', ...wheels],
			{timeout: 600_000},
		);
	},
});

/** A layer with one more package, on whatever layer. */
export const withTool = (name: string, on: Layer): Layer => ({
	name: `${on.name}-${name}`,
	key: name,
	on,
	async build(host) {
		await host.must(['apt-get', 'install', '-y', '--no-install-recommends', name], {
			env: {DEBIAN_FRONTEND: 'noninteractive'},
		});
	},
});

const debsOf = (release: string): string => join(cache(), 'debs', release);
