/**
 * The interfaces behind which only guests of this host are, its containers and virtual machines: what a firewall asks of strangers would cut them
 * off from the services that they are given here. Told by the names their makers give, and by a bridge that no network card is part of.
 */
import type {Fact, Reader} from '#model/host.ts';

export type GuestInterfaces = {
	/** Beginnings of names that makers of guests give, whether there are any yet. */
	readonly prefixes: readonly string[];
	/** Of this moment. */
	readonly present: readonly string[];
};

/** Of the running kernel; throws nothing but what a reader throws. */
export const guestInterfaces: Fact<GuestInterfaces> = {
	id: 'guest-interfaces',
	async read(host) {
		const names = (await host.list(net).catch(() => undefined)) ?? [];
		const ports = new Map(
			await Promise.all(names.map(async name => [name, await portsOf(name, host).catch(() => undefined)] as const)),
		);
		const leadsOut = (name: string): boolean => ports.get(name)?.some(({isCard}) => isCard) === true;
		// An office's own `br-lan` looks like one of Docker's by its name.
		const prefixes = makers.filter(prefix => !names.some(name => name.startsWith(prefix) && leadsOut(name)));
		return {
			prefixes,
			present: names.filter(
				name =>
					!leadsOut(name) && (prefixes.some(prefix => name.startsWith(prefix)) || (ports.get(name) ?? []).length > 0),
			),
		};
	},
};

/** Docker, Podman, libvirt, LXC, LXD, Incus, systemd-nspawn. */
const makers = ['docker', 'br-', 'podman', 'cni-podman', 'virbr', 'lxcbr', 'lxdbr', 'incusbr', 've-', 'vb-', 'vz-'];

const net = '/sys/class/net';

/** Undefined of what is no bridge. */
const portsOf = async (
	name: string,
	host: Reader,
): Promise<readonly {readonly name: string; readonly isCard: boolean}[] | undefined> => {
	const ports = await host.list(`${net}/${name}/brif`);
	if (ports === undefined) return undefined;
	return Promise.all(
		ports.map(async port => ({
			name: port,
			isCard: (await host.stat(`${net}/${port}/device`, {follow: true}).catch(() => undefined)) !== undefined,
		})),
	);
};
