/** Every package dpkg knows of, from its status file: one read, no child process, and an offline root answers too. */
import type {Fact, Reader} from '#model/host.ts';

export type Package = {
	readonly name: string;
	readonly version: string;
	/** dpkg's three words: `install ok installed`. */
	readonly want: string;
	readonly flag: string;
	readonly status: string;
	readonly architecture: string;
};

export type Packages = {
	/** Of the host's own architecture or of all. */
	readonly all: ReadonlyMap<string, Package>;
	/** Names that installed packages provide, with who does. */
	readonly provided: ReadonlyMap<string, string>;
	/** Neither installed nor gone: half-configured, unpacked, triggers awaited. */
	readonly broken: readonly Package[];
};

/** /var/lib/dpkg/status. A host without dpkg has no packages. */
export const packages: Fact<Packages> = {
	id: 'packages',
	read: async host => parseStatus(await textOf(host)),
};

/** True only for `ii` and `hi`: everything weaker needs work. */
export const isInstalled = (one: Package | undefined): one is Package =>
	one !== undefined &&
	one.status === 'installed' &&
	one.flag === 'ok' &&
	(one.want === 'install' || one.want === 'hold');

/** The content of dpkg's status file as data. */
export const parseStatus = (text: string): Packages => {
	const stanzas = text.split('\n\n').flatMap(parseStanza);
	const native = stanzas.find(({one}) => one.name === 'dpkg')?.one.architecture;
	const all = new Map<string, Package>();
	const provided = new Map<string, string>();
	for (const {one, provides} of stanzas) {
		if (one.architecture !== 'all' && one.architecture !== native && native !== undefined && all.has(one.name))
			continue;
		all.set(one.name, one);
		if (isInstalled(one)) for (const name of provides) provided.set(name, one.name);
	}
	return {
		all,
		provided,
		broken: stanzas
			.map(({one}) => one)
			.filter(one => one.flag !== 'ok' || !['installed', 'not-installed', 'config-files'].includes(one.status)),
	};
};

/** By position, not by pattern: this is on the path of every run that has nothing to do. */
const parseStanza = (text: string): readonly {readonly one: Package; readonly provides: readonly string[]}[] => {
	const field = (name: string): string => {
		const at = text.startsWith(`${name}: `) ? 0 : text.indexOf(`\n${name}: `) + 1;
		if (at === 0 && !text.startsWith(`${name}: `)) return '';
		const end = text.indexOf('\n', at);
		return text.slice(at + name.length + 2, end < 0 ? text.length : end);
	};
	const name = field('Package');
	if (name === '') return [];
	const [want = '', flag = '', status = ''] = field('Status').split(' ');
	const provides = field('Provides')
		.split(',')
		.map(word => word.trim().split(' ')[0] ?? '')
		.filter(word => word !== '');
	return [{one: {name, version: field('Version'), want, flag, status, architecture: field('Architecture')}, provides}];
};

const textOf = async (host: Reader): Promise<string> =>
	Buffer.from((await host.read('/var/lib/dpkg/status')) ?? '').toString('utf8');
