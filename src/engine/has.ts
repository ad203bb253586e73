/** Does the host have a thing that no resource of the plan makes? Answered from files alone, also for an offline root. */
import type {Reader} from '#model/host.ts';
import type {Thing} from '#model/thing.ts';

/** True when the host has it by itself. Roles, databases, entries and ports are never taken on trust: somebody in the plan must provide them. */
export const hostHas = async (thing: Thing, host: Reader): Promise<boolean> => {
	const [kind = '', name = ''] = split(thing);
	switch (kind) {
		case 'path':
			return (await host.stat(name)) !== undefined;
		case 'user':
			return hasLine(host, '/etc/passwd', name);
		case 'group':
			return hasLine(host, '/etc/group', name);
		case 'iface':
			return (await host.stat(`/sys/class/net/${name}`)) !== undefined;
		case 'name':
			return new RegExp(`^[^#\\n]*\\s${escape(name)}(\\s|$)`, 'm').test(await text(host, '/etc/hosts'));
		case 'package':
			return new RegExp(`^Package: ${escape(name)}\\nStatus: \\w+ ok installed$`, 'm').test(
				await text(host, '/var/lib/dpkg/status'),
			);
		case 'unit':
			return anyOf(
				unitPlaces.map(place => `${place}/${name}`).concat(`/etc/init.d/${name.replace(/\.service$/, '')}`),
				host,
			);
		default:
			return false;
	}
};

const unitPlaces = [
	'/etc/systemd/system',
	'/run/systemd/system',
	'/usr/local/lib/systemd/system',
	'/usr/lib/systemd/system',
	'/lib/systemd/system',
	'/run/systemd/generator.late',
];

const split = (thing: Thing): readonly string[] => {
	const at = thing.indexOf(':');
	return [thing.slice(0, at), thing.slice(at + 1)];
};

const hasLine = async (host: Reader, path: string, name: string): Promise<boolean> =>
	(await text(host, path)).split('\n').some(line => line.startsWith(`${name}:`));

const text = async (host: Reader, path: string): Promise<string> =>
	Buffer.from((await host.read(path)) ?? '').toString('utf8');

const anyOf = async (paths: readonly string[], host: Reader): Promise<boolean> =>
	(await Promise.all(paths.map(path => host.stat(path)))).some(stat => stat !== undefined);

const escape = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
