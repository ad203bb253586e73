/** The modules that Apache's files load, where Apache is; why not, where they cannot be read. */

import type {Fact} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {type ApacheConfig, apacheConfig} from './config.ts';
import {apache} from './now.ts';

export const apacheFiles: Fact<ApacheConfig | Unknown | undefined> = {
	id: 'apache-files',
	async read(host) {
		if (!(await host.fact(apache)).installed) return undefined;
		try {
			return await host.fact(apacheConfig);
		} catch (error) {
			if (error instanceof Blocked) return error.why;
			throw error;
		}
	},
};
