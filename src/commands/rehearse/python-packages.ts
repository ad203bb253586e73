/**
 * The Python packages that answers ask for, found out by installing them in a throw-away host of the same release: requirements lie in a checkout, and what is
 * built asks for more while it is built.
 */
import {copyFile} from 'node:fs/promises';
import {join} from 'node:path';
import {resolveSecrets} from '#answers/secrets/secrets.ts';
import {programRoot} from '#host/files/own-program.ts';
import {outgoing} from '#host/outgoing/way-out.ts';
import {Fault} from '#model/fault.ts';
import {base as baseOf} from '#rehearse/base.ts';
import {bring} from '#rehearse/program.ts';
import {openHost, type ThrowAway} from '#rehearse/throwaway.ts';
import {runText} from '#report/run-text.ts';
import {styleFor} from '#report/style.ts';
import type {Opened} from '#tasks/open-stack.ts';
import type {Output} from '#tasks/output.ts';
import {uncovered} from './from-the-index.ts';
import {applyInside, putAnswers} from './inside.ts';
import {bindsFor, outgoingFor} from './reach.ts';
import {prepareHost} from './rehearsal-needs.ts';

export type PythonOptions = {
	/** A release, or a directory with a system. */
	readonly base: string;
	readonly yes: boolean;
};

/**
 * Puts every file that pip takes for these environments into `to`. Gives the names of the distribution's packages that the install brought. Throws Fault bundle.not-installed, bundle.not-covered, and those of a
 * throw-away host.
 */
export const gatherPython = async (
	{loaded, stack}: Opened,
	{directories, to, base, yes}: PythonOptions & {readonly directories: readonly string[]; readonly to: string},
	out: Output,
): Promise<readonly string[]> => {
	await resolveSecrets(loaded, {mode: 'plan'});
	await prepareHost({base, yes}, out);
	const show = runText(out.stderr, styleFor(out.stderr));
	show({
		type: 'note',
		line: `Installing ${stack.title} in a throw-away host: what pip takes there is put on the medium`,
	});
	const host = await openHost({
		lower: [await baseOf(base, {onLine: line => show({type: 'note', line: `    ${line}`})})],
		network: {allow: outgoingFor(loaded)},
		binds: [bring(programRoot()), ...bindsFor(loaded)],
	});
	try {
		putAnswers(host, loaded, true);
		const {pip} = outgoing();
		const code = await applyInside(host, loaded, {
			show,
			strange: line => out.stderr.write(`${line}\n`),
			words: ['--record-python', recorded, ...(pip === undefined ? [] : ['--python-index', pip])],
		});
		if (code !== 0)
			throw new Fault(
				'bundle.not-installed',
				`which Python packages the answers need is known only once they are installed, and in a throw-away host they were not: it ended with ${code}`,
				`Mend what is told above; \`setup rehearse FILE --base ${base}\` does the same, and --keep lets you look.`,
			);
		await take(host, directories, to);
		return (await host.changes()).packages.added.map(one => one.split(' ')[0]!);
	} finally {
		await host.close();
	}
};

const recorded = '/var/lib/host-setup/python-packages';

const take = async (host: ThrowAway, directories: readonly string[], to: string): Promise<void> => {
	const names = (await host.must(['find', recorded, '-type', 'f', '-not', '-name', '.*', '-printf', '%f\\0']))
		.split('\0')
		.filter(name => name !== '');
	const strangers = await uncovered(host, directories, names);
	if (strangers.length > 0)
		throw new Fault(
			'bundle.not-covered',
			`no medium can carry it yet: ${strangers.join('; ')}`,
			'Name packages of an index in the requirements, or files on the host.',
			{details: strangers},
		);
	// The directory is root's there, like all above it.
	for (const name of names) await copyFile(join(host.root, recorded, name), join(to, name));
};
