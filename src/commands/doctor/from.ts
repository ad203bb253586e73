/** `setup doctor --from FILE`: an earlier report, in whatever format is wanted now. */
import {readFile} from 'node:fs/promises';
import type {Report} from '#doctor/types.ts';
import {Fault} from '#model/fault.ts';
import {readReport} from '#report/doctor/from.ts';

/** Throws Fault usage.no-report, or usage.not-a-report. */
export const readOldReport = async (file: string): Promise<Report> => {
	const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
		throw new Fault(
			'usage.no-report',
			`${file} cannot be read (${error.code})`,
			'setup doctor --format json writes one.',
			{cause: error},
		);
	});
	return readReport(text, file);
};
