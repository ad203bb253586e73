import {existsSync, mkdtempSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {createHost} from '#host/live.ts';
import {goOutBy} from '#host/outgoing/way-out.ts';
import {createReader} from '#host/reader.ts';
import {accounts} from '#host/system/accounts.ts';
import {gitConfig, withRoom} from '#resources/python/room.ts';

afterEach(() => goOutBy({proxy: 'as it is', instead: []}));

test("git is told of mirrors beside what the user's own file says, and takes one that is somebody else's", () => {
	const text = gitConfig([{of: 'https://a.example/', by: '/srv/mirror "a"/'}]);
	expect(text).toBe(
		'[include]\n\tpath = ~/.gitconfig\n[safe]\n\tdirectory = *\n[url "/srv/mirror \\"a\\"/"]\n\tinsteadOf = "https://a.example/"\n',
	);
});

test.runIf(process.getuid?.() === 0)('a mirror with a login in its address is told to the user alone', async () => {
	const place = mkdtempSync(join(tmpdir(), 'room-'));
	const reader = createReader();
	const host = createHost({reader, state: join(place, 'state'), id: 'x', emit: () => {}});
	goOutBy({proxy: 'as it is', instead: [{of: 'https://a.example/', by: 'https://me:secret@m.example/'}]});
	const {uid, gid} = (await reader.fact(accounts)).users.get('nobody')!;
	try {
		const config = `/run/host-setup-git-${basename(place)}.conf`;
		let seen: unknown;
		await withRoom(host, {directory: join(place, basename(place)), user: 'nobody'}, async variables => {
			const stat = statSync(config);
			seen = {named: variables['GIT_CONFIG_GLOBAL'], mode: stat.mode & 0o777, uid: stat.uid, gid: stat.gid};
		});
		expect(seen).toEqual({named: config, mode: 0o400, uid, gid});
		expect(existsSync(config)).toBe(false);
	} finally {
		rmSync(place, {recursive: true});
	}
});
