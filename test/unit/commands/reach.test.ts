/** What a rehearsal lets through and brings along is what the questions say their answers read, whatever the keys are called. */
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import {openStack} from '#tasks/open-stack.ts';
import {bindsFor, outgoingFor} from '../../../src/commands/rehearse/reach.ts';

const file = join(import.meta.dirname, '../../../stacks/ipynbsrv/answers.yaml');
const loadedWith = async (...sets: readonly string[]) => (await openStack(file, sets, createReader())).loaded;

test('a server is reached by its URL, or by its host and the port beside it', async () => {
	const loaded = await loadedWith(
		'sources.from=upstream',
		'application.repository=https://git.example.org:8443/x.git',
		'openresty.source.from=url',
		'openresty.source.url=https://openresty.example.org/o.tar.gz',
		'openresty.check.by=sha256',
		`openresty.check.sha256=${'a'.repeat(64)}`,
		'postgres.mode=existing',
		'postgres.host=db.example.org',
		'postgres.port=6432',
		'postgres.password={env: PG}',
	);
	expect(outgoingFor(loaded)).toEqual(
		expect.arrayContaining([
			{host: 'git.example.org', port: 8443},
			{host: 'openresty.example.org', port: 443},
			{host: 'db.example.org', port: 6432},
		]),
	);
});

test('files that are there come along, and no other path that an answer names', async () => {
	const here = import.meta.filename;
	const loaded = await loadedWith(
		`application.repository=${import.meta.dirname}`,
		'openresty.check.by=signature',
		`openresty.check.signature=${here}`,
		'openresty.check.key=/not/there',
		`openresty.check.fingerprint=${'A'.repeat(40)}`,
		'openresty.prefix=/usr',
	);
	const paths = bindsFor(loaded).map(({from}) => from);
	expect(paths).toEqual(expect.arrayContaining([import.meta.dirname, here]));
	expect(paths).not.toContain('/usr');
	expect(paths).not.toContain('/not/there');
});
