/** One package that is half-installed makes every later apt run fail, today's security update included. */
import {packages} from '#host/apt/packages.ts';
import {ifTold} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';

const status = '/var/lib/dpkg/status';

/** The newest copy of it that names packages. */
type Lost = {readonly from: string | undefined};

const mend = {
	remedy: {
		sentence: 'Let dpkg finish; where that fails, its last lines say which package stands in the way.',
		commands: [['dpkg', '--configure', '--pending']],
	},
	fix: () => [dpkgConsistent()],
};

const kinds = defineKinds({
	half: {
		state: 'fail',
		example: {name: 'man-db', flag: 'ok', status: 'half-configured'},
		says: ({name, flag, status: now}) => `${name} is ${flag === 'ok' ? now : `${flag}, ${now}`}`,
		...mend,
	},
	lost: {
		state: 'fail',
		example: {from: '/var/lib/dpkg/status-old'} as Lost,
		says: `${status} names no package: dpkg does not know what is installed, and nothing can be installed or updated`,
		remedy: ({from}) =>
			from === undefined
				? {
						sentence:
							'Bring it back from a backup of this host, or from the newest /var/backups/dpkg.status.N.gz (zcat); without one, install anew and take the data over.',
					}
				: {
						sentence: `Take ${from} back, which is as it was before the last change or up to a day older; then dpkg --audit, and install again what came since (/var/log/dpkg.log).`,
						commands: [['cp', '--', from, status]],
					},
	},
	cutOff: {state: 'fail', says: 'dpkg was cut off and has not finished', ...mend},
});

export const check = defineCheck({
	id: 'host.packages',
	title: 'No package is half-installed',
	why: 'A package that was left unpacked or half-configured may not work at all, and apt refuses to go on until it is mended, so that security updates stop as well.',
	reads: [
		`${status}: the three words of every package; where it names none, status-old and /var/backups/dpkg.status.0`,
		'/var/lib/dpkg/updates: what a dpkg that was cut off left behind',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'dpkg(1), package states',
	verify: 'dpkg --audit prints nothing.',
	facts: {packages},
	kinds,
	async inspect({host, facts}) {
		if (facts.packages.all.size === 0 && (await isOfDpkg(host)))
			return [
				{
					item: 'status',
					is: 'lost',
					data: {from: await copyOf(host)},
					expected: 'every package',
					layers: {file: {value: [], where: status}},
				},
			];
		const cutOff = ((await host.list('/var/lib/dpkg/updates').catch(() => [])) ?? []).filter(name =>
			/^\d+$/.test(name),
		);
		const wrong: readonly FoundOf<typeof kinds>[] = [
			...facts.packages.broken.map(one => ({
				item: one.name,
				is: 'half' as const,
				data: {name: one.name, flag: one.flag, status: one.status},
				expected: 'install ok installed',
				layers: {file: {value: `${one.want} ${one.flag} ${one.status}`, where: status}},
			})),
			...(cutOff.length === 0
				? []
				: [
						{
							item: 'dpkg',
							is: 'cutOff' as const,
							expected: [],
							layers: {file: {value: cutOff, where: '/var/lib/dpkg/updates'}},
						},
					]),
		];
		return findings(wrong, {
			is: 'ok',
			says: `${facts.packages.all.size} packages`,
			expected: 'install ok installed',
			layers: {file: {value: [], where: status}},
		});
	},
});

/** Images without a shell keep what is in them in a directory, and have no dpkg. */
const isOfDpkg = async (host: Reader): Promise<boolean> =>
	(await host.stat('/usr/bin/dpkg')) !== undefined && (await host.stat('/var/lib/dpkg/status.d')) === undefined;

const copyOf = async (host: Reader): Promise<string | undefined> => {
	for (const path of ['/var/lib/dpkg/status-old', '/var/backups/dpkg.status.0']) {
		const bytes = await ifTold(() => host.read(path));
		if (bytes !== undefined && Buffer.from(bytes).includes('Package: ')) return path;
	}
	return undefined;
};
