/** Tables of accounts, as `crontab -e` makes them: one that came with a restore or by hand has the number of another account or another mode, and cron takes none of it. */
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {accounts} from '../system/accounts.ts';
import {jobsOf, wrongLine} from './table-lines.ts';
import type {CronFiles, NeverRun} from './types.ts';

const directory = '/var/spool/cron/crontabs';

/** Only root may look; for others there are none. */
export const inUserTables = async (host: Reader, isAccount: (name: string) => boolean): Promise<CronFiles> => {
	const names = ((await ifTold(() => host.list(directory))) ?? []).filter(name => !/^tmp\.|^\./.test(name));
	const {users} = await host.fact(accounts);
	const found = await Promise.all(
		names.map(async (name): Promise<{readonly own: number; readonly never: readonly NeverRun[]}> => {
			const path = `${directory}/${name}`;
			const stat = await ifTold(() => host.stat(path));
			const text = stat?.kind === 'file' ? await ifTold(() => textOf(host, path)) : undefined;
			if (stat === undefined || text === undefined) return {own: 0, never: []};
			const own = jobsOf(text, false).length;
			const never = (why: NeverRun): {readonly own: number; readonly never: readonly NeverRun[]} => ({
				own,
				never: [why],
			});
			const wrong = wrongLine(text, false);
			if (own === 0 && wrong === undefined) return {own, never: []};
			if (!isAccount(name)) return never({path, by: 'cron', why: 'orphan', name});
			// One of root's is taken as well.
			const owned = [0, users.get(name)?.uid ?? stat.uid].includes(stat.uid);
			if ((stat.mode & 0o7577) !== 0o400 || !owned)
				return never({path, by: 'cron', why: 'table', name, mode: stat.mode & 0o7777, owned});
			return wrong === undefined ? {own, never: []} : never({path, by: 'cron', ...wrong});
		}),
	);
	return {
		looked: found.length,
		own: found.reduce((sum, one) => sum + one.own, 0),
		never: found.flatMap(({never}) => never),
	};
};
