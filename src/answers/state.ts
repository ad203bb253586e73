/** What the wizard and `status` remember between logins: the answers so far, how far the operator came, what is installed. No secret is ever in it, only references. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {z} from 'zod';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';
import {Fault} from '#model/fault.ts';

/** Keys of a later setup with the same version are kept as they are. */
const answersSoFar = z.looseObject({
	/** Step id -> section in input form. */
	answers: z.record(z.string(), z.json()),
	/** `step.key` -> where the answer came from. */
	provenance: z.record(z.string(), z.string()),
});

const draft = answersSoFar.extend({
	stack: z.string(),
	/** The step the operator is at. */
	step: z.string().optional(),
	/** The question there, by path. */
	question: z.string().optional(),
	/** Steps the operator has gone through. */
	passed: z.array(z.string()).optional(),
	/** `step.probe` of probes that were gone past. */
	unproven: z.array(z.string()).optional(),
	savedAt: z.iso.datetime(),
});

const installed = answersSoFar.extend({
	stack: z.string(),
	run: z.string(),
	at: z.iso.datetime(),
	outcome: z.enum(['done', 'failed', 'interrupted']),
	/** What its steps tell the doctor to expect, by check id. */
	expects: z.record(z.string(), z.array(z.json())).optional(),
	/** sha256 of the answers in input form. */
	digest: z.string(),
	/** What apply pinned, by step: the commit of a checkout, the version of a build. */
	pinned: z.record(z.string(), z.string()),
});

const state = z.looseObject({
	schemaVersion: z.literal(1),
	/** By stack id: a wizard that was left can be continued. */
	drafts: z.record(z.string(), draft),
	installed: z.record(z.string(), installed),
});

export type State = z.output<typeof state>;
export type Draft = z.output<typeof draft>;

/** Where state is kept on a host. */
export const stateDirectory = '/var/lib/host-setup';

export const emptyState: State = {schemaVersion: 1, drafts: {}, installed: {}};

/** The state in a directory; an empty one when there is no file. Throws Fault 'state.unreadable', 'state.corrupt' or 'state.newer' and leaves the file alone. */
export const readState = async (directory: string): Promise<State> => {
	const path = join(directory, 'state.json');
	const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return undefined;
		throw new Fault('state.unreadable', `${path} cannot be read (${error.code}).`, 'Run setup as root.', {
			cause: error,
		});
	});
	if (text === undefined) return emptyState;
	const data = parsed(text);
	const version = (data as {schemaVersion?: unknown} | null | undefined)?.schemaVersion;
	if (typeof version === 'number' && version > 1)
		throw new Fault(
			'state.newer',
			`${path} was written by a newer setup (version ${version}; this one knows 1).`,
			'Use the newer setup, or move the file away to start without what it remembers.',
		);
	const checked = state.safeParse(data);
	if (checked.success) return checked.data;
	const where =
		data === undefined ? 'It is not JSON.' : `Wrong at ${checked.error.issues[0]?.path.join('.') || 'its top'}.`;
	throw new Fault(
		'state.corrupt',
		`${path} does not hold what setup wrote there. ${where}`,
		'Put it back from a backup, or move it away: the host itself and the journal are not touched by that, only the answers so far are forgotten.',
	);
};

/** Changes the state by a pure function and gives the new one, on disk when this returns. Calls of one process wait for each other. */
export const updateState = async (directory: string, change: (before: State) => State): Promise<State> => {
	const turn = (turns.get(directory) ?? Promise.resolve())
		.catch(() => {})
		.then(async () => {
			const after = state.parse(change(await readState(directory)));
			await makeOwnDirectory(directory);
			await writeOwnFile(join(directory, 'state.json'), `${JSON.stringify(after, null, '\t')}\n`, 0o600);
			return after;
		});
	turns.set(directory, turn);
	return turn;
};

/** What was undone is not installed any more; left out, nothing is. */
export const forgetInstalled = async (directory: string, stacks?: readonly string[]): Promise<void> => {
	const gone = (stack: string): boolean => stacks?.includes(stack) ?? true;
	const {installed} = await readState(directory);
	if (!Object.keys(installed).some(gone)) return;
	await updateState(directory, before => ({
		...before,
		installed: Object.fromEntries(Object.entries(before.installed).filter(([stack]) => !gone(stack))),
	}));
};

const turns = new Map<string, Promise<unknown>>();

const parsed = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};
