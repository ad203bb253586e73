/** What is looked at before the first question: what the stack needs of a host, as the plan will look at it; and doctor checks that it names, which only tell. */

import {at} from '#answers/interview/visible-questions.ts';
import {checks} from '#checks/index.ts';
import {rowsOf} from '#doctor/fold.ts';
import {type CheckRun, runChecks} from '#doctor/run-checks.ts';
import type {Row} from '#doctor/types.ts';
import {after} from '#host/system/patience.ts';
import {refuseSilentNames} from '#host/units/silent-names.ts';
import {faultData} from '#model/fault.ts';
import {preflightLooks} from '#resources/preflight/looks.ts';
import type {Preflight} from '#ui/state/types.ts';
import {type Performer, type Session, stackOf} from './session.ts';

/** All at once; each is shown when it ends. */
export const preflight: Performer<'preflight'> = async (_effect, session, send) => {
	const {needs, preflight: named = []} = stackOf(session);
	const looks = needs === undefined ? [] : preflightLooks;
	const chosen = named.flatMap(name => checks.find(check => check.id === name) ?? []);
	const accepted = acceptedOf(session);
	const rows = new Map<string, Preflight>(
		[...looks.map(({name, title}) => ({id: name, title})), ...chosen.map(({id, title}) => ({id, title}))].map(row => [
			row.id,
			{...row, state: 'looking', line: '', commands: [], accepted: accepted.includes(row.id)},
		]),
	);
	const ended = (row: Preflight): void => {
		rows.set(row.id, row);
		send({type: 'preflight', rows: [...rows.values()]});
	};
	send({type: 'preflight', rows: [...rows.values()]});
	session.reader.drop();
	await Promise.all([
		...looks.map(async ({name: id, title, remedy, look}) => {
			const row = {id, title, commands: [], accepted: accepted.includes(id)};
			try {
				const {state, lines} = await look(needs!, session.reader);
				ended({...row, state, line: lines.join('; '), ...(state !== 'ok' && state !== 'na' && {remedy})});
			} catch (error) {
				ended({...row, state: 'unknown', line: faultData(error).sentence});
			}
		}),
		runChecks({
			beforeAs: refuseSilentNames,
			after,
			checks: chosen,
			reader: session.reader,
			installed: [],
			now: Date.now(),
			onEnd: run => ended(rowOf(run)),
		}),
	]);
};

/** What the answers accept by name. */
export const acceptedOf = (session: Session): readonly string[] => {
	const {needs} = stackOf(session);
	const accepted = needs && at(session.given, needs.accept.split('.'));
	return Array.isArray(accepted) ? accepted.map(String) : [];
};

/** The worst that a check found stands for it. What it finds stops nothing: the plan looks at what it needs. */
const rowOf = (run: CheckRun): Preflight => {
	const rows = rowsOf([run]);
	const worst = ranks.flatMap(state => rows.find(row => row.state === state) ?? [])[0];
	return {
		id: run.check.id,
		title: run.check.title,
		state: states[worst?.state ?? 'unknown'],
		line: worst?.says ?? '',
		commands: (worst?.remedy?.commands ?? []).map(argv => argv.join(' ')),
		accepted: false,
		...(worst?.remedy && {remedy: worst.remedy.sentence}),
	};
};

const ranks: readonly Row['state'][] = ['fail', 'crash', 'warn', 'unknown', 'blocked', 'ok', 'na'];
const states: Readonly<Record<Row['state'], Preflight['state']>> = {
	ok: 'ok',
	warn: 'warn',
	fail: 'warn',
	unknown: 'unknown',
	na: 'na',
	blocked: 'unknown',
	crash: 'unknown',
};
