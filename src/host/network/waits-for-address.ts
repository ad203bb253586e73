/** Whether a server waits for an address that it is told to listen on, or needs not to. */

import type {Reader} from '#model/host.ts';
import type {Unknown} from '#model/unknown.ts';
import {textOf} from '../files/text-of.ts';
import {seeAs} from '../see.ts';
import {serviceLine, writtenServices} from '../units/written.ts';
import type {Bringer} from './brings-up.ts';

/** `sure`: it is there, or can be bound, whenever the unit starts. */
export type Order = {readonly sure: boolean; readonly says: string; readonly where: string};

/** Is the address there, or bindable, when this unit starts? Says why it could not be told where systemd cannot be asked. */
export const orderOf = async (
	unit: string,
	address: string,
	bringer: Bringer | undefined,
	host: Reader,
): Promise<Order | Unknown> =>
	seeAs(async (): Promise<Order> => {
		const where = '/proc/sys/net/ipv4/ip_nonlocal_bind';
		const family = address.includes(':') ? 'ipv6' : 'ipv4';
		const nonlocal =
			(await textOf(host, where.replace('ipv4', family)))?.trim() === '1' && (await writtenDown(host, family));
		if (nonlocal) return {sure: true, says: 'may be bound before it is there', where};
		if (bringer?.before === undefined)
			return {
				sure: false,
				says: bringer?.late ?? 'nothing brings it up',
				where: bringer?.where ?? '/etc/network/interfaces',
			};
		const after = (await host.query(['systemctl', 'show', '--property=After', '--value', unit])).trim().split(/\s+/);
		const waits = [
			bringer.before,
			'network-online.target',
			...(bringer.before === 'networking.service' ? ['network.target'] : []),
		];
		const sure = waits.find(one => after.includes(one)) ?? (await waiterFor(address, after, host));
		return {
			sure: sure !== undefined,
			says: sure === undefined ? `${unit} does not wait for ${bringer.how}` : `${unit} starts after ${sure}`,
			where: `systemctl show ${unit}: After`,
		};
	});

/** A service before it that is done when the address is there: it names the address in its command. */
const waiterFor = async (address: string, before: readonly string[], host: Reader): Promise<string | undefined> =>
	(await host.fact(writtenServices)).find(
		service =>
			before.includes(service.name) &&
			serviceLine(service, 'Type')?.value === 'oneshot' &&
			(serviceLine(service, 'ExecStart')?.value ?? '').split(/[^\w.:]+/).includes(address),
	)?.name;

/** The kernel has it now; after the next boot it has what the files say. */
const writtenDown = async (host: Reader, family: string): Promise<boolean> => {
	const names = ((await host.list('/etc/sysctl.d')) ?? [])
		.filter(name => name.endsWith('.conf'))
		.map(name => `/etc/sysctl.d/${name}`);
	const texts = await Promise.all([...names, '/etc/sysctl.conf'].map(async path => (await textOf(host, path)) ?? ''));
	return texts.some(text => new RegExp(`^\\s*-?net[./]${family}[./]ip_nonlocal_bind\\s*=\\s*1`, 'm').test(text));
};
