/**
 * A secret changed on the live system, through the very resources that installed it: role, entry, settings, account, restarts, and the proofs
 * at the end. The old value is kept until they have passed, and is put back everywhere when one fails.
 */
import {generatedLength, newSecret, secretFault} from '#answers/secrets/secret-value.ts';
import {createReader} from '#host/reader.ts';
import {Fault} from '#model/fault.ts';
import {type InstalledSecret, openInstalled, putValue, valueOf} from '#tasks/installed-secrets.ts';
import {forgetBefore, forgetProofs, keepBefore, keptBefore} from '#tasks/kept-secret.ts';
import type {Output} from '#tasks/output.ts';
import {placeOf} from '#tasks/state-place.ts';
import {applyOpened} from '../apply.ts';
import {askSecret, givenOnStdin} from '../ask-secret.ts';
import type {SecretsOptions} from './secrets-options.ts';

type Change = SecretsOptions & {readonly one: InstalledSecret; readonly how: 'typed' | 'generated'};

/** Gives 0 when the new value is in use and proven, 1 when the old one is again, 130 when it was stopped (the same command goes on). */
export const changeSecret = async ({one, how, state, format}: Change, out: Output): Promise<number> => {
	const place = placeOf(state);
	const before = await valueOf(one, place);
	if (before === undefined)
		throw new Fault('secrets.not-yet', `${one.name} was not generated yet`, 'Install first: setup apply makes it.');
	const value = how === 'generated' ? generated(one) : await typed(one);
	const key = `${one.stack}/${one.secret.name}`;
	const run = async (prepare: () => Promise<void>): Promise<number> => {
		const reader = createReader();
		const opened = await openInstalled(one.stack, place, reader);
		return applyOpened(
			opened,
			{
				what: `setup secrets ${how === 'generated' ? 'rotate' : 'set'} ${one.name}`,
				again: 'Run the same command again: it begins anew.',
				reader,
				prepare,
			},
			{set: [], format, ...(state !== undefined && {state})},
			out,
		);
	};
	let begun = false;
	const code = await run(async () => {
		// The first of them is the one that the system has for certain.
		const kept = await keptBefore(place.state);
		if (kept !== undefined && kept.key !== key)
			throw new Fault(
				'secrets.half-changed',
				`a change of ${kept.key} was cut off`,
				`Change that one again first: setup secrets rotate ${kept.key}.`,
			);
		if (kept === undefined) await keepBefore(place.state, key, before);
		begun = true;
		await putValue(one, value, place);
		await forgetProofs(place.state, one.stack);
	}).catch((error: unknown) => {
		if (!begun) throw error;
		out.stderr.write(`${error instanceof Fault ? error.sentence : String(error)}\n`);
		return 1;
	});
	if (code === 0) {
		await forgetBefore(place.state);
		out.stderr.write(`${one.name} is another one now, and what uses it was seen to work.\n`);
		return 0;
	}
	if (code === 130) return code;
	const old = (await keptBefore(place.state))?.value ?? before;
	out.stderr.write(`${one.name}: a proof failed, so the value before comes back.\n`);
	const back = await run(async () => {
		await putValue(one, old, place);
		await forgetProofs(place.state, one.stack);
	});
	if (back === 0) await forgetBefore(place.state);
	out.stderr.write(
		back === 0
			? `${one.name} is what it was before; everything that uses it works.\n`
			: `${one.name}: the value before is in the store again, but the run that puts it back failed; setup apply goes on.\n`,
	);
	return 1;
};

const generated = ({secret}: InstalledSecret): string =>
	newSecret(generatedLength('secret' in secret.ref ? secret.ref.length : undefined, secret.limits));

/** Twice at a terminal, unseen; else one line of stdin. Never an argument: those are everybody's to read. */
const typed = async ({name, secret}: InstalledSecret): Promise<string> => {
	const problem = (value: string): string | undefined => secretFault(value, secret.limits);
	const given = await givenOnStdin();
	if (given === undefined) {
		const first = await askSecret({name, title: secret.title, problem});
		const same = (value: string): string | undefined => (value === first ? undefined : 'It is not the same.');
		await askSecret({name, title: `${secret.title}, the same again`, problem: same});
		return first;
	}
	const why = problem(given);
	if (why === undefined) return given;
	throw new Fault(
		'secrets.unfit',
		`the new value of ${name} ${why}`,
		'Give it as one line on stdin, or at a terminal.',
	);
};
