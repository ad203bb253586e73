/** `setup rehearse FILE`: the same install by the same engine, for real, in a throw-away copy of this host, which then goes. */
import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {exportAnswers} from '#answers/file/export.ts';
import type {Loaded} from '#answers/file/load.ts';
import {resolveSecrets, secretsToHandOver} from '#answers/secrets/secrets.ts';
import type {Item} from '#engine/order.ts';
import {programRoot} from '#host/files/program-root.ts';
import {createReader} from '#host/reader.ts';
import type {Event, Listener} from '#model/event.ts';
import {printableJson} from '#model/printable.ts';
import {base} from '#rehearse/base.ts';
import {closeKept} from '#rehearse/network/guard.ts';
import {bring, programDir} from '#rehearse/program.ts';
import {openHost, type ThrowAway} from '#rehearse/throwaway.ts';
import {ndjson} from '#report/ndjson.ts';
import {rehearsalText} from '#report/rehearsal-text.ts';
import {runText} from '#report/run-text.ts';
import {stepTimes} from '#report/step-times.ts';
import {styleFor} from '#report/style.ts';
import {openStack} from '#tasks/open-stack.ts';
import type {Output} from '#tasks/output.ts';
import {prepareHost} from './needs.ts';
import {bindsFor, outgoingFor} from './reach.ts';

export type RehearseOptions = {
	readonly set: readonly string[];
	readonly format: 'text' | 'ndjson';
	readonly base?: string;
	readonly keep: boolean;
	readonly yes: boolean;
};

const answersInside = '/var/lib/host-setup/rehearsal.yaml';

/** Gives what the apply inside gave: 0, 1 or 130. Whatever happens, nothing stays mounted or running, unless --keep. */
export const rehearseCommand = async (file: string, options: RehearseOptions, out: Output): Promise<number> => {
	const {stack, loaded, items} = await openStack(file, options.set, createReader());
	await resolveSecrets(loaded, {mode: 'plan'});
	await prepareHost(options, out);
	const style = styleFor(out.stdout);
	const show: Listener =
		options.format === 'ndjson' ? ndjson(text => out.stdout.write(text)) : runText(out.stdout, style);
	const note = (line: string): void => show({type: 'note', line});
	const stop = new AbortController();
	const interrupt = (): void => stop.abort();
	process.once('SIGINT', interrupt).once('SIGTERM', interrupt).on('SIGHUP', interrupt);
	note(
		options.base === undefined
			? `Rehearsing ${stack.title} in a throw-away copy of this host: nothing here changes`
			: `Rehearsing ${stack.title} on a fresh ${options.base}: nothing here changes`,
	);
	const lower =
		options.base === undefined ? ('host' as const) : [await base(options.base, {onLine: line => note(`    ${line}`)})];
	const resources = await items();
	const host = await openHost({
		lower,
		keep: options.keep,
		network: {allow: outgoingFor(loaded)},
		unmask: unitsOf(resources),
		binds: [bring(programRoot()), ...(options.base === undefined ? [] : bindsFor(loaded))],
	});
	try {
		for (const unit of host.held)
			note(
				`${unit} holds data of this host: it stays off in the copy, and what needs it cannot be told there (--base RELEASE rehearses on a fresh system)`,
			);
		putAnswers(host, loaded, options.base !== undefined);
		const times = stepTimes();
		const code = await applyInside(
			host,
			loaded,
			event => {
				times.listen(event);
				show(event);
			},
			stop.signal,
			out,
		);
		const changes = await host.changes();
		if (options.format === 'ndjson')
			out.stdout.write(`${printableJson({type: 'rehearsal', code, steps: times.steps(), changes})}\n`);
		else out.stdout.write(rehearsalText({code, steps: times.steps(), changes}, style));
		// A note is one line: what would end it is shown, not obeyed.
		if (options.keep) {
			note(`It stays up. Enter it with:  ${host.shell().map(quoted).join(' ')}`);
			note(`Its address is ${host.address}; end it with:  setup rehearse --end ${host.name}`);
		}
		return stop.signal.aborted ? 130 : code;
	} finally {
		if (!options.keep) await host.close();
		process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', interrupt);
	}
};

/** Ends one that was kept. Gives 0. */
export const endRehearsal = async (name: string, out: Output): Promise<number> => {
	await closeKept(name);
	out.stdout.write(`${name} is gone.\n`);
	return 0;
};

/** The units that the plan itself starts, which therefore may start in a copy where all others are masked. */
const unitsOf = (items: readonly Item[]): readonly string[] =>
	items.flatMap(({resource}) =>
		(resource.provides ?? []).filter(thing => thing.startsWith('unit:')).map(thing => thing.slice('unit:'.length)),
	);

/** The answers with whole paths; on a base image the secret files they name come along, as private as they were. */
const putAnswers = (host: ThrowAway, loaded: Loaded, withFiles: boolean): void => {
	const put = (path: string): string => {
		mkdirSync(join(host.root, dirname(path)), {recursive: true, mode: 0o700});
		return join(host.root, path);
	};
	writeFileSync(put(answersInside), exportAnswers(loaded.stack, loaded.inputs), {mode: 0o600});
	if (!withFiles) return;
	for (const {ref} of loaded.secrets) if ('file' in ref) copyFileSync(ref.file, put(ref.file));
};

const applyInside = async (
	host: ThrowAway,
	loaded: Loaded,
	show: Listener,
	signal: AbortSignal,
	out: Output,
): Promise<number> => {
	const given = secretsToHandOver(loaded);
	const ran = await host.run(
		[`${programDir}/setup`, 'apply', answersInside, '--format', 'ndjson', '--remote', 'look', '--given-on-stdin'],
		{
			timeout: 4 * 3600_000,
			signal,
			stdin: JSON.stringify(Object.fromEntries(given)),
			onLine: line => {
				const event = parsed(line);
				if (event) show(event);
				else out.stderr.write(`${line}\n`);
			},
		},
	);
	return ran.code;
};

const parsed = (line: string): Event | undefined => {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null && 'type' in value ? (value as Event) : undefined;
	} catch {
		return undefined;
	}
};

/** A word as a shell takes it, for a line that the operator pastes. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
