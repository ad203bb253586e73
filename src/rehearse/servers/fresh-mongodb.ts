/** MongoDB starts on an empty directory by itself. */
import {mongoFile} from '#host/mongodb/file.ts';
import type {Reader} from '#model/host.ts';
import type {FreshServer} from './fresh-server.ts';

/** The server of its own packages or of the distribution's; empty where there is none. */
export const mongoServers = async (host: Reader): Promise<readonly FreshServer[]> => {
	const file = await host.fact(mongoFile);
	return file === 'absent'
		? []
		: [
				{
					name: 'MongoDB',
					directories: [file.settings.get('storage.dbPath')?.value ?? '/var/lib/mongodb'],
					units: /^(mongod|mongodb)(@.*)?\.service$/,
					fill: [],
				},
			];
};
