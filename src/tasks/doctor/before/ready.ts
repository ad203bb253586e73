/** What has to be in order before an upgrade of the release begins: each of these stops it half-way, where a host is neither of the two. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {textOf} from '#host/files/text-of.ts';
import {fileSystems} from '#host/system/file-systems.ts';
import {type AnyCheck, defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Coming} from './coming-release.ts';

const MiB = 1024 * 1024;

/** Bytes that /usr and the downloads of a server want at the same time; Debian's notes ask for as much. */
const room = 2000 * MiB;

export const beforeReady = ({name, codename, notes}: Coming): AnyCheck => {
	const kinds = defineKinds({
		unfinished: {
			state: 'fail',
			example: {packageName: 'mariadb-server'},
			says: ({packageName}) => `${packageName} is half-installed or not set up: an upgrade stops there`,
			remedy: {
				sentence: 'Let it be finished first.',
				commands: [
					['dpkg', '--configure', '-a'],
					['apt-get', '-f', 'install'],
				],
			},
		},
		held: {
			state: 'warn',
			example: {packageName: 'nginx'},
			says: ({packageName}) =>
				`${packageName} is on hold: it stays as it is, and what needs another version of it with it`,
			remedy: ({packageName}) => ({
				sentence: 'See why it is held, and let it go.',
				commands: [['apt-mark', 'unhold', packageName]],
			}),
		},
		foreign: {
			state: 'warn',
			example: {origin: 'Docker', release: 'download.docker.com_linux_debian_dists_bookworm'},
			says: ({origin}) =>
				`packages come from ${origin}, which is not the distribution: they may keep those of ${name} out`,
			remedy: {
				sentence: `Switch that source off for the upgrade, and afterwards on again with ${codename} where it has that.`,
			},
		},
		room: {
			state: 'fail',
			example: {path: '/', free: 700 * MiB},
			says: ({path, free}) =>
				`${Math.floor(free / MiB)} MB are free on ${path}, and an upgrade wants about ${room / MiB}`,
			remedy: {
				sentence: 'Make room first: an upgrade that meets a full disk stops between two releases.',
				commands: [['apt-get', 'clean']],
			},
		},
	});
	const check = defineCheck({
		id: 'before.ready',
		title: `This host can begin an upgrade to ${name}`,
		why: 'An upgrade that stops half-way leaves a host that is neither of the two releases, and is the worst of its nights.',
		reads: ['/var/lib/dpkg/status', '/var/lib/apt/lists/*Release: Origin', '/proc/self/mounts, statfs(2)'],
		severity: 'fail',
		layers: ['file'],
		source: `${notes} (Preparing for upgrades)`,
		verify: 'apt-get check; apt-mark showhold; df -h',
		facts: {packages, fileSystems},
		kinds,
		async inspect({host, facts}) {
			const status = '/var/lib/dpkg/status';
			const unfinished = facts.packages.broken.map(
				({name: packageName, status: value}): FoundOf<typeof kinds> => ({
					is: 'unfinished',
					item: packageName,
					data: {packageName},
					expected: 'installed',
					layers: {file: {value, where: status}},
				}),
			);
			const held = [...facts.packages.all.values()]
				.filter(one => one.want === 'hold' && isInstalled(one))
				.map(
					({name: packageName}): FoundOf<typeof kinds> => ({
						is: 'held',
						item: packageName,
						data: {packageName},
						expected: 'not held',
						layers: {file: {value: 'hold', where: status}},
					}),
				);
			const foreign = (await foreignArchives(host)).map(
				({origin, release}): FoundOf<typeof kinds> => ({
					is: 'foreign',
					item: origin,
					data: {origin, release},
					expected: 'the distribution',
					layers: {file: {value: origin, where: `${lists}/${release}`}},
				}),
			);
			const at = (path: string) =>
				facts.fileSystems
					.filter(one => path === one.path || path.startsWith(`${one.path === '/' ? '' : one.path}/`))
					.toSorted((a, b) => b.path.length - a.path.length)[0];
			const tight = new Map(
				['/usr', '/var/cache/apt/archives'].flatMap(path => {
					const one = at(path);
					return one !== undefined && one.free < room ? [[one.path, one.free] as const] : [];
				}),
			);
			const full = [...tight].map(
				([path, free]): FoundOf<typeof kinds> => ({
					is: 'room',
					item: path,
					data: {path, free},
					expected: `${room / MiB} MB`,
					layers: {file: {value: Math.floor(free / MiB), where: path}},
				}),
			);
			return findings<FoundOf<typeof kinds>>([...unfinished, ...full, ...held, ...foreign], {
				is: 'ok',
				expected: 'nothing in its way',
				layers: {file: {value: 'nothing in its way', where: status}},
			});
		},
	});
	return check;
};

const lists = '/var/lib/apt/lists';

/** Whose archives apt has lists of, by what they say of themselves. */
const foreignArchives = async (
	host: Reader,
): Promise<readonly {readonly origin: string; readonly release: string}[]> => {
	const names = ((await host.list(lists)) ?? []).filter(one => /_(?:In)?Release$/.test(one));
	const found = await Promise.all(
		names.map(async release => {
			const text = (await textOf(host, `${lists}/${release}`)) ?? '';
			return {origin: /^Origin: *(.*)$/m.exec(text)?.[1]?.trim() || release.replace(/_.*/, ''), release};
		}),
	);
	const others = found.filter(({origin}) => !/^Debian(?: Backports)?$/.test(origin));
	return [...new Map(others.map(one => [one.origin, one])).values()];
};
