import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {noteDraft, removeDrafts} from '#host/files/leftover-drafts.ts';
import {draftBeside} from '#host/owned/draft-name.ts';
import {reapChildren} from '#host/programs/children.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'drafts-'));
});
afterEach(() => rmSync(directory, {recursive: true}));

test('a run killed in the middle of replacing a file leaves a draft, which the next run takes away', async () => {
	const path = join(directory, 'app.conf');
	writeFileSync(path, 'before\n');
	const code = `import {createHost} from '#host/live.ts'; import {createReader} from '#host/reader.ts'; import {sha256} from '#host/files/stash.ts';
		const host = createHost({reader: createReader(), state: ${JSON.stringify(join(directory, 'state'))}, id: 'x', emit: () => {}});
		await host.replace(${JSON.stringify(path)}, ['after\\n'], {was: sha256('before\\n'), check: () => ['sh', '-c', 'kill -KILL $PPID']});`;
	const ran = await execa(process.execPath, ['--input-type=module', '-e', code], {
		cwd: join(import.meta.dirname, '../../../..'),
		reject: false,
	});
	expect(ran.signal, ran.stderr).toBe('SIGKILL');
	expect(readFileSync(path, 'utf8')).toBe('before\n');
	expect(readdirSync(directory)).toEqual([
		expect.stringMatching(/^\.app\.conf\.host-setup\.[0-9a-f]{6}~$/),
		'app.conf',
		'state',
	]);
	await reapChildren(join(directory, 'state/children'), () => {});
	expect(readdirSync(directory)).toEqual(['app.conf', 'state']);
	expect(readdirSync(join(directory, 'state/children'))).toEqual([]);
});

test('only what is named like a draft goes, whatever a note says', async () => {
	const notes = join(directory, 'notes');
	mkdirSync(notes);
	for (const name of ['kept', '.kept~', '.x.host-setup.abcdef']) {
		writeFileSync(join(directory, name), '');
		noteDraft(notes, join(directory, name));
	}
	writeFileSync(join(notes, 'draft.empty'), '');
	const draft = draftBeside(join(directory, 'x'));
	writeFileSync(draft, '');
	noteDraft(notes, draft);
	await removeDrafts(notes);
	expect(readdirSync(directory).toSorted()).toEqual(['.kept~', '.x.host-setup.abcdef', 'kept', 'notes']);
	expect(readdirSync(notes)).toEqual([]);
});

test('no notes, no harm', async () => {
	await removeDrafts(join(directory, 'nothing'));
	writeFileSync(join(directory, 'file'), '');
	expect(() => noteDraft(join(directory, 'file/notes'), '/x')()).not.toThrow();
});
