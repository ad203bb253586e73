/** The name servers that this host asks, and whether each answers: one question of each kind over UDP, as the C library asks, and nothing that tells them anything. */
import {randomBytes} from 'node:crypto';
import {isIP, isIPv6} from 'node:net';
import {wordsIn} from '#edit/blanks.ts';
import type {Fact} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {after} from '../system/patience.ts';
import {refuseWithoutLoopback} from './loopback.ts';

export type NameServer = {readonly address: string; readonly where: string};

/** The first three of resolv.conf: the C library asks no more, and passes over what is no address. Without any it asks this host itself. */
export const nameServers: Fact<readonly NameServer[]> = {
	id: 'name-servers',
	async read(host) {
		const text = (await textOf(host, path)) ?? '';
		const found = text.split('\n').flatMap((line, at) => {
			const [word, address] = wordsIn(line).map(one => one.text);
			return word === 'nameserver' && address !== undefined && isIP(address) !== 0
				? [{address, where: `${path}:${at + 1}`}]
				: [];
		});
		return found.length === 0 ? [{address: '127.0.0.1', where: `${path}: no nameserver line`}] : found.slice(0, 3);
	},
};

const path = '/etc/resolv.conf';

/**
 * `silent`: no answer. `refuses`: it answers no question of ours (its code). `invents`: it gives an address for a name that nobody can have, so it may for any.
 */
export type ServerWord = 'answers' | 'silent' | {readonly refuses: number} | {readonly invents: string};

/** Asks for the name servers of the root, which every resolver knows or has to ask for, and for a name below .invalid, which nobody can have (RFC 6761). */
export const askNameServer = async (address: string, patience = 2500): Promise<ServerWord> => {
	refuseWithoutLoopback(address);
	const [root, nobody] = await Promise.all([
		ask(address, question('', 2), patience),
		ask(address, question(`x${randomBytes(6).toString('hex')}.invalid`, 1), patience),
	]);
	if (root === undefined && nobody === undefined) return 'silent';
	const invented = nobody === undefined ? undefined : firstAddress(nobody);
	if (invented !== undefined) return {invents: invented};
	const codes = [root, nobody].flatMap(answer => (answer === undefined ? [] : [answer[3]! & 15]));
	return codes.every(code => code === 2 || code === 5) ? {refuses: codes[0]!} : 'answers';
};

/** A header with a number of its own and "recursion, please", the name in its parts, type and class IN. */
export const question = (name: string, type: number): Buffer => {
	const parts = name.split('.').filter(part => part !== '');
	return Buffer.concat([
		randomBytes(2),
		Buffer.from([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
		...parts.flatMap(part => [Buffer.of(part.length), Buffer.from(part, 'latin1')]),
		Buffer.of(0, 0, type, 0, 1),
	]);
};

/** The first IPv4 address of an answer; undefined where there is none, or it is no answer that could be read. */
export const firstAddress = (answer: Buffer): string | undefined => {
	let at = 12;
	const skipName = (): void => {
		while (at < answer.length && answer[at]! > 0 && answer[at]! < 0xc0) at += answer[at]! + 1;
		at += (answer[at] ?? 0) >= 0xc0 ? 2 : 1;
	};
	if (answer.length < 12) return undefined;
	for (let left = answer.readUInt16BE(4); left > 0 && at < answer.length; left--) {
		skipName();
		at += 4;
	}
	for (let left = answer.readUInt16BE(6); left > 0 && at < answer.length; left--) {
		skipName();
		if (at + 10 > answer.length) return undefined;
		const [type, length] = [answer.readUInt16BE(at), answer.readUInt16BE(at + 8)];
		at += 10;
		if (type === 1 && length === 4 && at + 4 <= answer.length) return [...answer.subarray(at, at + 4)].join('.');
		at += length;
	}
	return undefined;
};

/** UDP loses packets: it is sent a second time. An answer counts by its number. */
const ask = (address: string, packet: Buffer, patience: number): Promise<Buffer | undefined> =>
	new Promise(resolve => {
		const socket = process.getBuiltinModule('node:dgram').createSocket(isIPv6(address) ? 'udp6' : 'udp4');
		let [ended, connected] = [false, false];
		const end = (answer?: Buffer): void => {
			if (ended) return;
			ended = true;
			again();
			over();
			socket.close();
			resolve(answer);
		};
		const send = (): void => {
			if (connected && !ended) socket.send(packet, error => error && end());
		};
		const again = after(patience / 2, send);
		const over = after(patience, () => end());
		socket.on('error', () => end());
		socket.on('message', answer => {
			if (answer.length >= 12 && answer.subarray(0, 2).equals(packet.subarray(0, 2)) && (answer[2]! & 0x80) !== 0)
				end(answer);
		});
		// Connected, it hears that nobody is there, and takes no answer from elsewhere. Without a way there it is an error: to a listener here it would come as a call.
		socket.on('connect', () => {
			connected = true;
			send();
		});
		socket.connect(53, address);
	});
