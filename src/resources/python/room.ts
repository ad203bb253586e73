/**
 * Where pip may unpack and compile, and what its git is told: /tmp is often in memory and too small for what pip takes apart there (of gigabytes for a
 * framework of learning machines), and a requirement that is a repository comes from where the answers say, as everything else.
 */
import {basename, dirname, join} from 'node:path';
import {outgoing} from '#host/outgoing/way-out.ts';
import {ownerOf} from '#host/system/accounts.ts';
import type {Host, ProgramOptions} from '#model/host.ts';
import type {Instead} from '#model/outgoing.ts';
import {clear} from '../shared/clear.ts';
import type {VenvSpec} from './venv-spec.ts';

/** Calls `use` with variables for pip: a directory of the user's beside the environment, on its disk, gone afterwards. */
export const withRoom = async (
	host: Host,
	{directory, user}: Pick<VenvSpec, 'directory' | 'user'>,
	use: (variables: NonNullable<ProgramOptions['env']>) => Promise<void>,
): Promise<void> => {
	const owner = await ownerOf(host, user);
	const room = join(dirname(directory), `.${basename(directory)}.host-setup.room~`);
	await clear(host, room);
	await host.mkdir(room, {mode: 0o700, owner});
	const {instead} = outgoing();
	const config = `/run/host-setup-git-${basename(directory)}.conf`;
	try {
		if (instead.length > 0) {
			await clear(host, config);
			// A mirror may have a login in its address.
			await host.replace(config, [gitConfig(instead)], {was: 'absent', mode: 0o400, owner});
		}
		await use({TMPDIR: room, ...(instead.length > 0 && {GIT_CONFIG_GLOBAL: config})});
	} finally {
		await clear(host, room);
		await clear(host, config);
	}
};

/** What the user has besides counts as well; a mirror on this host is somebody else's, and git takes it all the same. Pure. */
export const gitConfig = (instead: readonly Instead[]): string =>
	[
		'[include]',
		'\tpath = ~/.gitconfig',
		'[safe]',
		'\tdirectory = *',
		...instead.flatMap(({of, by}) => [`[url ${quoted(by)}]`, `\tinsteadOf = ${quoted(of)}`]),
		'',
	].join('\n');

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
