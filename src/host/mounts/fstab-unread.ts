/** Lines of /etc/fstab of which systemd's own units know nothing: it makes those at boot and at each daemon-reload, and goes by them, whatever stands in the file by now. */
import {systemdDialect} from '#edit/sections/ini.ts';
import type {Reader} from '#model/host.ts';
import {laterTime} from '../files/changed-since.ts';
import {sectionLines} from '../files/section-lines.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {container} from '../system/container.ts';
import {mountTable, placeOf, type Wanted} from './mount-table.ts';

const fstab = '/etc/fstab';
/** Made anew at each daemon-reload. */
const generated = '/run/systemd/generator';

type Unit = {readonly target: string; readonly what: string; readonly type: string; readonly options: string};

export type FstabUnread = {
	/** Directories (and sources of swap) that the file has, and other or no units are for. */
	readonly changed: readonly string[];
	/** Those that only a unit still has. */
	readonly gone: readonly string[];
};

/** Undefined where they agree. By the times of both first: a host whose file nobody touched since costs two looks. */
export const fstabUnread = async (host: Reader): Promise<FstabUnread | undefined> => {
	const [file, made] = await Promise.all([host.stat(fstab), host.stat(generated)]);
	if (file === undefined || (made !== undefined && laterTime(file) <= laterTime(made))) return undefined;
	const {wanted} = await host.fact(mountTable);
	const contained = (await host.fact(container)) !== undefined;
	const own = wanted.filter(one => isMadeOf(one, contained));
	const units = await unitsOf(host);
	if (units.length === 0 && (await isTurnedOff(host, contained))) return undefined;
	const found = {
		changed: own.filter(one => !units.some(unit => isFor(unit, one))).map(nameOf),
		gone: units
			.filter(unit => !wanted.some(one => isAt(unit, one)))
			.map(({target, what}) => (target === 'none' ? what : target)),
	};
	return found.changed.length + found.gone.length > 0 ? found : undefined;
};

/** By the kernel's command line; that of a container is its first process's. */
const isTurnedOff = async (host: Reader, contained: boolean): Promise<boolean> =>
	/(^|[\0 ])fstab=(0|no|n|false|off)([\0 \n]|$)/.test(
		(await ifTold(() => textOf(host, contained ? '/proc/1/cmdline' : '/proc/cmdline'))) ?? '',
	);

const nameOf = ({source, target, type}: Wanted): string => (type === 'swap' ? source : target);

/** The root is mounted before systemd is there, and of a container's devices its host thinks. */
const isMadeOf = ({source, target, type, options}: Wanted, contained: boolean): boolean =>
	target !== '/' &&
	!/^(proc|sysfs|devpts|usbfs|usbdevfs|cgroup)$/.test(type) &&
	!(type === 'swap' && options.includes('noauto')) &&
	!(contained && (type === 'swap' || /^(\/dev\/|\w+=)/.test(source)));

const isAt = (unit: Unit, one: Wanted): boolean =>
	one.type === 'swap' ? unit.target === 'none' && unit.what === whatOf(one) : unit.target === one.target;

const isFor = (unit: Unit, one: Wanted): boolean =>
	isAt(unit, one) &&
	unit.what === whatOf(one) &&
	(one.type === 'swap' || one.type === 'auto' || unit.type === one.type) &&
	(one.type === 'swap' || meant(unit.options) === meant(one.options.join(',')));

/** As systemd names a device: by what udev makes of it. */
const whatOf = (one: Wanted): string => (/^\w+=/.test(one.source) ? (placeOf(one) ?? one.source) : one.source);

/** Of the options those that say how it is mounted, in no order; those for systemd itself end up elsewhere. */
const meant = (options: string): string =>
	[
		...new Set(
			options
				.split(',')
				.filter(
					word => !/^(|defaults|auto|noauto|nofail|fail|_netdev|user|users|sw|pri=.*|x-.*|comment=.*)$/.test(word),
				),
		),
	]
		.sort()
		.join(',');

const unitsOf = async (host: Reader): Promise<readonly Unit[]> => {
	const names = ((await ifTold(() => host.list(generated))) ?? []).filter(name => /\.(mount|swap)$/.test(name));
	const texts = await Promise.all(names.map(name => ifTold(() => textOf(host, `${generated}/${name}`))));
	return texts.flatMap(text => {
		const sections = sectionLines(systemdDialect, text ?? '');
		const source = sections.get('Unit')?.find(({key}) => key === 'SourcePath')?.value;
		const lines = sections.get('Mount') ?? sections.get('Swap');
		if (source !== fstab || lines === undefined) return [];
		const of = (key: string): string | undefined => lines.findLast(one => one.key === key)?.value.replaceAll('%%', '%');
		const target = of('Where') ?? 'none';
		return target === '/'
			? []
			: [{target, what: of('What') ?? '', type: of('Type') ?? '', options: of('Options') ?? ''}];
	});
};
