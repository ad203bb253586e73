/** `setup doctor --from`: earlier reports, in whatever format is wanted now. One is shown as it was; of several, or of a folder, what the hosts have in common. */
import {opendir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import type {FailOn} from '#doctor/exit-code.ts';
import {type Fleet, gatherFleet} from '#doctor/fleet.ts';
import {natural} from '#doctor/natural.ts';
import type {Report} from '#doctor/types.ts';
import {largestFile, largestText} from '#host/files/bounds.ts';
import {readHanded} from '#host/files/handed.ts';
import {Fault, faultData} from '#model/fault.ts';
import {Blocked} from '#model/unknown.ts';
import {readReport} from '#report/doctor/from.ts';

/** Throws Fault usage.no-report, or usage.not-a-report. */
export const readOldReport = async (file: string): Promise<Report> =>
	readReport((await bytesOf(file, largestFile)).toString('utf8'), file);

/** `wait`: milliseconds for a pipe; 0 takes none. */
const bytesOf = (file: string, most: number, wait?: number): Promise<Buffer> =>
	readHanded(file, most, wait).catch((error: NodeJS.ErrnoException) => {
		throw noReport(file, error instanceof Blocked ? 'too large' : (error.code ?? 'unreadable'), error);
	});

/** Is it one file, and no folder of them? What is not there is told by who reads it. */
export const isOneReport = async (path: string): Promise<boolean> =>
	!(await stat(path).then(
		it => it.isDirectory(),
		() => false,
	));

/** Reports of a fleet: more are a mistake, or somebody's who wants us to read for ever. */
const mostReports = 10_000;
const mostNames = 100_000;
/** Bytes of all of them. */
const largestFleet = 2 * 1024 ** 3;

/**
 * One after another, so that only what is told of them is held at once. One that cannot be read is told, and takes no other with it. Throws Fault usage.no-report
 * where there is none at all.
 */
export const readFleet = async (paths: readonly string[], failOn: FailOn): Promise<Fleet> => {
	const files = (await Promise.all(paths.map(filesOf))).flat();
	let room = largestFleet;
	if (files.length === 0) throw noReport(paths.join(', '), 'no *.json in it');
	if (files.length > mostReports) throw noReport(paths.join(', '), `more than ${mostReports} reports`);
	const fleet = gatherFleet(failOn);
	for (const file of files) {
		try {
			if (room <= 0) throw noReport(file, `more than ${largestFleet / 1024 ** 3} GB before it`);
			// A pipe is taken where it was named, and not from a folder, where each could keep us waiting.
			const bytes = await bytesOf(file, largestText, paths.includes(file) ? undefined : 0);
			room -= bytes.length;
			fleet.add(file, readReport(bytes.toString('utf8'), file));
		} catch (error) {
			fleet.unread(file, faultData(error));
		}
	}
	return fleet.done();
};

/** Itself, or what lies in the folder under a name that ends in .json, in the order in which people count. */
const filesOf = async (path: string): Promise<readonly string[]> => {
	if (await isOneReport(path)) return [path];
	const names: string[] = [];
	let seen = 0;
	try {
		for await (const {name} of await opendir(path)) {
			seen += 1;
			if (seen > mostNames) throw noReport(path, `more than ${mostNames} names`);
			if (name.endsWith('.json') && !name.startsWith('.')) names.push(name);
		}
	} catch (error) {
		throw error instanceof Fault ? error : noReport(path, (error as NodeJS.ErrnoException).code ?? 'unreadable', error);
	}
	return names.sort(natural).map(name => join(path, name));
};

const noReport = (file: string, why: string, cause?: unknown): Fault =>
	new Fault('usage.no-report', `${file} cannot be read (${why})`, 'setup doctor --format json writes one.', {cause});
