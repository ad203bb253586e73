/**
 * Whether a server of this host is the one that is meant, before a password is sent to it or its answer believed. While it is down, any account may listen
 * on its port, or put a socket of its own where others may write, and have whoever asks tell what the file of the server hides.
 */
import {lookup} from 'node:dns/promises';
import {isIP} from 'node:net';
import {networkInterfaces} from 'node:os';
import {dirname} from 'node:path';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {trust, type Writer} from '../trust/who-may-write.ts';
import {accounts} from './accounts.ts';
import {answersFor, parseTable} from './listeners.ts';

type Place = {readonly host: string; readonly port: number};

/**
 * Returns where only root or one of the accounts named listens there, nobody does, or it is no address of this host. Throws Blocked 'unsafe' with who
 * listens. Read anew each time: who listens changes.
 */
export const refuseStrangers = async (host: Reader, place: Place, expected: readonly string[]): Promise<void> => {
	if (host.root !== '/') return;
	const asked = await ownAddresses(place.host);
	if (asked.length === 0) return;
	const tables = await Promise.all(
		(['tcp', 'tcp6'] as const).map(async name => parseTable(await textOf(host, name), name)),
	);
	const {users} = await host.fact(accounts);
	const mayAnswer = new Set([0, ...expected.flatMap(name => users.get(name)?.uid ?? [])]);
	const stranger = tables
		.flat()
		.find(
			({port, address, uid}) =>
				port === place.port && asked.some(one => answersFor(address, one)) && !mayAnswer.has(uid),
		);
	if (stranger === undefined) return;
	const {uid} = stranger;
	const name = [...users.values()].find(one => one.uid === uid)?.name ?? `number ${uid}`;
	throw new Blocked({
		because: 'unsafe',
		need: `the user ${name} listens on ${place.host}:${place.port}, not ${expected.join(' or ') || 'root'}: no password is sent there`,
	});
};

/**
 * The same for a Unix socket: only root or one of the accounts named can have put it there. Throws Blocked 'unsafe' with who else could, also where
 * nothing is there yet.
 */
export const refuseStrangeSocket = async (host: Reader, path: string, expected: readonly string[]): Promise<void> => {
	if (host.root !== '/') return;
	const trusting = await host.fact(trust);
	const strange = ({accounts: some}: Writer): boolean =>
		some === undefined || some.some(name => !expected.includes(name));
	const above = trusting(dirname(path)).writers.filter(strange);
	// Whose the socket itself is does not matter there: a server may give it away.
	if (above.length === 0) return;
	const {writers, real, end} = trusting(path);
	// Everybody may connect to most sockets, which is all that the mode of one says.
	const other = writers.filter(one => one.path !== real || one.kind === 'owner').find(strange);
	if (end === 'other' && other === undefined) return;
	const {words} = other ?? above[0]!;
	throw new Blocked({
		because: 'unsafe',
		need: `${words} may put a socket at ${path}: what answers there is not believed`,
	});
};

/** Those of a name or an address that are this host's own. One that has no answer in time is for who connects to complain of. */
const ownAddresses = async (name: string): Promise<readonly string[]> => {
	if (/^(127\.|::1$|localhost$)/.test(name)) return [name];
	const all = isIP(name)
		? [name]
		: await Promise.race([
				lookup(name, {all: true}).then(
					found => found.map(({address}) => address),
					() => [],
				),
				new Promise<readonly string[]>(resolve => setTimeout(resolve, patience, []).unref()),
			]);
	const own = new Set(Object.values(networkInterfaces()).flatMap(some => some?.map(({address}) => address) ?? []));
	return all.filter(address => own.has(address) || /^(127\.|::1$)/.test(address));
};

const patience = 2000;

const textOf = async (host: Reader, name: string): Promise<string> =>
	Buffer.from((await host.read(`/proc/net/${name}`)) ?? '').toString('utf8');
