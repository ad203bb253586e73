/** The machine that may be changed, as one node of a run sees it: what it does is told to the run's events, and drops what was known of the host. */

import {join, normalize} from 'node:path';
import type {Event} from '#model/event.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {printable} from '#model/printable.ts';
import {reveal, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {protectApt} from './apt/protect.ts';
import {noteDraft} from './files/leftover-drafts.ts';
import {stash, unstash} from './files/stash.ts';
import {writeFault} from './files/write-fault.ts';
import {giveAway, heldDirectory, makeDirectory, makeLink, moveName, removeName} from './owned/change.ts';
import {removeTreeAt} from './owned/remove-tree.ts';
import {replaceFile} from './owned/replace.ts';
import {noteChild} from './programs/children.ts';
import {programShown} from './programs/program-shown.ts';
import {programFault, runProgram, shown} from './programs/run-program.ts';
import type {PassReader} from './reader.ts';
import {redact} from './secrets/redact.ts';
import type {Foreign} from './self-test/self-test.ts';
import {idsOf} from './system/ids.ts';
import {mayTest} from './trust/test-command.ts';
import {serve} from './units/service.ts';

export type LiveOptions = {
	readonly reader: PassReader;
	/** /var/lib/host-setup, or where `--state` says. */
	readonly state: string;
	/** The node at work. */
	readonly id: string;
	readonly emit: (event: Event) => void;
	/** Milliseconds for a program that says nothing of its own time. */
	readonly deadline?: number;
	/** What is done with a service whose files others may write. Default 'refused'. */
	readonly foreign?: Foreign;
};

/** Long enough for every build and migration that was seen, and an end for what never ends: 6 hours. apt alone has none. */
const programDeadline = 6 * 3_600_000;

/** A Host for one node. Everything it does drops the facts of the pass, before and after. */
export const createHost = ({reader, state, id, emit, deadline = programDeadline, foreign}: LiveOptions): Host => {
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

	const host: Host = {
		root: reader.root,
		fact: fact => reader.fact(fact),
		read: (path, options) => reader.read(path, options),
		stat: (path, options) => reader.stat(path, options),
		list: path => reader.list(path),
		query: (argv, options) => reader.query(argv, options),
		probe: (argv, options) => reader.probe(argv, options),
		exec: (argv, options = {}) =>
			acting(async () => {
				const {apt = false, onLine, ...rest} = options;
				emit({type: 'node-program', id, ...programShown(argv, options)});
				const timeout = options.timeout ?? (apt ? undefined : deadline);
				const ran = await runProgram(argv, {
					...rest,
					...(timeout !== undefined && {timeout}),
					lastWords: true,
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
					if (options.timeout === undefined && error instanceof Blocked && error.why.because === 'timeout')
						throw neverEnds(argv, deadline);
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
		serve: (act, unit, options) => serve(act, unit, host, {...options, ...(foreign && {foreign})}),
		replace: (path, text, options) =>
			acting(async () => {
				if (options.checkAfter) await mayTest(reader, options.checkAfter);
				await replaceFile(path, toBytes(text), options, {
					stashed: async old => void (await stash(stashDirectory, old)),
					noted,
				});
			}, path),
		mkdir: (path, {mode, owner}) => acting(async () => makeDirectory(path, mode, await idsOf(owner)), path),
		symlink: (path, target, {owner, was}) =>
			acting(
				async () => makeLink(path, target, {noted, was, ...(owner !== undefined && {owner: await idsOf(owner)})}),
				path,
			),
		own: (path, {mode, owner, was}) =>
			acting(
				async () =>
					giveAway(path, {...(owner !== undefined && (await idsOf(owner))), ...(mode !== undefined && {mode})}, was),
				path,
			),
		remove: (path, {was}) => acting(() => removeName(path, was), path),
		removeTree: (path, {was}) =>
			acting(async () => {
				if (
					normalize(path)
						.split('/')
						.filter(part => part !== '').length < 2 ||
					shared.has(normalize(path))
				)
					throw new TypeError(`refusing to remove ${path}`);
				await removeTreeAt(path, was);
			}, path),
		rename: (from, to, {was}) => acting(() => moveName(from, to, was), to),
		held: (path, use, {was}) => acting(() => heldDirectory(path, was, use), path),
		act: (_what, change) => acting(change),
		stash: content => stash(stashDirectory, toBytes(content)),
		unstash: hash => unstash(stashDirectory, hash),
		forget: () => reader.drop(),
		progress: (done, of) => emit({type: 'node-progress', id, done, of}),
		say,
	};
	return host;
};

const neverEnds = (argv: readonly string[], deadline: number): Fault =>
	new Fault(
		'program.too-long',
		`${shown(argv)} did not end within ${deadline >= 3_600_000 ? `${deadline / 3_600_000} hours` : `${deadline / 1000} s`}, and was ended`,
		'Run it by hand to see what it waits for; then run the same command again.',
	);

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
