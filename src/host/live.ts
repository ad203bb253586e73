/** The machine that may be changed, as one node of a run sees it: what it does is told to the run's events, and drops what was known of the host. */

import {chmod, chown, lchown, lstat, mkdir, rename, rm, rmdir, symlink, unlink} from 'node:fs/promises';
import {dirname, join, normalize} from 'node:path';
import type {Event} from '#model/event.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {printable} from '#model/printable.ts';
import {reveal, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {protectApt} from './apt/protect.ts';
import {draftBeside, noteDraft} from './files/leftover-drafts.ts';
import {resolveIn} from './files/paths.ts';
import {replaceFile, syncDirectory, writeFault} from './files/replace.ts';
import {stash, unstash} from './files/stash.ts';
import {noteChild} from './programs/children.ts';
import {programShown} from './programs/program-shown.ts';
import {programFault, runProgram} from './programs/run.ts';
import type {PassReader} from './reader.ts';
import {redact} from './secrets/redact.ts';
import {idsOf} from './system/ids.ts';
import {mayTest} from './trust/test-command.ts';

export type LiveOptions = {
	readonly reader: PassReader;
	/** /var/lib/host-setup, or where `--state` says. */
	readonly state: string;
	/** The node at work. */
	readonly id: string;
	readonly emit: (event: Event) => void;
};

/** A Host for one node. Everything it does drops the facts of the pass, before and after. */
export const createHost = ({reader, state, id, emit}: LiveOptions): Host => {
	const acting = async <T>(act: () => Promise<T>, path?: string): Promise<T> => {
		reader.drop();
		try {
			return await act();
		} catch (error) {
			throw path === undefined ? error : writeFault(error, path);
		} finally {
			reader.drop();
		}
	};
	const stashDirectory = join(state, 'stash');
	const noted = (draft: string): (() => void) => noteDraft(join(state, 'children'), draft);
	const say = (line: string): void => emit({type: 'node-line', id, line: printable(redact(line))});

	return {
		root: reader.root,
		fact: fact => reader.fact(fact),
		read: path => reader.read(path),
		stat: path => reader.stat(path),
		list: path => reader.list(path),
		query: (argv, options) => reader.query(argv, options),
		probe: (argv, options) => reader.probe(argv, options),
		exec: (argv, options = {}) =>
			acting(async () => {
				const {apt = false, onLine, ...rest} = options;
				emit({type: 'node-program', id, ...programShown(argv, options)});
				const ran = await runProgram(argv, {
					...rest,
					onLine: line => {
						onLine?.(line);
						const holder = /held by process (\d+(?: \([^)]*\))?)/.exec(line)?.[1];
						emit(
							holder
								? {type: 'wait', for: 'the package lock', holder: `process ${holder}`}
								: {type: 'node-line', id, line},
						);
					},
					onSpawn: pid => {
						const forget = noteChild(join(state, 'children'), pid, argv[0] ?? '', apt);
						const release = apt ? protectApt(pid) : undefined;
						return () => {
							release?.();
							forget();
						};
					},
					...(apt && {lasting: join(state, 'children')}),
				}).catch(error => {
					throw error instanceof Blocked && error.why.because === 'no-tool'
						? new Fault(
								'program.missing',
								`${error.why.need} is not there`,
								'The step that installs it has to come first; this is a defect of the stack if it does not.',
							)
						: writeFault(error, state);
				});
				if (!(options.codes ?? [0]).includes(ran.code)) throw programFault(argv, ran);
			}),
		replace: (path, text, options) =>
			acting(async () => {
				if (options.checkAfter) await mayTest(reader, options.checkAfter);
				await replaceFile(path, toBytes(text), options, {
					stashed: async old => void (await stash(stashDirectory, old)),
					noted,
				});
			}, path),
		mkdir: (path, {mode, owner}) =>
			acting(async () => {
				const real = await resolveIn('/', path);
				const {uid, gid} = await idsOf(owner);
				await mkdir(real, {mode: 0o700}).catch(error => {
					if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
				});
				await chown(real, uid, gid);
				await chmod(real, mode);
				await syncDirectory(dirname(real));
			}, path),
		symlink: (path, target) =>
			acting(async () => {
				const draft = draftBeside(path);
				const forget = noted(draft);
				try {
					await symlink(target, draft);
					await rename(draft, path);
					await syncDirectory(dirname(path));
				} finally {
					await rm(draft, {force: true});
					forget();
				}
			}, path),
		own: (path, {mode, owner}) =>
			acting(async () => {
				if (owner !== undefined) {
					const {uid, gid} = await idsOf(owner);
					await lchown(path, uid, gid);
				}
				if (mode !== undefined && !(await lstat(path)).isSymbolicLink()) await chmod(path, mode);
			}, path),
		remove: path =>
			acting(async () => {
				const stat = await reader.stat(path);
				if (stat === undefined) return;
				await (stat.kind === 'directory' ? rmdir(path) : unlink(path));
				await syncDirectory(dirname(path));
			}, path),
		removeTree: path =>
			acting(async () => {
				if (
					normalize(path)
						.split('/')
						.filter(part => part !== '').length < 2 ||
					shared.has(normalize(path))
				)
					throw new TypeError(`refusing to remove ${path}`);
				await rm(path, {recursive: true, force: true});
			}, path),
		rename: (from, to) =>
			acting(async () => {
				await rename(from, to);
				await syncDirectory(dirname(from));
				await syncDirectory(dirname(to));
			}, to),
		act: (_what, change) => acting(change),
		stash: content => stash(stashDirectory, toBytes(content)),
		unstash: hash => unstash(stashDirectory, hash),
		forget: () => reader.drop(),
		progress: (done, of) => emit({type: 'node-progress', id, done, of}),
		say,
	};
};

/** Trees of the distribution that no resource owns, two levels deep. */
const shared = new Set([
	'/usr/bin',
	'/usr/lib',
	'/usr/sbin',
	'/usr/share',
	'/usr/local',
	'/usr/src',
	'/usr/local/bin',
	'/usr/local/lib',
	'/usr/local/src',
	'/var/lib',
	'/var/log',
	'/var/cache',
	'/var/www',
	'/etc/default',
	'/etc/systemd',
	'/etc/ssl',
	'/lib/systemd',
	'/run/systemd',
	'/var/lib/dpkg',
	'/var/lib/apt',
]);

const toBytes = (content: Text | Uint8Array): Uint8Array =>
	content instanceof Uint8Array ? content : Buffer.from(reveal(content));
