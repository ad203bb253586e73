/** From the archive to a staged installation that runs: unpack, check the flags, configure, make, install beside the prefix. */
import {filesIn} from '#host/files/digest.ts';
import type {Log} from '#host/programs/log-file.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {clear} from '../shared/clear.ts';
import {type BuildSpec, workOf} from './build-places.ts';
import {optionsOf, unknownFlags} from './options.ts';
import {askPart, type BuildRun, builder, countObjects, defaultJobs, isObjectLine, runPart} from './program.ts';

export type Made = {
	/** The staged prefix, still owned by the builder. */
	readonly staged: string;
	readonly dropped: readonly string[];
	/** What the binary answers to `versionArgs`. */
	readonly says: string;
};

/** Builds into a fresh work directory; the caller removes it. Throws Fault build.archive, build.unknown-flags, build.*-failed, file.no-space. */
export const makeStaged = async (spec: BuildSpec, host: Host, log: Log): Promise<Made> => {
	const work = workOf(spec.prefix);
	await clear(host, work);
	for (const one of [work, `${work}/tree`, `${work}/stage`, `${work}/home`])
		await host.mkdir(one, {mode: one === work ? 0o755 : 0o700, owner: `${builder}:${builder}`});
	const run: BuildRun = {host, log, name: spec.name, home: `${work}/home`};
	await runPart(
		run,
		'unpack',
		[
			'tar',
			'--extract',
			'--file',
			spec.archive,
			'--no-same-owner',
			'--no-same-permissions',
			'--directory',
			`${work}/tree`,
		],
		work,
	);
	const tree = await topOf(host, `${work}/tree`, spec.archive);
	const dropped = unknownFlags(spec.flags, ...(await optionsOf(host, tree, (argv, cwd) => askPart(run, argv, cwd))));
	if (dropped.length > 0 && spec.dropUnknown === false)
		throw new Fault(
			'build.unknown-flags',
			`${spec.name} ${spec.version} does not know ${dropped.join(', ')}`,
			'Take them out of the answers, or let setup drop them.',
			{details: dropped},
		);
	for (const flag of dropped) host.say(`${spec.name} ${spec.version} does not know ${flag}: dropped`);
	const flags = spec.flags.filter(flag => !dropped.includes(flag));
	await runPart(run, 'configure', ['./configure', `--prefix=${spec.prefix}`, ...flags], tree);
	await runMake(run, spec, tree);
	await runPart(run, 'install', ['make', 'install', `DESTDIR=${work}/stage`], tree);
	const staged = `${work}/stage${spec.prefix}`;
	return {staged, dropped, says: await tryBinary(spec, host, staged)};
};

const topOf = async (host: Host, unpacked: string, archive: string): Promise<string> => {
	const names = (await host.list(unpacked)) ?? [];
	const [name] = names;
	if (names.length !== 1 || name === undefined || (await host.stat(`${unpacked}/${name}/configure`)) === undefined) {
		throw new Fault(
			'build.archive',
			`${archive} is not the source archive of one program with a configure in its top folder`,
			'Name the source archive, not a binary package.',
			{details: names.slice(0, 10)},
		);
	}
	return `${unpacked}/${name}`;
};

const runMake = async (run: BuildRun, spec: BuildSpec, tree: string): Promise<void> => {
	const {host} = run;
	const makefiles = await Promise.all(
		(await filesIn(host, tree, ['**/objs/Makefile'])).map(async path =>
			Buffer.from((await host.read(`${tree}/${path}`)) ?? '').toString('utf8'),
		),
	);
	const total = countObjects(makefiles);
	let done = 0;
	await runPart(run, 'make', ['make', `-j${spec.jobs ?? defaultJobs()}`], tree, line => {
		if (total > 0 && isObjectLine(line)) host.progress(Math.min((done += 1), total), total);
	});
};

/** A failing part of `make install` can leave libraries and no program. Its libraries are looked for where they will not stay. */
const tryBinary = async (spec: BuildSpec, host: Host, staged: string): Promise<string> => {
	const binary = `${staged}/${spec.binary}`;
	const stat = await host.stat(binary);
	if (stat?.kind !== 'file' || (stat.mode & 0o111) === 0)
		throw new Fault(
			'build.install-failed',
			`make install of ${spec.name} left no ${spec.binary}`,
			'Look into the log of the build; nothing was installed.',
		);
	const ran = await host.probe(
		[
			'setpriv',
			`--reuid=${builder}`,
			`--regid=${builder}`,
			'--clear-groups',
			'--',
			binary,
			...(spec.versionArgs ?? ['-V']),
		],
		{
			env: {LD_LIBRARY_PATH: `${staged}/luajit/lib:${staged}/lib`},
		},
	);
	if (ran.code !== 0)
		throw new Fault(
			'build.install-failed',
			`the new ${spec.binary} does not run: ${`${ran.stderr}${ran.stdout}`.trim().split('\n')[0] ?? ''}`,
			'Look into the log of the build; nothing was installed.',
		);
	return `${ran.stdout}${ran.stderr}`.trim();
};
