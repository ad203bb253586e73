// packages: apache2-utils
// releases: bookworm trixie
import {readFile, rm, writeFile} from 'node:fs/promises';
import {describe, expect, it} from 'vitest';
import {Secret} from '#model/secret.ts';
import {htpasswdEntry} from '#resources/htpasswd/htpasswd-entry.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';

const path = '/etc/conformance.htpasswd';
const canary = 'Kanarie-7f3a$`quo\'ted"\\ %40ü';
const others = 'ada:$apr1$Qz1bV3nM$x5cG8P5tVJZkq0XzM1jv40\n';
const entry = (user = 'cc') =>
	htpasswdEntry(
		{path, user, password: [new Secret('registry', canary)], mode: 0o640, owner: 'root:www-data'},
		{needs: []},
	);

conformance('htpasswd-entry', [
	{
		name: 'a new file',
		prepare: () => rm(path, {force: true}),
		resource: () => entry(),
		breakIt: () => writeFile(path, ''),
		touches: ['/etc'],
		canaries: [canary],
		// A salt of its own each time.
		noisy: [path],
	},
	{
		name: 'beside others',
		prepare: () => writeFile(path, others),
		resource: () => entry(),
		breakIt: () => writeFile(path, others),
		touches: ['/etc'],
		canaries: [canary],
		noisy: [path],
	},
]);

describe('htpasswd-entry', () => {
	const bench = createBench('/tmp/conformance-htpasswd');

	it('is bcrypt, and leaves the lines of others', async () => {
		await writeFile(path, others);
		await bench.converge(entry());
		const text = await readFile(path, 'utf8');
		expect(text.startsWith(others)).toBe(true);
		expect(text).toMatch(/^cc:\$2y\$10\$/m);
	});

	it('replaces a hash of another kind', async () => {
		await writeFile(path, `cc:{SHA}x\n${others}`);
		await bench.converge(entry());
		expect(await readFile(path, 'utf8')).toMatch(/^ada:.*\ncc:\$2y\$/);
	});
});
