/** Where data goes before `undo --purge-data` removes it: nothing is lost by a command that was typed in haste. */
import type {Host} from '#model/host.ts';
import {ownDirectories} from './own-directory.ts';

const place = '/var/lib/host-setup/dumps';

/** The path for a new dump, in a directory that only root can read. The operator is told. */
export const dumpFile = async (host: Host, name: string): Promise<string> => {
	await ownDirectories(host, '/var/lib/host-setup', place);
	const path = `${place}/${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${name}`;
	host.say(`a copy goes to ${path}`);
	return path;
};
