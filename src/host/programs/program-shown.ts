/** A program as it may be told: for a shell in the same directory, as the same user, with the same environment but its secrets. */
import type {ProgramOptions} from '#model/host.ts';
import {hasSecret} from '#model/secret.ts';
import {redact} from '../secrets/redact.ts';

export type ProgramShown = {
	readonly argv: readonly string[];
	readonly cwd?: string;
	readonly as?: string;
	readonly env: Readonly<Record<string, string>>;
};

/** A variable that holds a secret, in a box or as plain text, is left out. */
export const programShown = (argv: readonly string[], {cwd, as, env = {}}: ProgramOptions): ProgramShown => ({
	argv: argv.map(redact),
	...(cwd !== undefined && {cwd}),
	...(as !== undefined && as !== 'root' && {as}),
	env: Object.fromEntries(
		Object.entries(env).flatMap(([name, value]) => {
			if (typeof value !== 'string' && hasSecret(value)) return [];
			const plain = typeof value === 'string' ? value : value.join('');
			return redact(plain) === plain ? [[name, plain]] : [];
		}),
	),
});
