/** Redis starts on an empty directory by itself. */
import {redisFile, redisLine} from '#host/redis/file.ts';
import type {Reader} from '#model/host.ts';
import type {FreshServer} from './fresh-server.ts';

/** Debian's server; empty where it is not installed. */
export const redisServers = async (host: Reader): Promise<readonly FreshServer[]> => {
	const file = await host.fact(redisFile);
	if (file === 'absent') return [];
	const directory = redisLine(file, 'dir')?.words[0];
	return [
		{
			name: 'Redis',
			directories: [directory?.startsWith('/') ? directory : '/var/lib/redis'],
			units: /^redis(-server)?(@.*)?\.service$/,
			fill: [],
		},
	];
};
