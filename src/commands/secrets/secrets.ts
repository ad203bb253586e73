/** `setup secrets list | show | set | rotate`: what was generated can be seen, and changed on the live system. */
import {createReader} from '#host/reader.ts';
import {Fault} from '#model/fault.ts';
import {printable} from '#model/printable.ts';
import {installedSecrets, secretNamed, valueOf} from '#tasks/installed-secrets.ts';
import {keptBefore} from '#tasks/kept-secret.ts';
import type {Output} from '#tasks/output.ts';
import {placeOf} from '#tasks/state-place.ts';
import {changeSecret} from './change-secret.ts';
import type {SecretsOptions} from './secrets-options.ts';

/** Every name, what it is, and where it lies; no value. Gives 0. */
export const listSecrets = async (options: Pick<SecretsOptions, 'state'>, out: Output): Promise<number> => {
	needsRoot();
	const place = placeOf(options.state);
	const all = await installedSecrets(place, createReader());
	const open = await keptBefore(place.state);
	for (const {name, stack, secret, lies} of all) {
		const where = lies.in === 'store' ? 'generated' : lies.in === 'typed' ? 'typed, kept by setup' : lies.at;
		const half =
			open?.key === `${stack}/${secret.name}` ? '  (a change of it was cut off: set or rotate it again)' : '';
		out.stdout.write(`${printable(`${name.padEnd(30)} ${secret.title}: ${where}${half}`)}\n`);
	}
	if (all.length === 0) out.stdout.write('Nothing is installed here that has a secret.\n');
	return 0;
};

/** The value alone. Throws Fault secrets.no-terminal in a pipe without --reveal. Gives 0, or 1 where there is no value yet. */
export const showSecret = async (name: string, options: SecretsOptions, out: Output): Promise<number> => {
	needsRoot();
	if (out.stdout.isTTY !== true && !options.reveal)
		throw new Fault(
			'secrets.no-terminal',
			'a secret is shown on a terminal only',
			'Add --reveal where a program shall read it.',
		);
	const place = placeOf(options.state);
	const value = await valueOf(secretNamed(name, await installedSecrets(place, createReader())), place);
	if (value === undefined) {
		out.stderr.write(`${name} was not generated yet: the install makes it.\n`);
		return 1;
	}
	out.stdout.write(`${value}\n`);
	return 0;
};

/** Another value, typed twice (or one line of stdin), on the live system. Gives what the run gives. */
export const setSecret = (name: string, options: SecretsOptions, out: Output): Promise<number> =>
	changed(name, 'typed', options, out);

/** Another value, generated, on the live system. */
export const rotateSecret = (name: string, options: SecretsOptions, out: Output): Promise<number> =>
	changed(name, 'generated', options, out);

const changed = async (
	name: string,
	how: 'typed' | 'generated',
	options: SecretsOptions,
	out: Output,
): Promise<number> => {
	needsRoot();
	const place = placeOf(options.state);
	const one = secretNamed(name, await installedSecrets(place, createReader()));
	return changeSecret({one, how, ...options}, out);
};

const needsRoot = (): void => {
	if (process.getuid?.() !== 0)
		throw new Fault('secrets.needs-root', 'only root may see or change the secrets of this host', 'Run it with sudo.');
};
