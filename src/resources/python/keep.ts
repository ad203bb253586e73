/** An environment kept as it is before an update changes it: pip can go forward only, and what it once fetched may be gone. */
import {basename, dirname, join} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {clear} from '../shared/clear.ts';
import {spaceFault} from '../shared/stamp.ts';
import type {VenvSpec} from './venv-spec.ts';

/** Beside it: on the same disk, where going back is a rename. */
export const keptAt = (directory: string): string =>
	join(dirname(directory), `.${basename(directory)}.host-setup.before~`);

/** A whole copy, made as its user; where the file system can, without taking space. Throws Fault file.no-space. */
export const keepEnvironment = async (host: Host, {directory, user}: VenvSpec, at: string): Promise<void> => {
	const stat = await host.stat(directory);
	if (stat === undefined) return;
	await clear(host, at);
	await host.mkdir(at, {mode: stat.mode, owner: `${stat.uid}:${stat.gid}`});
	await host.exec(['cp', '--archive', '--reflink=auto', '--', `${directory}/.`, at], {as: user}).catch(async error => {
		await clear(host, at);
		const words = error instanceof Fault ? error.details.join('\n') : '';
		throw spaceFault(words, `a copy of ${directory}, which going back needs`) ?? error;
	});
};
