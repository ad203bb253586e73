/** Each throw-away host has a /30 of 10.213.0.0/16: our end of the wire is .1, its own .2 of those four. */
import {type NetworkInterfaceInfo, networkInterfaces} from 'node:os';

const base = (slot: number): string => `10.213.${slot >> 6}.`;

export const vethOf = (slot: number): string => `hs${slot}`;
export const subnetOf = (slot: number): string => `${base(slot)}${(slot & 63) * 4}/30`;
export const oursOf = (slot: number): string => `${base(slot)}${(slot & 63) * 4 + 1}`;
export const addressOf = (slot: number): string => `${base(slot)}${(slot & 63) * 4 + 2}`;

/** Does an interface of this machine live in that /30 already? */
export const isTaken = (
	slot: number,
	interfaces: readonly Pick<NetworkInterfaceInfo, 'family' | 'address' | 'cidr'>[] = here(),
): boolean => {
	const net = toNumber(oursOf(slot)) >>> 2;
	return interfaces.some(one => one.family === 'IPv4' && sameNet(one.cidr ?? `${one.address}/32`, net));
};

const here = (): readonly NetworkInterfaceInfo[] => Object.values(networkInterfaces()).flatMap(one => one ?? []);

const sameNet = (cidr: string, net: number): boolean => {
	const [address = '', bits = '32'] = cidr.split('/');
	// A wide network (a VPN over 10.0.0.0/8) leaves room for a narrower one; a narrow one does not.
	return (
		Number(bits) >= 16 &&
		mask(toNumber(address), Math.min(30, Number(bits))) === mask(net * 4, Math.min(30, Number(bits)))
	);
};

const mask = (address: number, bits: number): number => (address & (0xffffffff << (32 - bits))) >>> 0;

const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
