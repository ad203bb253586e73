/** What a release that a host may go to has in the place of today's: the versions that what is installed here will meet. From Debian's release notes and its archive. */
import {type Release, release} from '#host/apt/release.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';

export type Coming = {
	readonly codename: 'bookworm' | 'trixie';
	/** Only from there: a release is never left out. */
	readonly from: string;
	readonly name: string;
	readonly python: string;
	readonly postgresql: number;
	readonly mariadb: string;
	readonly php: string;
	readonly notes: string;
};

const comingReleases: readonly Coming[] = [
	{
		codename: 'bookworm',
		from: 'bullseye',
		name: 'Debian 12',
		python: '3.11',
		postgresql: 15,
		mariadb: '10.11',
		php: '8.2',
		notes: 'https://www.debian.org/releases/bookworm/release-notes/',
	},
	{
		codename: 'trixie',
		from: 'bookworm',
		name: 'Debian 13',
		python: '3.13',
		postgresql: 17,
		mariadb: '11.8',
		php: '8.4',
		notes: 'https://www.debian.org/releases/trixie/release-notes/',
	},
];

export const newestComing: Coming = comingReleases.at(-1)!;

/** Throws Fault usage.before for a release that is not known, or not the next one. */
export const comingRelease = async (wanted: string, host: Reader): Promise<Coming> => {
	const here: Release = await host.fact(release);
	const coming = comingReleases.find(({codename}) => codename === wanted);
	if (coming !== undefined && coming.from === here.codename) return coming;
	const next = comingReleases.find(({from}) => from === here.codename);
	throw new Fault(
		'usage.before',
		coming === undefined
			? `what ${JSON.stringify(wanted)} takes away is not known`
			: `${coming.name} is reached from ${coming.from} alone, and this is ${here.name}`,
		next === undefined
			? `For ${here.name} no release that comes after it is known here; its release notes tell.`
			: `From here: setup doctor --before ${next.codename}.`,
	);
};
