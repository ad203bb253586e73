/** The true plan for the review, and the answers as a file for the next host. */

import {exportWithSecrets} from '#answers/file/export-secrets.ts';
import {resolveSecrets} from '#answers/secrets/secrets.ts';
import {makePlan, type Plan, type PlanNode} from '#engine/plan.ts';
import {folded} from '#engine/unpaid.ts';
import {showUnknown} from '#model/unknown.ts';
import {openStack} from '#tasks/open-stack.ts';
import type {PlanLine, PlanSummary} from '#ui/state/types.ts';
import {look, type Performer, type Session, stackOf, writeAnswers} from './session.ts';

/** The effect `plan`: looks at everything, changes nothing. */
export const plan: Performer<'plan'> = async (_effect, session, send) => {
	send({type: 'planned', plan: summaryOf(await planNow(session))});
};

/** The plan of the answers so far, read anew. */
export const planNow = async (session: Session): Promise<Plan> => {
	session.reader.drop();
	await look(session);
	const opened = await openStack(await writeAnswers(session), [], session.reader);
	await resolveSecrets(opened.loaded, {store: session.place.secrets, mode: 'plan'});
	session.plan = await makePlan(await opened.items(), session.reader);
	return session.plan;
};

const summaryOf = (made: Plan): PlanSummary => {
	const moving = made.nodes.filter(({look: {state}}) => state === 'change' || state === 'unknown');
	const packages = moving.filter(({resource}) => resource.type === 'apt-packages').flatMap(changesOf);
	const removed = packages.filter(({key, to}) => key === 'package' && to === null);
	const installed = packages.filter(({key, to}) => key === 'package' && to !== null);
	return {
		lines: made.nodes.map(lineOf),
		counts: made.counts,
		restarts: folded(moving.flatMap(({resource}) => resource.owes ?? [])).map(({unit}) =>
			unit.replace(/\.service$/, ''),
		),
		facts: [
			...(installed.length > 0
				? [
						`${installed.length} packages asked for, ${removed.length === 0 ? 'none removed' : `removed: ${removed.map(({item}) => item).join(', ')}`}`,
					]
				: []),
			...packages.filter(({key}) => key !== 'package').map(change => `${change.what}: ${String(change.to)}`),
		],
	};
};

const changesOf = ({look: seen}: PlanNode): PlanLine['changes'] =>
	seen.state === 'change' ? seen.changes : seen.state === 'unknown' ? seen.expected : [];

const lineOf = (node: PlanNode): PlanLine => {
	const {step, resource, look: seen} = node;
	return {
		id: resource.id,
		step,
		title: resource.title ?? resource.id,
		state: seen.state,
		changes: changesOf(node),
		...(seen.state === 'unknown' && {why: showUnknown(seen.why)}),
		...(seen.state === 'failed' && {why: seen.fault.sentence, hint: seen.fault.hint}),
	};
};

/** The effect `export`. */
export const exportFile: Performer<'export'> = async ({path, secrets}, session, send) => {
	const {inputs = {}} = await look(session);
	const exported = await exportWithSecrets(stackOf(session), inputs, {path, secrets, state: session.place.state});
	session.exported = exported.path;
	send({type: 'exported', lines: exported.lines});
};
