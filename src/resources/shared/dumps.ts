/** Where data goes before `undo --purge-data` removes it: nothing is lost by a command that was typed in haste. */
import {fetchFile} from '#host/web/fetch-file.ts';
import type {Host} from '#model/host.ts';
import {clear} from './clear.ts';
import {ownDirectories} from './own-directory.ts';

/** Root's alone. */
export const dumps = '/var/lib/host-setup/dumps';

/** The path for a new dump, in a directory that only root can read. The operator is told. */
export const dumpFile = async (host: Host, name: string): Promise<string> => {
	await ownDirectories(host, '/var/lib/host-setup', dumps);
	const path = `${dumps}/${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${name}`;
	host.say(`a copy goes to ${path}`);
	return path;
};

/** Where the dump of one update lies. */
export const dumpPathOf = (run: string, name: string): string => `${dumps}/${run}-${name.replaceAll(/[^\w.-]/g, '_')}`;

/** What a server's account wrote becomes a file of root's alone: by a descriptor, and as a new file, for the account may put anything at that name. */
export const takeDraft = async (host: Host, draft: string, to: string): Promise<void> => {
	try {
		await host.act(`keep ${draft} as ${to}`, async () => {
			await fetchFile({from: draft, to, limit: Number.MAX_SAFE_INTEGER, progress: () => undefined});
		});
	} finally {
		await clear(host, draft);
	}
};
