/** How an account goes again: never while something of it runs or waits, and never together with a home that holds anything. */
import {type Account, accounts} from '#host/system/accounts.ts';
import type {Host} from '#model/host.ts';
import type {Undone} from '#model/resource.ts';

/** Removes an account with its own group (unless `keepGroup`); 'kept' with the reason where it is in use. `gone`: what the undo has taken away by then. */
export const removeUser = async (
	host: Host,
	{name, uid, gid}: Account,
	home: string,
	{keepGroup, gone}: {readonly keepGroup: boolean; readonly gone: ReadonlySet<string> | undefined},
): Promise<Undone> => {
	const running = await processesOf(host, uid, gone);
	if (running.length > 0)
		return {outcome: 'kept', why: `the user ${name} still runs ${running.slice(0, 3).join(', ')}`};
	const homeStat = await host.stat(home);
	if (homeStat?.uid === uid && (await host.list(home))?.length)
		return {outcome: 'kept', why: `the home ${home} of ${name} is not empty`};
	if (await host.stat(`/var/spool/cron/crontabs/${name}`))
		return {outcome: 'kept', why: `the user ${name} has a crontab`};
	// userdel takes the group of the same name along.
	if (keepGroup && (await host.fact(accounts)).groups.get(name)?.gid === gid)
		await host.exec(['usermod', '--gid', 'nogroup', name]);
	await host.exec(['userdel', name]);
	return {outcome: 'undone'};
};

/** Without those of units that were stopped, or would be. */
const processesOf = async (
	host: Host,
	uid: number,
	gone: ReadonlySet<string> | undefined,
): Promise<readonly string[]> => {
	const pids = ((await host.list('/proc')) ?? []).filter(name => /^\d+$/.test(name));
	const read = async (path: string): Promise<string> =>
		Buffer.from((await host.read(path).catch(() => undefined)) ?? '').toString('utf8');
	const found = await Promise.all(
		pids.map(async pid => {
			const text = await read(`/proc/${pid}/status`);
			if (!new RegExp(`^Uid:\\t(?:\\d+\\t)*${uid}(?:\\t|$)`, 'm').test(text)) return [];
			const unit = /\/([^/\n]+\.service)(?:\n|$|\/)/.exec(await read(`/proc/${pid}/cgroup`))?.[1];
			return gone?.has(`unit:${unit}`) ? [] : [/^Name:\t(.*)$/m.exec(text)?.[1] ?? '?'];
		}),
	);
	return found.flat();
};
