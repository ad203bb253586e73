import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import {siteThere} from '#steps/probes/site-there.ts';

test.each([
	['confs/nginx/site.conf', {state: 'ok', line: 'confs/nginx/site.conf is there'}],
	['confs/site.conf', {state: 'failed', line: 'this source has no confs/site.conf, but confs/nginx/site.conf'}],
])('%s in a checkout', async (file, seen) => {
	const directory = mkdtempSync(join(tmpdir(), 'site-'));
	mkdirSync(join(directory, 'confs/nginx'), {recursive: true});
	chmodSync(directory, 0o755);
	writeFileSync(join(directory, 'confs/nginx/site.conf'), 'server {}\n');
	try {
		const probe = siteThere({tree: {directory, user: 'nobody'}, file, decides: []}, []);
		expect(await probe.run(createReader())).toEqual(seen);
	} finally {
		rmSync(directory, {recursive: true});
	}
});

test('a file of this host that is not there', async () => {
	const probe = siteThere({tree: {directory: '/nowhere', user: 'nobody'}, file: '/nowhere/site.conf', decides: []}, []);
	expect(await probe.run(createReader())).toMatchObject({state: 'failed', line: '/nowhere/site.conf is not there'});
});
