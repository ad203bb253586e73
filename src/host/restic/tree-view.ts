/**
 * Directories of others as a program of root may walk them: who owns such a tree can put a link in the place of any directory of it while it is walked, and
 * would get files of root into a backup, and out of it at the restore. In a view no link is followed, and nothing can be written.
 */
import {Fault} from '#model/fault.ts';
import {viewProgram} from './view-script.ts';

/** `at`: a directory of ours that is there. `id`: `Stat.id` of what was looked at. */
export type Shown = {readonly at: string; readonly path: string; readonly id: string};

/** The argv of a program (with its whole path) that sees these. It ends with 125 where that cannot be had. Throws Fault backup.no-view. */
export const withView = (shown: readonly Shown[], argv: readonly string[]): readonly string[] => {
	if (shown.length === 0) return argv;
	const call = calls[process.arch];
	if (call === undefined)
		throw new Fault(
			'backup.no-view',
			`trees of others are not saved on ${process.arch}: setup does not know how to keep links from being followed there`,
			'Save them by other means.',
		);
	return [
		'/usr/bin/perl',
		'-e',
		viewProgram,
		'--',
		String(call.unshare),
		String(call.mount),
		String(call.umount),
		...shown.flatMap(({at, path, id}) => [at, path, id]),
		'--',
		...argv,
	];
};

/** unshare(2), mount(2) and umount2(2). */
const calls: Partial<
	Record<NodeJS.Architecture, {readonly unshare: number; readonly mount: number; readonly umount: number}>
> = {
	x64: {unshare: 272, mount: 165, umount: 166},
	arm64: {unshare: 97, mount: 40, umount: 39},
};
