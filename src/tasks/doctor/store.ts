/** What `setup` remembers of this host, as far as whoever runs the doctor may read it; and what the doctor itself keeps: waivers, and what it found before. */
import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {parseInstalled} from '#doctor/installed.ts';
import {type Memory, memoryText, parseMemory, remember} from '#doctor/remembered.ts';
import type {Report} from '#doctor/types.ts';
import {parseWaivers, type Waiver, waiversText} from '#doctor/waivers.ts';
import {writeOwnFile} from '#host/files/own-file.ts';
import type {Installed} from '#model/check.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Unknown} from '#model/unknown.ts';
import type {DoctorPlace} from './place.ts';

export type Stored = {
	readonly installed: readonly Installed[];
	readonly waivers: readonly Waiver[];
	/** Undefined where it cannot be read: then nothing is called new. */
	readonly memory: Memory | undefined;
	/** The first of its files that could not be read or does not hold what setup writes, and why. */
	readonly problem: {readonly path: string; readonly why: Unknown} | undefined;
};

/** How many reports are kept. */
const keep = 50;

/** Reads all of it. Never throws: what is wrong is in `problem`. */
export const readStored = async (place: DoctorPlace): Promise<Stored> => {
	const [state, waivers, memory] = await Promise.all([place.stateFile, place.waivers, memoryPath(place)].map(textOf));
	const installed = state?.text === undefined ? [] : parseInstalled(state.text);
	const waived = waivers?.text === undefined ? [] : parseWaivers(waivers.text);
	return {
		installed: installed ?? [],
		waivers: waived ?? [],
		memory: memory?.why === undefined ? parseMemory(memory?.text ?? '') : undefined,
		problem: [
			...(state?.why ? [{path: place.stateFile, why: state.why}] : []),
			...(installed === undefined ? [{path: place.stateFile, why: foreign(place.stateFile)}] : []),
			...(waivers?.why ? [{path: place.waivers, why: waivers.why}] : []),
			...(waived === undefined ? [{path: place.waivers, why: foreign(place.waivers)}] : []),
		][0],
	};
};

/** Keeps the report and what was found. `complain` is told when it cannot: the report is worth more than the memory of it. */
export const keepRun = async (
	place: DoctorPlace,
	report: Report,
	memory: Memory,
	complain: (line: string) => void,
): Promise<void> => {
	try {
		await mkdir(place.runs, {recursive: true, mode: 0o700});
		// One of fifty: half of it after a power cut is no loss, and waiting for the disk would be a tenth of the doctor's time.
		await writeFile(join(place.runs, `${report.at.replace(/[-:]/g, '')}.json`), `${JSON.stringify(report)}\n`, {
			mode: 0o600,
		});
		const [before, after] = [memoryText(memory), memoryText(remember(report, memory))];
		if (before !== after) await writeOwnFile(memoryPath(place), after);
		const old = (await readdir(place.runs)).filter(name => name.endsWith('.json')).toSorted();
		for (const name of old.slice(0, -keep)) await rm(join(place.runs, name), {force: true});
	} catch (error) {
		complain(`this run is not remembered: ${faultData(error).sentence}`);
	}
};

/** Changes the waivers by a pure function. Throws Fault 'doctor.waivers' when the file holds something else, and leaves it alone. */
export const changeWaivers = async (
	place: DoctorPlace,
	change: (before: readonly Waiver[]) => readonly Waiver[],
): Promise<void> => {
	const read = await textOf(place.waivers);
	const before = read.text === undefined ? [] : parseWaivers(read.text);
	if (read.why !== undefined || before === undefined)
		throw new Fault(
			'doctor.waivers',
			`${place.waivers} cannot be read, or does not hold what the doctor wrote there`,
			'Mend it, or move it away to start afresh.',
		);
	await mkdir(dirname(place.waivers), {recursive: true, mode: 0o700});
	await writeOwnFile(place.waivers, waiversText(change(before)));
};

const memoryPath = ({waivers}: DoctorPlace): string => join(dirname(waivers), 'found.json');

const textOf = async (path: string): Promise<{readonly text?: string; readonly why?: Unknown}> => {
	try {
		return {text: await readFile(path, 'utf8')};
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return {};
		if (code === 'EACCES' || code === 'EPERM')
			return {why: {because: 'needs-root', need: `${path} may only be read by root`}};
		return {why: {because: 'unreadable', need: `${path} (${code})`}};
	}
};

const foreign = (path: string): Unknown => ({
	because: 'unreadable',
	need: `${path} does not hold what setup writes there`,
});
