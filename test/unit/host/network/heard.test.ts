/** Who listens at a place of this host: asked of the kernel that runs this test. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:net';
import {join} from 'node:path';
import {afterAll, describe, expect, it, test} from 'vitest';
import {heardAtLast, type LocalPlace} from '#host/network/heard.ts';
import {parseUnixTable} from '#host/network/unix-listeners.ts';
import {createReader} from '#host/reader.ts';

const directory = mkdtempSync('/tmp/heard-');
const servers: Server[] = [];
afterAll(() => {
	for (const server of servers) server.close();
	rmSync(directory, {recursive: true});
});

const listening = (at: object): Promise<Server> =>
	new Promise(resolve => {
		const server = createServer(socket => socket.destroy());
		servers.push(server);
		server.listen(at, () => resolve(server));
	});
const ask = (place: LocalPlace) => createReader().fact(heardAtLast(place));

describe('a socket', () => {
	it('that is served, that nobody serves, that is none, and that is not there', async () => {
		await listening({path: join(directory, 'a.sock')});
		writeFileSync(join(directory, 'left.sock'), '');
		expect(await ask({path: join(directory, 'a.sock')})).toBe('heard');
		expect(await ask({path: join(directory, 'left.sock')})).toBe('nobody');
		expect(await ask({path: join(directory, 'none', 'a.sock')})).toBe('missing');
	});
	it('by another of its names', async () => {
		await listening({path: join(directory, 'b.sock')});
		expect(await ask({path: join(directory, '.', '../', directory.slice(5), 'b.sock')})).toBe('heard');
		expect(await ask({path: `/proc/self/root${directory}/b.sock`})).toBe('heard');
	});
});

test('a port', async () => {
	const server = await listening({host: '127.0.0.1', port: 0});
	const {port} = server.address() as {port: number};
	expect(await ask({host: '127.0.0.1', port})).toBe('heard');
	expect(await ask({host: 'localhost', port})).toBe('heard');
	expect(await ask({host: '::1', port})).toBe('nobody');
	await new Promise(resolve => server.close(resolve));
	expect(await ask({host: '127.0.0.1', port})).toBe('nobody');
});

test('the table of the kernel', () =>
	expect(
		parseUnixTable(
			[
				'Num       RefCount Protocol Flags    Type St Inode Path',
				'ffff8f: 00000002 00000000 00010000 0001 01 21450 /run/a b.sock',
				'0000000000000000: 00000003 00000000 00000000 0001 03 21451 /run/joined.sock',
				'0000000000000000: 00000002 00000000 00010000 0005 01 21452 /run/packets.sock',
				'0000000000000000: 00000002 00000000 00010000 0001 01 21453 @abstract',
				'0000000000000000: 00000002 00000000 00000000 0002 01 21454',
				'',
			].join('\n'),
		),
	).toEqual([{inode: '21450', path: '/run/a b.sock'}]));
