/** Who may talk to a socket that makes root of whoever does: its mode, its group with the members, its access list, and what accounts of services those are. */
import {type Account, accounts} from '#host/system/accounts.ts';
import {trust, type Writer} from '#host/trust/who-may-write.ts';
import type {Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

export type Control = {
	readonly seen: Seen;
	/** `everybody`, `the group docker (www-data)`; empty where only root and people may. */
	readonly open: readonly Open[];
};

type Open = {readonly who: string; readonly everybody: boolean};

/** Undefined where no such socket is. People who administrate the host are put into its group on purpose; what answers requests of others never is. */
export const controlOf = async (host: Reader, path: string): Promise<Control | undefined> => {
	const {writers, end, real} = (await host.fact(trust))(path);
	if (end !== 'other') return undefined;
	const {users} = await host.fact(accounts);
	const isService = (name: string): boolean => ofService(users.get(name));
	const own = writers.filter(one => one.path === real);
	return {
		seen: {
			value: own.length === 0 ? 'root alone' : own.map(({words}) => words),
			where: `mode, group and list of ${real}`,
		},
		open: own.flatMap((writer: Writer): readonly Open[] => {
			if (writer.kind === 'everybody') return [{who: 'everybody', everybody: true}];
			const some = (writer.accounts ?? []).filter(isService);
			return some.map(name => ({who: name, everybody: false}));
		}),
	};
};

/** An account that a package made, or into which nobody logs in. */
const ofService = (account: Account | undefined): boolean =>
	account !== undefined && account.uid !== 0 && (account.uid < 1000 || /\/(nologin|false)$/.test(account.shell));
