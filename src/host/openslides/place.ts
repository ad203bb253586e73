/** Where the backend of OpenSlides has its files and which unit runs it: what its unit says on its command line, else what the guide says. */

import {systemdDialect} from '#edit/sections/ini.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {sectionLines} from '../files/section-lines.ts';
import {textOf} from '../files/text-of.ts';

export type OpenslidesPlace = {
	/** Its unit with the line of its command; undefined where there is none. */
	readonly unit: {readonly name: string; readonly where: string; readonly password: boolean} | undefined;
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
			unit: unit && {name: unit.name, where: unit.where, password: unit.flags.has('--postgres-password')},
			versions: flag('--versions-meta-dir', '/srv/openslides/versions'),
			metadata: flag('--instance-meta-dir', '/srv/openslides/instances'),
			instances: flag('--instances-dir', '/srv/openslides/instances'),
		};
	},
};

export const noOpenslides = 'neither a unit of the OpenSlides backend nor /srv/openslides is on this host';

type Unit = {readonly name: string; readonly where: string; readonly flags: ReadonlyMap<string, string>};

const directory = '/etc/systemd/system';

const unitOf = async (host: Reader): Promise<Unit | undefined> => {
	const names = ((await host.list(directory)) ?? []).filter(
		name => name.endsWith('.service') && !name.startsWith('openslides_instance'),
	);
	const found = await Promise.all(
		names.map(async name => {
			const start = sectionLines(systemdDialect, (await textOf(host, `${directory}/${name}`)) ?? '')
				.get('Service')
				?.findLast(({key}) => key === 'ExecStart');
			if (start === undefined || !/--versions-meta-dir|openslides-multiinstance-backend/.test(start.value)) return [];
			return [{name, where: `${directory}/${name}:${start.line}`, flags: flagsIn(start.value)}];
		}),
	);
	return found.flat()[0];
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
	if (password !== undefined && password.length >= 4) new Secret('--postgres-password of OpenSlides', password);
	return new Map([...flags].map(([name, value]) => [name, name.endsWith('-password') ? '' : value]));
};
