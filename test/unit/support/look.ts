/** One check over a handful of files, as the doctor runs it on an offline root. */

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {reportOf} from '#doctor/report.ts';
import {runChecks} from '#doctor/run-checks.ts';
import type {Row} from '#doctor/types.ts';
import {after} from '#host/system/patience.ts';
import type {AnyCheck, Installed} from '#model/check.ts';
import {fileReader} from './file-reader.ts';

/** dpkg's status file with these packages installed: `redis-server=5:7.0.15-1`. */
export const installedPackages = (...names: readonly string[]): Readonly<Record<string, string>> => ({
	'/var/lib/dpkg/status': names
		.map(one => one.split('='))
		.map(
			([name, version = '1.0']) =>
				`Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`,
		)
		.join('\n'),
});

export const look = async (
	check: AnyCheck,
	files: Readonly<Record<string, string>>,
	installed: readonly Installed[] = [],
): Promise<readonly Row[]> => {
	const now = Date.parse('2026-03-01');
	const runs = await runChecks({after, checks: [check], reader: fileReader(files), installed, now});
	const report = reportOf(runs, [check], {
		version: '0',
		host: {name: 'x', release: 'x'},
		at: new Date(now).toISOString(),
		root: '/offline',
		isRoot: true,
		seconds: 0,
	});
	return report.rows;
};

export const recorded = (release: string, name: string): string =>
	readFileSync(join(import.meta.dirname, '../../../fixtures/recorded', release, `${name}.txt`), 'utf8');

export const recordedReleases = ['bullseye', 'bookworm', 'trixie'] as const;
