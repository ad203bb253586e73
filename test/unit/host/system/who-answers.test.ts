/** A password goes to the account that the server is, and to no other that listens in its place. */
import {describe, expect, it} from 'vitest';
import {refuseStrangers} from '#host/system/who-answers.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {fileReader} from '../../support/file-reader.ts';

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const listens = (address: string, uid: number): string =>
	`${head}   0: ${address}:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000   ${uid}        0 4711 1 0 100\n`;
const loopback = '0100007F';
const passwd = 'root:x:0:0::/root:/bin/sh\nredis:x:105:106::/:/bin/false\neve:x:1001:1001::/home/eve:/bin/sh\n';

const ask = (table: string, host = '127.0.0.1', tcp6 = head): Promise<void> => {
	const reader: Reader = {
		...fileReader({'/etc/passwd': passwd, '/etc/group': '', '/proc/net/tcp': table, '/proc/net/tcp6': tcp6}),
		root: '/',
	};
	return refuseStrangers(reader, {host, port: 6379}, ['redis']);
};

const refused = (work: Promise<void>): Promise<void> =>
	expect(work).rejects.toSatisfy(
		error => error instanceof Blocked && error.why.because === 'unsafe' && /the user eve listens/.test(error.message),
	);

describe('who listens at a port of the loopback', () => {
	it('is the server, root for it, or nobody', async () => {
		for (const table of [listens(loopback, 105), listens('00000000', 0), head]) await ask(table);
	});
	it('is refused when it is another account, at this address, at all of them, or by IPv6', async () => {
		await refused(ask(listens(loopback, 1001)));
		await refused(ask(listens('00000000', 1001)));
		await refused(ask(head, '127.0.0.1', listens('00000000000000000000000000000000', 1001)));
		await refused(ask(listens(loopback, 1001), 'localhost'));
	});
	it('is nobody’s affair at another address', async () => {
		await ask(listens('0200007F', 1001));
		await ask(listens(loopback, 1001), '192.0.2.1');
	});
});
