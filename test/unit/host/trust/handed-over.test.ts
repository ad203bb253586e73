/** What is handed over is root's word only where nobody else could have written it, and what an account names is read with its rights. */
import {chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import {aclReaders} from '#host/trust/acl.ts';
import {mayRead} from '#host/trust/beyond-rights.ts';
import {writtenByOthers} from '#host/trust/others.ts';
import type {Host} from '#model/host.ts';
import {obtainImage} from '#resources/containers/obtain.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'handed-'));
	chmodSync(directory, 0o755);
	delete process.env['SUDO_USER'];
});
afterEach(() => {
	delete process.env['SUDO_USER'];
	rmSync(directory, {recursive: true, force: true});
});
const at = (name: string): string => join(directory, name);
const nobody = 65_534;

// Owners are given away, which is root's to do.
describe.runIf(process.getuid?.() === 0)('handed over', () => {
	test('by root, or by who called sudo', () => {
		writeFileSync(at('file'), '');
		expect(writtenByOthers(at('file'))).toBeUndefined();
		chownSync(at('file'), nobody, nobody);
		expect(writtenByOthers(at('file'))).toBe(`the user nobody may write ${at('file')}`);
		process.env['SUDO_USER'] = 'nobody';
		expect(writtenByOthers(at('file'))).toBeUndefined();
		expect(writtenByOthers(at('none'))).toBe(`${at('none')} is not there`);
	});

	test('a directory to build an image from, with all that is in it', async () => {
		const started: string[] = [];
		const host = {
			stat: async () => undefined,
			mkdir: async () => undefined,
			exec: async (argv: readonly string[]) => void started.push(argv.slice(0, 2).join(' ')),
		} as unknown as Host;
		mkdirSync(at('image/deep'), {recursive: true});
		writeFileSync(at('image/Dockerfile'), 'FROM scratch\n');
		symlinkSync('/app/nowhere', at('image/link'));
		const build = (): Promise<void> =>
			obtainImage({engine: 'docker', reference: 'x:1', from: {context: at('image')}}, host);
		await build();
		expect(started).toEqual(['docker build']);
		writeFileSync(at('image/deep/run.sh'), '');
		chownSync(at('image/deep/run.sh'), nobody, nobody);
		await expect(build()).rejects.toMatchObject({code: 'image.foreign'});
		await expect(
			obtainImage({engine: 'docker', reference: 'x:1', from: {archive: at('image/deep/run.sh')}}, host),
		).rejects.toMatchObject({code: 'image.foreign'});
		expect(started).toHaveLength(1);
	});

	test('a file that an account names is read where that account could read it', async () => {
		mkdirSync(at('closed'), {mode: 0o700});
		writeFileSync(at('closed/config.toml'), '', {mode: 0o644});
		const reader = createReader();
		// Everybody may read the file, and nobody but root comes to it.
		expect(await mayRead(reader, at('closed/config.toml'), nobody)).toBe(false);
		chmodSync(at('closed'), 0o755);
		expect(await mayRead(reader, at('closed/config.toml'), nobody)).toBe(true);
		chmodSync(at('closed/config.toml'), 0o600);
		expect(await mayRead(reader, at('closed/config.toml'), nobody)).toBe(false);
		expect(await mayRead(reader, at('closed/other'), nobody)).toBe(true);
	});
});

test('access lists of several files are asked for at once', () => {
	writeFileSync(at('two words'), '');
	const asked = [at('two words'), at('none'), ...Array.from({length: 250}, () => at('two words'))];
	expect(aclReaders(asked)).toEqual(['none', undefined, ...Array.from({length: 250}, () => 'none')]);
});
