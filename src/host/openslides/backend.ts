/** Where the backend of OpenSlides has its files and which unit runs it: what its unit says on its command line, else what the guide says. */
import type {Fact, Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {serviceLine, writtenServices} from '../units/written.ts';

export type OpenslidesPlace = {
	/** Its unit with the line of its command; undefined where there is none. */
	readonly unit:
		| {
				readonly name: string;
				readonly where: string;
				/** Under which account it runs; undefined where the unit names none, which is root. */
				readonly user: string | undefined;
				/** Stands the password itself on the command line? The name of a file does not count. */
				readonly password: boolean;
				/** Is the program that makes instances one that does nothing? */
				readonly apiOnly: boolean;
				/** Is it the one of setup, with podman in the place of rkt? */
				readonly podman: boolean;
		  }
		| undefined;
	readonly versions: string;
	readonly metadata: string;
	readonly instances: string;
};

/** 'absent' where there is neither a unit nor the guide's directory. */
export const openslidesPlace: Fact<OpenslidesPlace | 'absent'> = {
	id: 'openslides-place',
	async read(host) {
		const unit = await unitOf(host);
		if (unit === undefined && (await host.stat('/srv/openslides')) === undefined) return 'absent';
		const flag = (name: string, otherwise: string): string =>
			unit?.flags.get(name)?.replace(/(?<=.)\/+$/, '') ?? otherwise;
		return {
			unit: unit && {
				name: unit.name,
				where: unit.where,
				user: unit.user,
				password: unit.flags.has('--postgres-password') && !unit.namesFile,
				apiOnly: /^(\/usr)?\/bin\/false$/.test(unit.flags.get('--python-ansible') ?? ''),
				podman: unit.flags.get('--python-ansible') === '/usr/local/lib/openslides/play',
			},
			versions: flag('--versions-meta-dir', '/srv/openslides/versions'),
			metadata: flag('--instance-meta-dir', '/srv/openslides/instances'),
			instances: flag('--instances-dir', '/srv/openslides/instances'),
		};
	},
};

export const noOpenslides = 'neither a unit of the OpenSlides backend nor /srv/openslides is on this host';

type Unit = {
	readonly name: string;
	readonly where: string;
	readonly user: string | undefined;
	readonly flags: ReadonlyMap<string, string>;
	/** `file:PATH` in place of the password, for the programs of setup. */
	readonly namesFile: boolean;
};

const unitOf = async (host: Reader): Promise<Unit | undefined> => {
	const found = (await host.fact(writtenServices)).flatMap(service => {
		const start = serviceLine(service, 'ExecStart');
		if (start === undefined || service.name.startsWith('openslides_instance')) return [];
		if (!/--versions-meta-dir|openslides-multiinstance-backend/.test(start.value)) return [];
		const namesFile = /--postgres-password[ =]["']?file:\//.test(start.value);
		const user = serviceLine(service, 'User')?.value;
		return [{name: service.name, where: start.where, user, flags: flagsIn(start.value), namesFile}];
	});
	return found[0];
};

const flagsIn = (command: string): ReadonlyMap<string, string> => {
	const words = command
		.split(/\s+/)
		.flatMap(word =>
			/^--[\w-]+=/.test(word) ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word],
		);
	const flags = new Map(
		words.flatMap((word, at) =>
			word.startsWith('--') ? [[word, (words[at + 1] ?? '').replace(/^["']|["']$/g, '')] as const] : [],
		),
	);
	const password = flags.get('--postgres-password');
	// Boxed, so that it leaves every report, whoever prints the command.
	if (password !== undefined && password.length >= 4 && !password.startsWith('file:/'))
		new Secret('--postgres-password of OpenSlides', password);
	return new Map([...flags].map(([name, value]) => [name, name.endsWith('-password') ? '' : value]));
};
