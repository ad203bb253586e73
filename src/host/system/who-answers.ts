/**
 * Whether a server of this host is the one that is meant, before a password is sent to it. While it is down, any account may listen on its port, and
 * have whoever asks tell what the file of the server hides.
 */
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {accounts} from './accounts.ts';
import {parseTable} from './listeners.ts';

type Place = {readonly host: string; readonly port: number};

/**
 * Returns where only root or one of the accounts named listens there, nobody does, or it is no address of the loopback. Throws Blocked 'unsafe' with who
 * listens. Read anew each time: who listens changes.
 */
export const refuseStrangers = async (host: Reader, place: Place, expected: readonly string[]): Promise<void> => {
	if (host.root !== '/' || !/^(127\.|::1$|localhost$)/.test(place.host)) return;
	const tables = await Promise.all(
		(['tcp', 'tcp6'] as const).map(async name => parseTable(await textOf(host, name), name)),
	);
	const {users} = await host.fact(accounts);
	const mayAnswer = new Set([0, ...expected.flatMap(name => users.get(name)?.uid ?? [])]);
	const stranger = tables
		.flat()
		.find(({port, address, uid}) => port === place.port && answersFor(address, place.host) && !mayAnswer.has(uid));
	if (stranger === undefined) return;
	const {uid} = stranger;
	const name = [...users.values()].find(one => one.uid === uid)?.name ?? `number ${uid}`;
	throw new Blocked({
		because: 'unsafe',
		need: `the user ${name} listens on ${place.host}:${place.port}, not ${expected.join(' or ')}: no password is sent there`,
	});
};

const answersFor = (address: string, asked: string): boolean =>
	['0.0.0.0', '::', asked, `::ffff:${asked}`].includes(address) ||
	(asked === 'localhost' && /^(127\.|::1$|::ffff:127\.)/.test(address));

const textOf = async (host: Reader, name: string): Promise<string> =>
	Buffer.from((await host.read(`/proc/net/${name}`)) ?? '').toString('utf8');
