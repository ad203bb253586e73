/** What is looked at before the first question: doctor checks that the stack names, with their remedies. */
import {readDraft} from '#answers/interview/drafts.ts';
import {checks} from '#checks/index.ts';
import {rowsOf} from '#doctor/fold.ts';
import {type CheckRun, runChecks} from '#doctor/run.ts';
import type {Row} from '#doctor/types.ts';
import type {AnyCheck} from '#model/check.ts';
import type {Preflight} from '#ui/state/types.ts';
import {type Performer, stackOf} from './session.ts';

/** All at once; each is shown when it ends. */
export const preflight: Performer<'preflight'> = async ({stack: id}, session, send) => {
	const wanted = stackOf(session).preflight ?? [];
	const chosen = wanted.flatMap(name => checks.find(check => check.id === name) ?? []);
	const accepted = new Set((await readDraft(session.place.state, id))?.accepted ?? []);
	const rows = new Map<string, Preflight>(
		chosen.map(check => [
			check.id,
			{...titled(check), state: 'looking', line: '', commands: [], accepted: accepted.has(check.id)},
		]),
	);
	const tell = (): void => send({type: 'preflight', rows: [...rows.values()]});
	tell();
	session.reader.drop();
	await runChecks({
		checks: chosen,
		reader: session.reader,
		installed: [],
		now: Date.now(),
		onEnd: run => {
			rows.set(run.check.id, rowOf(run, accepted.has(run.check.id)));
			tell();
		},
	});
};

const titled = ({id, title}: AnyCheck): Pick<Preflight, 'id' | 'title'> => ({id, title});

/** The worst that a check found stands for it. */
const rowOf = (run: CheckRun, accepted: boolean): Preflight => {
	const rows = rowsOf([run]);
	const worst = ranks.flatMap(state => rows.find(row => row.state === state) ?? [])[0];
	return {
		...titled(run.check),
		state: states[worst?.state ?? 'unknown'],
		line: worst?.says ?? '',
		commands: (worst?.remedy?.commands ?? []).map(argv => argv.join(' ')),
		accepted,
		...(worst?.remedy && {remedy: worst.remedy.sentence}),
	};
};

const ranks: readonly Row['state'][] = ['fail', 'crash', 'warn', 'unknown', 'blocked', 'ok', 'na'];
const states: Readonly<Record<Row['state'], Preflight['state']>> = {
	ok: 'ok',
	warn: 'warn',
	fail: 'fail',
	unknown: 'unknown',
	na: 'na',
	blocked: 'unknown',
	crash: 'unknown',
};
