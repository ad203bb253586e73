/** The index in front of the real one: pip reads its pages, what it takes is kept, and what is not what the index says is neither kept nor given. */
import {createHash} from 'node:crypto';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {projectOf, uncovered} from '#commands/rehearse/from-the-index.ts';
import {linksOf} from '#tasks/bundle/index-page.ts';
import {type Recorder, recordIndex} from '#tasks/bundle/record-index.ts';

const directory = mkdtempSync(join(tmpdir(), 'recorded-'));
const wheel = Buffer.from('a wheel');
const sum = createHash('sha256').update(wheel).digest('hex');
let asked = 0;
const real = createServer((request, response) => {
	asked += 1;
	const page = `<!DOCTYPE html><html><body>
<a href="../../packages/one-1.0-py3-none-any.whl#sha256=${sum}" data-requires-python="&gt;=3.6" data-dist-info-metadata="sha256=0">one-1.0-py3-none-any.whl</a><br/>
<a data-yanked="" href='/packages/one-2.0.tar.gz#sha256=${'0'.repeat(64)}'>one-2.0.tar.gz</a>
<a href="/packages/..%2F..%2Fetc%2Fpasswd.whl">no name of a file</a>
<a href="javascript:void(0)">nothing</a></body></html>`;
	if (request.url === '/simple/one/') response.end(page);
	else if (request.url?.startsWith('/packages/one-')) response.end(wheel);
	else response.writeHead(404).end();
});
let recorder: Recorder;

beforeAll(async () => {
	await new Promise<void>(resolve => real.listen(0, '127.0.0.1', resolve));
	recorder = await recordIndex({
		upstream: `http://127.0.0.1:${(real.address() as AddressInfo).port}/simple`,
		directory,
	});
});
afterAll(async () => {
	await recorder.close();
	real.close();
	rmSync(directory, {recursive: true});
});

test('what is taken is kept, once; what is not what the index says, and what has no name, is not', async () => {
	const page = await (await fetch(`${recorder.url}one/`)).text();
	const links = linksOf(page, `${recorder.url}one/`);
	expect(links.map(({name, about}) => [name, about])).toEqual([
		['one-1.0-py3-none-any.whl', ['data-requires-python="&gt;=3.6"']],
		['one-2.0.tar.gz', ['data-yanked=""']],
	]);
	expect(links[0]?.sha256).toBe(sum);
	expect(page).not.toMatch(/metadata|passwd/);
	expect(readdirSync(directory)).toEqual([]);
	const before = asked;
	for (let turn = 0; turn < 2; turn += 1)
		expect(Buffer.from(await (await fetch(links[0]!.url)).arrayBuffer())).toEqual(wheel);
	expect(asked - before).toBe(1);
	const other = await fetch(links[1]!.url);
	expect([other.status, await other.text()]).toEqual([502, expect.stringContaining('is not the file that its index')]);
	expect(readdirSync(directory)).toEqual(['one-1.0-py3-none-any.whl']);
	expect(readFileSync(join(directory, 'one-1.0-py3-none-any.whl'))).toEqual(wheel);
	for (const path of ['nothing/', '../files/99/x.whl', '../etc/passwd'])
		expect((await fetch(new URL(path, recorder.url))).status).toBe(404);
});

test('a project is known by its name in files and in metadata', () => {
	expect(
		['zope.interface-5.4.0-cp39-cp39-linux_x86_64.whl', 'Foo_Bar-1.0.dist-info', 'python-ldap-3.4.3.tar.gz'].map(
			projectOf,
		),
	).toEqual(['zope-interface', 'foo-bar', 'python-ldap']);
});

test('what no index gave is named: repositories, addresses, an index of a requirements file; not what lies on the host', async () => {
	const url: Readonly<Record<string, string>> = {
		fork: 'https://git.example/fork.git',
		own: 'file:///srv/app',
		given: '',
		other: '',
		pip: '',
	};
	const host = {
		must: async (argv: readonly string[]) =>
			argv.includes('*.dist-info')
				? Object.keys(url)
						.map(name => `/srv/venv/lib/python3.11/site-packages/${name}-1.0.dist-info\0`)
						.join('')
				: ((found => (found ? `{"url": "${found}"}` : ''))(url[/(\w+)-1\.0/.exec(argv[1]!)![1]!]) ?? ''),
	};
	expect(await uncovered(host, ['/srv/venv'], ['given-1.0.tar.gz'])).toEqual([
		'fork of /srv/venv, which comes from https://git.example/fork.git',
		'other of /srv/venv, which did not come from the index',
	]);
});
