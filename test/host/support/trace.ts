/** Every program that another one starts, with all of its arguments: what sampling may miss. Needs strace inside. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {ThrowAway} from '#rehearse/throwaway.ts';

const log = '/root/trace';

export type Traced = {
	readonly code: number;
	readonly stdout: string;
	/** One for each execve that worked, arguments joined by spaces. */
	readonly started: readonly string[];
};

/** Runs it to its end under strace. */
export const tracedArguments = async (host: ThrowAway, argv: readonly string[]): Promise<Traced> => {
	const {code, stdout} = await host.run([
		'strace',
		'-f',
		'-qq',
		'--seccomp-bpf',
		'-e',
		'trace=execve',
		'-e',
		'signal=none',
		'-xx',
		'-s',
		'1000000',
		'-o',
		log,
		...argv,
	]);
	const lines = readFileSync(join(host.root, log), 'utf8').split('\n');
	return {code, stdout, started: lines.filter(line => / = 0$/.test(line)).map(argumentsIn)};
};

/** `123 execve("\x2f...", ["\x61", "\x62"], 0x7ffc /* 9 vars *\/) = 0` */
const argumentsIn = (line: string): string => {
	const list = /, \[(.*)\], /.exec(line)?.[1] ?? '';
	return [...list.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)]
		.map(([, hex = '']) => Buffer.from(hex.replaceAll('\\x', ''), 'hex').toString('utf8'))
		.join(' ');
};
