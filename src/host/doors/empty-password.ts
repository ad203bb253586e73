/** What a directory says to a name without a password: an answer that is no refusal is taken for a login by every program that asks it so. */
import {connect} from 'node:net';
import {Blocked} from '#model/unknown.ts';
import {bounded} from '../bounded-socket.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import {tryPatience} from './nobody.ts';

export type DirectoryAnswer = {readonly letIn: boolean; readonly said: string};

/** A simple bind. Throws Blocked. */
export const tryEmptyPassword = async (address: string, port: number, dn: string): Promise<DirectoryAnswer> => {
	refuseWithoutLoopback(address);
	const {Client} = await import('ldapts');
	const client = new Client({
		url: `ldap://${address.includes(':') ? `[${address}]` : address}:${port}`,
		connectTimeout: tryPatience,
		timeout: tryPatience,
		createConnection: ((to: number, name: string) => bounded(connect(to, name), 65_536)) as typeof connect,
	});
	try {
		await client.bind(dn, '');
		return {letIn: true, said: 'success'};
	} catch (error) {
		const {code, message} = error as {readonly code?: unknown; readonly message?: unknown};
		const said = String(message).split('\n')[0]?.slice(0, 160) ?? '';
		if (typeof code === 'number') return {letIn: false, said};
		throw new Blocked({because: 'unreadable', need: `${address}:${port} came to no answer: ${said}`});
	} finally {
		await client.unbind().catch(() => {
			// It has hung up already.
		});
	}
};
