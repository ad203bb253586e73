/** restic, asked and told: the one program that opens the store. What it says of a repository that does not open becomes a fault that names the cause. */
import {Fault} from '#model/fault.ts';
import type {Host, Ran, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {lastLines} from '../programs/run-program.ts';
import {type Repository, resticArgv, resticOptions} from './repository.ts';
import {type Shown, withView} from './tree-view.ts';

/** Milliseconds for a question: a repository elsewhere may be slow, and one that never answers is no backup. */
const patience = 300_000;

/** Asks it something and gives its stdout. Throws Fault backup.*. */
export const askRestic = async (host: Reader, repository: Repository, words: readonly string[]): Promise<string> => {
	const ran = await asked(host, repository, words);
	if (ran.code === 0) return ran.stdout;
	throw resticFault(repository, `${ran.stdout}\n${ran.stderr}`, ran.code);
};

const asked = async (host: Reader, repository: Repository, words: readonly string[]): Promise<Ran> => {
	try {
		return await host.probe(resticArgv(repository, words), {...resticOptions(repository), timeout: patience});
	} catch (error) {
		throw startFault(error, repository);
	}
};

/** Has it do something, with `shown` to see (view.ts); its lines go to the events. Throws Fault backup.*. */
export const tellRestic = async (
	host: Host,
	repository: Repository,
	words: readonly string[],
	{
		shown = [],
		onLine,
		codes,
	}: {
		readonly shown?: readonly Shown[];
		readonly onLine?: (line: string) => void;
		readonly codes?: readonly number[];
	} = {},
): Promise<void> => {
	const last: string[] = [];
	try {
		await host.exec(withView(shown, resticArgv(repository, words)), {
			...resticOptions(repository),
			...(codes && {codes}),
			onLine(line) {
				last.push(line);
				if (last.length > 20) last.shift();
				onLine?.(line);
			},
		});
	} catch (error) {
		if (error instanceof Fault && error.code === 'program.failed')
			throw resticFault(
				repository,
				[...last, ...error.details].join('\n'),
				Number(/\d+$/.exec(error.sentence)?.[0] ?? 1),
			);
		throw startFault(error, repository);
	}
};

/** What can be said of why it could not be asked at all. */
const startFault = (error: unknown, {place}: Repository): unknown => {
	if (error instanceof Fault && error.code === 'program.missing') return noRestic();
	if (!(error instanceof Blocked)) return error;
	if (error.why.because === 'no-tool') return noRestic();
	return error.why.because === 'timeout'
		? new Fault(
				'backup.no-answer',
				`the repository ${place} gave no answer within ${patience / 60_000} minutes`,
				'See whether its host is up and reached from here; then run the same command again.',
			)
		: error;
};

const noRestic = (): Fault =>
	new Fault('backup.no-restic', 'restic is not installed on this host', 'Install it: apt-get install restic.');

/** Its words, sorted. Exported for its test. */
export const resticFault = ({place}: Pick<Repository, 'place'>, words: string, ended = 1): Fault => {
	const details = lastLines(words, 8);
	const {code, says, hint} = known.find(({when}) => when.test(words)) ?? {
		code: 'backup.restic',
		says: () => `restic ended with ${ended}: ${details.at(-1) ?? 'without a word'}`,
		hint: 'Its last lines are below; mend the cause and run the same command again.',
	};
	return new Fault(code, says(place), hint, {details});
};

type Known = {
	readonly when: RegExp;
	readonly code: string;
	readonly says: (place: string) => string;
	readonly hint: string;
};

const known: readonly Known[] = [
	{
		when: /^view: /m,
		code: 'backup.no-view',
		says: () => 'trees of the application could not be shown to restic without following links',
		hint: 'A kernel from 5.10 on is needed, or the tree was swapped while setup looked; the last line says which.',
	},
	{
		when: /wrong password or no key found/,
		code: 'backup.password',
		says: place => `the repository ${place} does not open with the password that setup has`,
		hint: 'Give it the right one: setup backup init --to REPOSITORY --password-file FILE.',
	},
	{
		when: /No space left on device|ENOSPC|Disk quota exceeded/i,
		code: 'backup.no-room',
		says: place => `no room is left for the backup in ${place}`,
		hint: 'Free some space there, or keep fewer snapshots (setup backup forget); then run it again: it goes on.',
	},
	{
		when: /repository is already locked/,
		code: 'backup.locked',
		says: place => `somebody else works on the repository ${place}`,
		hint: 'Wait for them. Where nobody does any more (a run was killed): restic unlock.',
	},
	{
		when: /ciphertext verification failed|does not match|invalid data returned|blob .* not found|repository contains errors|not found in index/i,
		code: 'backup.damaged',
		says: place => `the repository ${place} is damaged: what it gives is not what was saved`,
		hint: 'Make a new backup in another place first. docs/backup.md says what restic can still save of this one.',
	},
	{
		when: /unable to open config file|Is there a repository at/,
		code: 'backup.no-repository',
		says: place => `there is no repository at ${place}`,
		hint: 'See whether its disk is mounted or its server reached; setup backup init makes a new one.',
	},
];
