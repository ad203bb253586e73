/** Files of secrets that an answers file names: told, and read by root only where the answers are root's own or of who called sudo. */
import {chownSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from 'vitest';
import type {Loaded} from '#answers/file/load.ts';
import {namedFiles, refuseForeignNames} from '#answers/secrets/named-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'named-'));
afterAll(() => rmSync(directory, {recursive: true}));
const path = join(directory, 'answers.yaml');

const loaded = {
	secrets: [
		{name: 'postgres.password', ref: {secret: 'generate'}},
		{name: 'ldap.password', ref: {file: '/root/key'}},
	],
} as unknown as Pick<Loaded, 'secrets'>;

test('are told with the secret that they are for', () => {
	expect(namedFiles(loaded)).toEqual([{name: 'ldap.password', file: '/root/key'}]);
});

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
	test("are read for answers of root's", () => {
		writeFileSync(path, '', {mode: 0o644});
		chownSync(path, 0, 0);
		expect(() => refuseForeignNames(path, loaded)).not.toThrow();
	});

	test('are not read where somebody else may write the answers, and such answers that name none are no matter', () => {
		writeFileSync(path, '');
		chownSync(path, 65_534, 65_534);
		expect(() => refuseForeignNames(path, loaded)).toThrow(/names \/root\/key as the secret ldap\.password/);
		expect(() => refuseForeignNames(path, {secrets: []})).not.toThrow();
	});
});
