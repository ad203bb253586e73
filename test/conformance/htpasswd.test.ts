// packages: openssl
// releases: bookworm
import {readFile, rm, writeFile} from 'node:fs/promises';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {Secret} from '#model/secret.ts';
import {htpasswd} from '#resources/web-sites/htpasswd.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';

const path = '/etc/conform.htpasswd';
const canary = 'Kanarie:0815 ä';
const wanted = () =>
	htpasswd({path, user: 'ada', password: new Secret('ada', canary), mode: 0o640, owner: 'root:www-data'});

conformance('htpasswd', [
	{
		name: 'a new file',
		prepare: () => rm(path, {force: true}),
		resource: wanted,
		breakIt: () => writeFile(path, 'ada:$6$aaaaaaaa$no\n'),
		touches: [path],
		canaries: [canary],
	},
	{
		name: 'a file with others in it, and another password',
		prepare: () => writeFile(path, 'eva:$apr1$x$y\nada:$apr1$x$z\n', {mode: 0o644}),
		resource: wanted,
		breakIt: () => writeFile(path, 'eva:$apr1$x$y\n'),
		touches: [],
		canaries: [canary],
	},
]);

describe('htpasswd', () => {
	it('is what crypt(3) makes of the password, beside the lines of others', async () => {
		await writeFile(path, 'eva:$apr1$x$y\n');
		await createBench('/tmp/conformance-htpasswd').converge(wanted());
		const [eva, ada = ''] = (await readFile(path, 'utf8')).split('\n');
		expect(eva).toBe('eva:$apr1$x$y');
		const [, , salt = ''] = ada.split(':')[1]!.split('$');
		const {stdout} = await execa('openssl', ['passwd', '-6', '-salt', salt, '-stdin'], {input: canary});
		expect(ada).toBe(`ada:${stdout}`);
		await rm(path);
	});
});
