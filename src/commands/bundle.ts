/** `setup bundle MEDIUM FILE`: gathers what a replay of the answers fetches. Needs no root: a network, apt's sources and keys, and room for it twice. */
import {homedir} from 'node:os';
import {join} from 'node:path';
import {release} from '#host/apt/release.ts';
import {createReader} from '#host/reader.ts';
import {makeBundle} from '#tasks/bundle/make-bundle.ts';
import {openStack} from '#tasks/open-stack.ts';
import type {Output} from '#tasks/output.ts';
import {leaveAtOnce} from '#tasks/signals.ts';

/** Gives 0. Cut off, it goes on with the same words. */
export const bundleCommand = async (
	medium: string,
	file: string,
	options: {readonly set: readonly string[]; readonly base?: string; readonly yes: boolean},
	out: Output,
): Promise<number> => {
	const dispose = leaveAtOnce();
	const reader = createReader();
	const opened = await openStack(file, options.set, reader);
	const made = await makeBundle(opened, {
		file: medium,
		cache: join(
			process.getuid?.() === 0 ? '/var/cache' : (process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')),
			'host-setup/bundles',
		),
		reader,
		say: line => out.stderr.write(`${line}\n`),
		async python(directories, to) {
			const {gatherPython} = await import('./rehearse/python-packages.ts');
			const base = options.base ?? (await reader.fact(release)).codename;
			return gatherPython(opened, {directories, to, base, yes: options.yes}, out);
		},
	});
	const {packages, codename, architecture} = made.manifest;
	out.stdout.write(
		`${made.file}: ${packages} packages and sources for ${opened.stack.title} on ${codename} (${architecture}), ${Math.round(made.bytes / 1e6)} MB\nsha256 ${made.sha256}\nInstall from it with: setup apply --bundle FILE\n`,
	);
	dispose();
	return 0;
};
