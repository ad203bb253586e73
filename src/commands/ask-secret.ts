/** Asks for a secret at the terminal without showing it, for answers that say {prompt: true}. */
import {createInterface} from 'node:readline';
import {Writable} from 'node:stream';
import {text as readAll} from 'node:stream/consumers';
import type {Ask} from '#answers/secrets/secrets.ts';
import {Fault} from '#model/fault.ts';

/** Asks until the value does. Ctrl-C and the end of input are Fault answers.no-secret. */
export const askSecret: Ask = async ({name, title, problem}) => {
	for (;;) {
		const value = await unseen(`${title} (${name}): `, name);
		const why = problem(value);
		if (why === undefined) return value;
		process.stderr.write(`${why}\n`);
	}
};

/** What a program wrote to stdin, without its line end; undefined at a terminal. */
export const givenOnStdin = async (): Promise<string | undefined> =>
	process.stdin.isTTY ? undefined : (await readAll(process.stdin)).replace(/\r?\n$/, '');

const unseen = (question: string, name: string): Promise<string> =>
	new Promise((resolve, reject) => {
		process.stderr.write(question);
		const reader = createInterface({
			input: process.stdin,
			output: new Writable({write: (_chunk, _encoding, done) => done()}),
			terminal: true,
		});
		const stop = (): void => {
			process.stderr.write('\n');
			reader.close();
		};
		reader.once('line', line => {
			reader.removeAllListeners('close');
			stop();
			resolve(line);
		});
		reader.once('SIGINT', () => reader.close());
		reader.once('close', () =>
			reject(
				new Fault(
					'answers.no-secret',
					`${name} was not given`,
					'Answer it at the terminal, or refer to a file, an environment variable or a credential in the answers.',
				),
			),
		);
	});
