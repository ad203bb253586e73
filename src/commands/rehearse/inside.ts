/** The install in a throw-away host: by the same program, from the same answers, its secrets handed over by a pipe and its events read back. */
import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {exportAnswers} from '#answers/file/export.ts';
import type {Loaded} from '#answers/file/load.ts';
import {secretsToHandOver} from '#answers/secrets/secrets.ts';
import type {Event, Listener} from '#model/event.ts';
import {programDir} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';

type Inside = {
	readonly show: Listener;
	readonly signal?: AbortSignal;
	/** Gets what is no event: a fault's own words. */
	readonly strange: (line: string) => void;
	/** More options of `setup apply`. */
	readonly words?: readonly string[];
};

const answersInside = '/var/lib/host-setup/rehearsal.yaml';

/** The answers with whole paths; on a base image the secret files they name come along, as private as they were. */
export const putAnswers = (host: ThrowAway, loaded: Loaded, withFiles: boolean): void => {
	const put = (path: string): string => {
		mkdirSync(join(host.root, dirname(path)), {recursive: true, mode: 0o700});
		return join(host.root, path);
	};
	writeFileSync(put(answersInside), exportAnswers(loaded.stack, loaded.inputs), {mode: 0o600});
	if (!withFiles) return;
	for (const {ref} of loaded.secrets) if ('file' in ref) copyFileSync(ref.file, put(ref.file));
};

/** Installs there from the answers that were put. Gives what the apply gave. */
export const applyInside = async (
	host: ThrowAway,
	loaded: Loaded,
	{show, signal, strange, words = []}: Inside,
): Promise<number> => {
	const given = secretsToHandOver(loaded);
	const ran = await host.run(
		[
			`${programDir}/setup`,
			'apply',
			answersInside,
			'--format',
			'ndjson',
			'--remote',
			'look',
			'--given-on-stdin',
			...words,
		],
		{
			timeout: 4 * 3600_000,
			...(signal && {signal}),
			stdin: JSON.stringify(Object.fromEntries(given)),
			onLine: line => {
				const event = parsed(line);
				if (event) show(event);
				else strange(line);
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
