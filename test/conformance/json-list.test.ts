// packages:
// releases: bookworm
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {describe, expect, it} from 'vitest';
import {jsonList} from '#resources/json/json-list.ts';
import {createBench} from './bench.ts';
import {conformance} from './suite.ts';

const at = '/srv/conform-json';
const path = `${at}/list.json`;
const wanted = () => jsonList({path, by: 'id', entries: [{id: '1', name: 'ours'}], mode: 0o644, owner: 'root:root'});

conformance('json-list', [
	{
		name: 'a new file',
		async prepare() {
			await mkdir(at, {recursive: true});
			await rm(path, {force: true});
		},
		resource: wanted,
		breakIt: () => writeFile(path, '[{"id": "1", "name": "theirs"}]'),
		touches: [at],
	},
	{
		name: 'a file with entries of others',
		async prepare() {
			await mkdir(at, {recursive: true});
			await writeFile(path, '[ {"id":"9","name":"theirs"} ]\n', {mode: 0o644});
		},
		resource: wanted,
		breakIt: () => writeFile(path, '[{"id": "9", "name": "theirs"}]'),
		touches: [at],
	},
]);

describe('json-list', () => {
	const bench = createBench('/tmp/conformance-json');

	it('an undo leaves what others added since', async () => {
		await mkdir(at, {recursive: true});
		await rm(path, {force: true});
		const done = await bench.converge(wanted());
		await writeFile(path, '[{"id": "1", "name": "ours"}, {"id": "2", "name": "theirs"}]');
		expect(await bench.undo(done, {})).toMatchObject([{outcome: 'undone'}]);
		expect(JSON.parse(await readFile(path, 'utf8'))).toEqual([{id: '2', name: 'theirs'}]);
	});

	it('a file that is none is refused, not replaced', async () => {
		await writeFile(path, '{"id": ');
		await expect(bench.converge(wanted())).rejects.toThrow('json.no-list');
		expect(await readFile(path, 'utf8')).toBe('{"id": ');
		await rm(at, {recursive: true});
	});
});
