/** Which distribution this is, and which release of it. */
import type {Fact} from '#model/host.ts';

export type Release = {
	/** `debian`, `ubuntu`, or whatever the host calls itself. */
	readonly id: string;
	/** `bookworm`, `noble`; empty on a rolling release. */
	readonly codename: string;
	/** `12`, `24.04`; empty on a rolling release. */
	readonly version: string;
	/** For a sentence: `Debian GNU/Linux 12 (bookworm)`. */
	readonly name: string;
	/** The releases that the stacks are made for. */
	readonly known: boolean;
};

/** /etc/os-release. */
export const release: Fact<Release> = {
	id: 'release',
	async read(host) {
		const text = Buffer.from(
			(await host.read('/etc/os-release')) ?? (await host.read('/usr/lib/os-release')) ?? '',
		).toString('utf8');
		const fields = new Map(
			text.split('\n').flatMap(line => {
				const [, key, value] = /^([A-Z_]+)=["']?(.*?)["']?$/.exec(line) ?? [];
				return key === undefined || value === undefined ? [] : [[key, value] as const];
			}),
		);
		const codename = fields.get('VERSION_CODENAME') ?? '';
		return {
			id: fields.get('ID') ?? 'unknown',
			codename,
			version: fields.get('VERSION_ID') ?? '',
			name: fields.get('PRETTY_NAME') ?? 'an unknown system',
			known: knownReleases.includes(codename),
		};
	},
};

/** Oldest first within each distribution. */
export const knownReleases: readonly string[] = ['bullseye', 'bookworm', 'trixie', 'jammy', 'noble'];
