/** What a run needs from who starts it and nobody else may read: environment (a proxy's address may hold a password) and secrets, as files that go once they were read. */
import {mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {childEnvironment} from '#host/programs/environment.ts';
import type {FaultData} from '#model/fault.ts';

export type Handover = {
	readonly directory: string;
	/** systemd's EnvironmentFile. */
	readonly environment: string;
	/** What the run reads as stdin; undefined for nothing. */
	readonly stdin: string | undefined;
	/** The fault with which the run could not begin, once it told. */
	fault(): FaultData | undefined;
	remove(): void;
};

const hour = 3600_000;

/** Writes the files, 0600 in a 0700 directory. */
export const handOver = (
	directory: string,
	environment: Readonly<Record<string, string>>,
	stdin: string | undefined,
): Handover => {
	removeOld(dirname(directory));
	mkdirSync(directory, {recursive: true, mode: 0o700});
	const put = (name: string, text: string): string => {
		writeFileSync(join(directory, name), text, {mode: 0o600, flag: 'wx'});
		return join(directory, name);
	};
	return {
		directory,
		environment: put('env', environmentFile(environment)),
		stdin: stdin === undefined ? undefined : put('stdin', stdin),
		fault() {
			try {
				return JSON.parse(readFileSync(join(directory, 'fault'), 'utf8')) as FaultData;
			} catch {
				return undefined;
			}
		},
		remove: () => rmSync(directory, {recursive: true, force: true}),
	};
};

/** Ours without what the terminal is about: PATH, locale, proxies, authorities, the library that our Node may need, and who called sudo, whose files it may be handed. */
export const environmentOf = (added: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
	...childEnvironment(),
	...Object.fromEntries(
		Object.entries(process.env).flatMap(([name, value]) =>
			['LD_LIBRARY_PATH', 'SUDO_USER'].includes(name) && value ? [[name, value]] : [],
		),
	),
	...added,
});

/** As `man systemd.exec` has it: in double quotes, four characters are escaped. */
export const environmentFile = (environment: Readonly<Record<string, string>>): string =>
	Object.entries(environment)
		.map(([name, value]) => `${name}="${value.replace(/["\\$`]/g, '\\$&')}"\n`)
		.join('');

/** A starter that was killed left them. */
const removeOld = (directory: string): void => {
	for (const name of list(directory)) {
		const path = join(directory, name);
		if (Date.now() - (statSync(path, {throwIfNoEntry: false})?.mtimeMs ?? 0) > hour)
			rmSync(path, {recursive: true, force: true});
	}
};

const list = (directory: string): readonly string[] => {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
};
