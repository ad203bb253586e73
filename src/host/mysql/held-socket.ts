/** The socket that the running server itself holds. A client's own files may name any server; what they name is not this host's. */
import type {Reader} from '#model/host.ts';
import {unixListeners} from '../network/unix-listeners.ts';
import {ifTold} from '../see.ts';
import {unitState} from '../units/units.ts';
import {mysqlFile, mysqlOption} from './file.ts';

/** From the kernel's table and the process of the unit; where we may not look, what the server's own files say, else Debian's place. */
export const heldSocket = async (host: Reader, unit: string): Promise<string> =>
	(await ifTold(() => fromKernel(host, unit))) ?? (await ifTold(() => fromFile(host))) ?? '/run/mysqld/mysqld.sock';

const fromKernel = async (host: Reader, unit: string): Promise<string | undefined> => {
	const {mainPid} = await unitState(unit, host);
	if (mainPid === undefined) return undefined;
	const names = (await host.list(`/proc/${mainPid}/fd`)) ?? [];
	const targets = await Promise.all(names.map(name => host.stat(`/proc/${mainPid}/fd/${name}`)));
	const held = new Set(targets.flatMap(one => /^socket:\[(\d+)\]$/.exec(one?.target ?? '')?.[1] ?? []));
	const listening = await host.fact(unixListeners);
	return listening.find(({inode, path}) => held.has(inode) && !/mysqlx/.test(path))?.path;
};

const fromFile = async (host: Reader): Promise<string | undefined> => {
	const file = await host.fact(mysqlFile);
	return file === 'absent' ? undefined : mysqlOption(file, 'socket')?.value;
};
