/** Who can have put a socket where root looks for a server. */
import {chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {createServer, type Server} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import {refuseStrangeSocket} from '#host/system/who-answers.ts';

describe.skipIf(process.getuid?.() !== 0)('a socket', () => {
	let directory = '';
	let server: Server;
	const at = (name: string): string => join(directory, name);
	const listen = (path: string): Promise<void> => new Promise(resolve => server.listen(path, resolve));
	beforeAll(() => {
		directory = mkdtempSync('/run/who-answers-');
		chmodSync(directory, 0o755);
		mkdirSync(at('own'), {mode: 0o755});
		mkdirSync(at('open'));
		chmodSync(at('open'), 0o1777);
	});
	afterAll(() => rmSync(directory, {recursive: true}));

	test.each([
		["in a directory of root's, given away", 'own', 65_534, [], true],
		['in a sticky one, of root', 'open', 0, [], true],
		['in a sticky one, of somebody', 'open', 65_534, [], false],
		['in a sticky one, of who is meant', 'open', 65_534, ['nobody'], true],
	] as const)('%s', async (_name, where, uid, expected, fine) => {
		server = createServer();
		const path = at(`${where}/socket`);
		await listen(path);
		chownSync(path, uid, 0);
		const asked = refuseStrangeSocket(createReader(), path, expected);
		await (fine
			? expect(asked).resolves.toBeUndefined()
			: expect(asked).rejects.toMatchObject({why: {because: 'unsafe'}}));
		await new Promise(resolve => server.close(resolve));
	});

	test('that is not there yet, where anybody could make it', async () => {
		await expect(refuseStrangeSocket(createReader(), at('open/none'), [])).rejects.toMatchObject({
			why: {because: 'unsafe'},
		});
		await expect(refuseStrangeSocket(createReader(), at('own/none'), [])).resolves.toBeUndefined();
	});
});
