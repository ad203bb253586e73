/** Options that several commands have, so that each means the same and is said in the same words everywhere. */
import {InvalidArgumentError, Option} from 'commander';

// biome-ignore lint/suspicious/noExplicitAny: commander hands over its parsed options as any
export type Run = (command: (...args: any[]) => Promise<number>) => (...args: unknown[]) => void;

export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export const count = (value: string): number => {
	if (!/^[1-9]\d{0,2}$/.test(value)) throw new InvalidArgumentError('It must be a number from 1 to 999.');
	return Number(value);
};

export const many = (value: string): number => {
	if (!/^\d{1,5}$/.test(value)) throw new InvalidArgumentError('It must be a number from 0 to 99999.');
	return Number(value);
};

export const format = (...choices: readonly [string, ...string[]]): Option =>
	new Option('--format <format>', 'how to write it').choices(choices).default(choices[0]);
export const sets = (): Option =>
	new Option('--set <step.key=value>', 'override an answer; may be repeated')
		.default([] as readonly string[])
		.argParser(collect);
export const bundle = (): Option =>
	new Option('--bundle <medium>', 'fetch from this medium (setup bundle), and from nowhere else');
export const detach = (): Option => new Option('--detach', 'run it apart from this terminal: setup attach watches it');
export const ownSession = (): Option =>
	new Option('--own-session', 'detach without systemd, even where it runs').implies({detach: 'session'}).hideHelp();
export const state = (): Option => new Option('--state <dir>', 'where state is kept (default /var/lib/host-setup)');
