/**
 * Throw-away hosts install the same packages again and again. Each gets an archive directory of its own, filled with hard
 * links from the shared one (apt locks the directory, so two hosts cannot use one), and gives back what it downloaded.
 */
import {constants, copyFileSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';

export type DebCache = {
	/** To be seen at /var/cache/apt/archives. */
	readonly directory: string;
	/** Puts newly downloaded packages into the shared directory. Apt itself moves a file here only once it is whole and verified. */
	harvest(): void;
};

/** Fills `own` from `shared`, making both where missing. */
export const shareDebs = async (shared: string, own: string): Promise<DebCache> => {
	for (const directory of [shared, own]) mkdirSync(directory, {recursive: true, mode: 0o755});
	for (const name of debsIn(shared)) take(join(shared, name), join(own, name));
	return {
		directory: own,
		harvest() {
			for (const name of debsIn(own)) give(join(own, name), join(shared, name));
		},
	};
};

const debsIn = (directory: string): readonly string[] => readdirSync(directory).filter(name => name.endsWith('.deb'));

const take = (from: string, to: string): void => {
	if (!linked(from, to)) copyFileSync(from, to, constants.COPYFILE_FICLONE);
};

/** Another host may give the same package at the same moment: a name appears whole, and the first one stays. */
const give = (from: string, to: string): void => {
	if (linked(from, to)) return;
	const draft = `${to}.${process.pid}~`;
	copyFileSync(from, draft, constants.COPYFILE_FICLONE);
	renameSync(draft, to);
	rmSync(draft, {force: true});
};

/** false: they are on different file systems. */
const linked = (from: string, to: string): boolean => {
	try {
		linkSync(from, to);
		return true;
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'EEXIST') return true;
		if (code === 'EXDEV' || code === 'EMLINK' || code === 'EPERM') return false;
		throw error;
	}
};
