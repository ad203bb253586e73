/** A report that goes to a file: whole, readable by who collects it, with nothing on stdout but what changed. */
import {
	chmodSync,
	chownSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {changesOf, putReport} from '#commands/doctor/report-to.ts';
import {installed, mustBeRootsProgram} from '#commands/doctor/timer.ts';
import {createReader} from '#host/reader.ts';
import {sample} from '../../report/doctor/sample.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'output-'));
});
afterEach(() => rmSync(directory, {recursive: true}));

const put = async (output: string | undefined, format: 'prometheus' | 'text' = 'prometheus'): Promise<string> => {
	let said = '';
	const stream = {write: (text: string) => (said += text)};
	await putReport(sample, {format, verbose: false, failOn: 'fail', output}, {stdout: stream, stderr: stream});
	return said;
};

test('what is new and what is mended, one line each; nothing about what was there before', () => {
	expect(changesOf(sample)).toEqual([
		'new: fail: mysql.bind[3306]: answers from outside, though its file says 127.0.0.1',
		'mended: host.failed-units, was: nslcd.service failed',
	]);
	expect(changesOf({rows: sample.rows.filter(row => row.change !== 'new'), fixed: []})).toEqual([]);
});

test('to stdout nothing but the format', async () => {
	expect(await put(undefined)).toMatch(/^# HELP host_setup_doctor_state/);
});

test('to a file, which is replaced as a whole, also where it is a link', async () => {
	const path = join(directory, 'x.prom');
	writeFileSync(join(directory, 'elsewhere'), 'not ours');
	symlinkSync(join(directory, 'elsewhere'), path);
	expect(await put(path)).toBe(`${changesOf(sample).join('\n')}\n`);
	expect(readFileSync(path, 'utf8')).toMatch(/^# HELP[\s\S]*\n$/);
	expect(lstatSync(path).isFile() && (lstatSync(path).mode & 0o777) === 0o644).toBe(true);
	expect(readFileSync(join(directory, 'elsewhere'), 'utf8')).toBe('not ours');
	expect(readdirSync(directory).toSorted()).toEqual(['elsewhere', 'x.prom']);
	await putReport(
		sample,
		{format: 'json', verbose: false, failOn: 'fail', output: join(directory, 'x.json')} as never,
		{
			stdout: {write: () => true},
			stderr: {write: () => true},
		},
	);
	expect(lstatSync(join(directory, 'x.json')).mode & 0o777).toBe(0o600);
	await expect(put(join(directory, 'none/x.prom'))).rejects.toThrow(/usage\.output.*ENOENT/);
});

test("the timer's service calls the program by its path, whatever is in it", async () => {
	const service = installed('/opt/my "own" 100%/setup').find(
		({id}) => id.endsWith('.service') && id.startsWith('file:'),
	);
	const look = await service?.look(createReader(directory));
	expect(look).toMatchObject({state: 'change'});
	const patch = look?.state === 'change' ? look.changes.map(change => change.patch ?? '').join('') : '';
	expect(patch).toContain(
		'+ExecStart="/opt/my \\"own\\" 100%%/setup" doctor --format prometheus --output /var/lib/prometheus/node-exporter/host-setup-doctor.prom',
	);
});

test.runIf(process.getuid?.() === 0)('no timer of root runs a program that another account may write or move', () => {
	chmodSync(directory, 0o755);
	mkdirSync(join(directory, 'theirs/host-setup'), {recursive: true});
	const launcher = join(directory, 'theirs/host-setup/setup');
	writeFileSync(launcher, '#!/bin/sh\n', {mode: 0o755});
	expect(() => mustBeRootsProgram(launcher)).not.toThrow();
	// The file is root's still, and so is its directory.
	chownSync(join(directory, 'theirs'), 65_534, 65_534);
	expect(() => mustBeRootsProgram(launcher)).toThrow(/the user nobody may write/);
});
