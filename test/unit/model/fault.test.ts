import {expect, test} from 'vitest';
import {Fault, faultData} from '#model/fault.ts';

const system = (code: string, path?: string): Error =>
	Object.assign(new Error(code), {code, ...(path !== undefined && {path})});

test('a fault keeps its words', () => {
	expect(faultData(new Fault('a.code', 'What failed.', 'What to do.', {details: ['a line']}))).toEqual({
		code: 'a.code',
		sentence: 'What failed.',
		hint: 'What to do.',
		details: ['a line'],
	});
});

test('a full or read-only disk is no defect of ours, wherever it was met', () => {
	expect(faultData(system('ENOSPC', '/var/x'))).toMatchObject({
		code: 'file.no-space',
		sentence: 'no space left to write /var/x',
		details: [],
	});
	expect(faultData(system('EDQUOT'))).toMatchObject({code: 'file.no-space', sentence: 'no space left to write a file'});
	expect(faultData(system('EROFS', '/etc/x'))).toMatchObject({
		code: 'file.read-only',
		sentence: '/etc/x lies on a read-only file system',
	});
});

test('anything else is, and says where', () => {
	expect(faultData(system('EIO', '/x'))).toMatchObject({
		code: 'internal',
		sentence: 'EIO',
		details: [expect.stringContaining('fault.test.ts'), ...Array.from({length: 4}, () => expect.any(String))],
	});
	expect(faultData('a string')).toMatchObject({code: 'internal', sentence: 'a string', details: []});
	expect(faultData(undefined)).toMatchObject({code: 'internal', sentence: 'undefined'});
});
