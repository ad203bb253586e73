/** The sentences for what a full disk, a read-only mount or a missing directory does, for every place that writes. */
import {Fault} from '#model/fault.ts';

/** A Fault for what the operator can do something about; any other error as it is. */
export const writeFault = (error: unknown, path: string): unknown => {
	const code = (error as NodeJS.ErrnoException).code;
	if (code === 'ENOSPC' || code === 'EDQUOT')
		return new Fault(
			'file.no-space',
			`no space left to write ${path}`,
			'Free some space (df -h shows where), then run the same command again; nothing was half-written.',
			{cause: error},
		);
	if (code === 'EROFS')
		return new Fault(
			'file.read-only',
			`${path} lies on a read-only file system`,
			'Mount it writable, then run the same command again.',
			{cause: error},
		);
	if (code === 'EACCES' || code === 'EPERM')
		return new Fault(
			'file.denied',
			`${path} may not be written`,
			'Run setup as root; where it is root already, look for an immutable flag (lsattr) or a network file system.',
			{cause: error},
		);
	if (code === 'ENOENT' || code === 'ENOTDIR')
		return new Fault(
			'file.no-directory',
			`the directory of ${path} is not there`,
			'Create it, or run the step that does.',
			{cause: error},
		);
	return error;
};
