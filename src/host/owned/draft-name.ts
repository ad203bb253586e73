/** What a file is called until it stands at its place. */
import {randomBytes} from 'node:crypto';
import {basename, dirname, join} from 'node:path';

/** A name in the same directory that nobody has, and that nginx's globs, sudoers.d, cron.d and logrotate skip. */
export const draftBeside = (path: string): string =>
	join(dirname(path), `.${basename(path)}.host-setup.${randomBytes(3).toString('hex')}~`);
