/** What the application's account could write into a dump is no command of root's client. */
import {expect, test} from 'vitest';
import type {Host} from '#model/host.ts';
import {restoreMysql} from '#resources/mysql/dump.ts';

const restored = async (first: string): Promise<readonly string[]> => {
	const ran: string[] = [];
	const host = {
		query: async () => first,
		exec: async ([program = '']: readonly string[]) => void ran.push(program),
	} as unknown as Host;
	await restoreMysql(host, 'weblab', '/var/lib/host-setup/dumps/weblab.sql');
	return ran;
};

test.each(['/*M!999999\\- enable the sandbox mode */ \n', '/*!999999\\- enable the sandbox mode */ \n-- MariaDB dump'])(
	'a dump that shuts the client in is put back: %j',
	async first => expect(await restored(first)).toEqual(['/usr/bin/mariadb']),
);
test.each(['', '-- MariaDB dump 10.19\n', '\\! touch /tmp/marker\n/*M!999999\\- enable the sandbox mode */'])(
	'any other is not: %j',
	async first => expect(restored(first)).rejects.toMatchObject({code: 'mysql.open-dump'}),
);
