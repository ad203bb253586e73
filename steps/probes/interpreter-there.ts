/** An interpreter of the distribution that this release does not have is told before anything is made: apt says so only after all that comes first. */
import {release} from '#host/apt/release.ts';
import type {Reader} from '#model/host.ts';
import type {Probe} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {pathThere} from './files.ts';
import {failed, inTime, ok} from './in-time.ts';

export type InterpreterThere = {
	readonly id: string;
	readonly interpreter: string;
	/** The Debian packages that bring it; none where it is nobody's. */
	readonly packages: readonly string[];
	readonly decides: readonly Thing[];
};

/** None for the distribution's own, which comes as a package on every release. */
export const interpreterThere = (
	{id, interpreter, packages: [name], decides}: InterpreterThere,
	about: readonly string[],
): readonly Probe[] => {
	if (interpreter === '/usr/bin/python3') return [];
	if (name === undefined) return [pathThere(id, interpreter, about, 'file', decides)];
	return [
		{
			id,
			about,
			decides,
			title: `this release has ${interpreter}`,
			run: reader =>
				inTime(reader, async () => {
					if ((await reader.stat(interpreter)) !== undefined) return ok(`${interpreter} is there`);
					if (await aptKnows(reader, name)) return ok(`apt has ${name}`);
					const {codename, name: host} = await reader.fact(release);
					const has = versions[codename];
					const version = name.slice('python'.length);
					if (has === undefined || has.includes(version)) return ok(`whether apt has ${name} shows at the install`);
					const others = Object.keys(versions).filter(one => versions[one]?.includes(version));
					return failed(
						`${host} has no ${name}${others.length === 0 ? '' : `; ${others.map(one => names[one]).join(' and ')} ${others.length === 1 ? 'has' : 'have'}`}`,
					);
				}),
		},
	];
};

/** From the lists as they are; an archive of the operator's own may have it. */
const aptKnows = async (reader: Reader, name: string): Promise<boolean> =>
	(await reader.probe(['apt-cache', 'show', '--no-all-versions', name], {timeout: 5000})).code === 0;

/** The Pythons of each release's own archive, by the names of their packages; 3 is in all of them. */
const versions: Readonly<Record<string, readonly string[]>> = {
	bullseye: ['2', '3.9'],
	bookworm: ['3.11'],
	trixie: ['3.13'],
	jammy: ['2', '3.10', '3.11'],
	noble: ['3.12'],
};
const names: Readonly<Record<string, string>> = {
	bullseye: 'Debian 11',
	bookworm: 'Debian 12',
	trixie: 'Debian 13',
	jammy: 'Ubuntu 22.04',
	noble: 'Ubuntu 24.04',
};
