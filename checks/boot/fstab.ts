/** A line of /etc/fstab is read at the next boot: one that was right when somebody wrote it ends that boot in a shell that nobody sits at. */

import {
	isBelowRemote,
	isMounted,
	isRemote,
	type MountTable,
	mountTable,
	placeOf,
	type Wanted,
} from '#host/mounts/mount-table.ts';
import {lacksFor} from '#host/mounts/mount-types.ts';
import {ifTold} from '#host/see.ts';
import {container} from '#host/system/container.ts';
import {refuseWithoutSystemd} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

const path = '/etc/fstab';

type Line = {readonly source: string; readonly target: string; readonly line: number};

type NoType = Omit<Line, 'source'> & {
	readonly type: string;
	readonly required: boolean;
	readonly packageName?: string;
};

const example: Line = {source: 'UUID=0f1d3b0a-8f4e-4a52-9a7c-d5d9f4a4f0c1', target: '/srv/data', line: 9};

const reread = 'then systemctl daemon-reload, and findmnt --verify';

const kinds = defineKinds({
	noSource: {
		state: 'fail',
		example,
		says: ({source, target}) =>
			`${source} is not there, and ${target} is to be mounted from it: the next boot waits for it and ends in the emergency shell`,
		remedy: ({line}) => ({
			sentence: `blkid names what is there. Correct line ${line} of ${path}; where the host can do without it add nofail to its options; ${reread}.`,
		}),
	},
	noSwap: {
		state: 'warn',
		example: {...example, source: '/swapfile', target: 'none'},
		says: ({source}) => `the swap ${source} is not there: each boot asks for it in vain, and goes on without`,
		remedy: ({line}) => ({
			sentence: `blkid names what is there; a swap file is made with mkswap. Correct line ${line} of ${path}, or take it out; ${reread}.`,
		}),
	},
	noType: {
		state: ({required}) => (required ? 'fail' : 'warn'),
		example: {target: '/mnt/share', type: 'nfs', line: 9, required: false, packageName: 'nfs-common'} as NoType,
		says: ({target, type, required}) =>
			`nothing on this host can mount ${type}, which ${target} is to be${required ? ': the next boot ends in the emergency shell' : ''}`,
		remedy: ({line, packageName}) => ({
			sentence:
				packageName === undefined
					? `Correct the type in line ${line} of ${path}, or install what mounts it; ${reread}.`
					: `Install the package ${packageName}, then mount it.`,
		}),
	},
	noPoint: {
		state: 'warn',
		example,
		says: ({target}) => `${target} is not there, and a file system is to be mounted on it`,
		remedy: ({target}) => ({
			sentence: 'Make the directory, and mount it.',
			commands: [
				['mkdir', '-p', '--', target],
				['mount', '--', target],
			],
		}),
	},
	notMounted: {
		state: 'warn',
		example,
		says: ({source, target}) => `${target} is not mounted (${source}), and what is written there goes elsewhere`,
		remedy: ({target, line}) => ({
			sentence: `Look first at what lies in ${target} now, for a mount hides it; then mount it (mount ${target}), which says what stands in the way. Where it is mounted by hand only, add noauto to line ${line} of ${path}.`,
		}),
	},
	unread: {
		state: 'warn',
		example: {lines: [7] as readonly number[]},
		says: ({lines}) => `${some(lines)} of ${path} is none that mount reads: what it means is not mounted`,
		remedy: {
			sentence: `A line has six words: source, directory, type, options, 0, 0; a blank in a name is written \\040. Correct it; ${reread}.`,
		},
	},
});

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'boot.fstab',
	title: 'The host comes up again with its file systems',
	why: 'A disk that was taken away or made anew has another name, and its line in /etc/fstab keeps the next boot from ending: nobody is told until then. A file system that is not mounted is told by nothing either: what belongs on it is written beside it.',
	reads: [
		'/etc/fstab, /proc/self/mounts',
		'/dev/disk/by-uuid, by-label, by-partuuid, by-partlabel, and the files and devices that the lines name',
		'/proc/filesystems, modules.alias of this kernel, /sbin/mount.TYPE: for what is not mounted',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'fstab(5), systemd.mount(5), "fstab"',
	verify: 'findmnt --verify names no error; mount -a says nothing.',
	facts: {mountTable, container},
	kinds,
	async inspect({host, facts}) {
		if (facts.container !== undefined) await refuseWithoutSystemd(host, `in ${facts.container} nothing reads ${path}`);
		const {wanted, unread} = facts.mountTable;
		// systemd leaves devices and swap to the host of a container.
		const own = wanted.filter(
			one => facts.container === undefined || (one.type !== 'swap' && !/^(\/dev\/|\w+=)/.test(one.source)),
		);
		const found = await Promise.all(own.map(one => judged(host, one, facts.mountTable)));
		const lines: readonly Found[] =
			unread.length === 0
				? []
				: [{...sight('lines', unread[0]!, unread.slice(0, 10)), is: 'unread', data: {lines: unread}}];
		return findings<Found>([...found.flat(), ...lines], {
			is: 'ok',
			says: own.length === 0 ? 'it names none' : `${own.length} of ${path}`,
			expected: [],
			layers: {file: {value: [], where: path}},
		});
	},
});

const judged = async (host: Reader, one: Wanted, {mounted}: MountTable): Promise<readonly Found[]> => {
	const {source, target, type, options, line} = one;
	const lazy = options.some(word => ['noauto', 'x-systemd.automount', 'comment=systemd.automount'].includes(word));
	if (lazy) return [];
	const data: Line = {source, target, line};
	const item = type === 'swap' ? source : target;
	const place = placeOf(one);
	const spared = options.includes('nofail');
	if (place !== undefined && !isBelowRemote(place, mounted)) {
		// Nobody makes its links: no udev, no answer.
		if (place.startsWith('/dev/disk/') && (await host.stat('/dev/disk')) === undefined)
			return [{is: 'ok', item, expected: [], layers: {file: noLinks}}];
		if ((await host.stat(place, {follow: true})) === undefined) {
			if (spared) return [];
			const seen = sight(item, line, `${source}: not there`);
			if (type === 'swap') return [{...seen, is: 'noSwap', data}];
			return [{...seen, is: isRemote(one) ? 'notMounted' : 'noSource', data}];
		}
	}
	if (type === 'swap' || (await isMounted(host, target, mounted))) return [];
	const lacking = await lacksFor(host, type);
	if (lacking !== undefined)
		return [
			{
				...sight(item, line, `${type}: no program and no module mounts it`),
				is: 'noType',
				data: {target, type, line, required: !spared && !isRemote(one), ...lacking},
			},
		];
	// A directory that only root may look into is there.
	const point = await ifTold(async () => (await host.stat(target, {follow: true})) ?? 'none');
	return point === 'none'
		? [{...sight(item, line, 'no such directory'), is: 'noPoint', data}]
		: [{...sight(item, line, 'not mounted'), is: 'notMounted', data}];
};

const noLinks = {because: 'unreadable', need: 'there is no /dev/disk, where udev names file systems'} as const;

const sight = (item: string, line: number, value: string | readonly number[]) => ({
	item,
	expected: 'there, and mounted',
	layers: {file: {value, where: `${path}:${line}`}},
});

const some = (lines: readonly number[]): string =>
	`line ${lines.slice(0, 4).join(', ')}${lines.length > 4 ? `, and ${lines.length - 4} more,` : ''}`;
