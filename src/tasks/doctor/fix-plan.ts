/** What a repair would do, as a plan and for the eye. */
import {mendingOf} from '#doctor/mend.ts';
import type {Row} from '#doctor/types.ts';
import {makePlan, type Plan, type PlanNode} from '#engine/plan.ts';
import {createReader} from '#host/reader.ts';
import {oneLine} from '#report/doctor/row-words.ts';
import {planText} from '#report/plan-text.ts';
import {styleFor} from '#report/style.ts';
import type {Output} from '../output.ts';
import type {Looked} from './look.ts';
import {restartLast} from './restart-last.ts';

/** What mends the findings, and what of it cannot be planned: a check whose repair lacks something does not hold up the others. */
export const planFor = async (
	{runs}: Looked,
	broken: readonly Row[],
): Promise<{readonly plan: Plan; readonly failed: readonly PlanNode[]}> => {
	const keys = new Set(broken.map(row => row.key));
	const items = mendingOf(runs, key => keys.has(key));
	const reader = createReader();
	const whole = await makePlan(items, reader);
	const failed = whole.nodes.filter(node => node.look.state === 'failed');
	const nodes = onceEach(whole.nodes).filter(node => !failed.some(({step}) => step === node.step));
	return {plan: await makePlan(restartLast(nodes), reader), failed};
};

/** The units that it restarts, starts or stops. */
export const unitsOf = ({nodes}: Plan): readonly string[] => {
	const all = nodes
		.filter(({look}) => look.state !== 'ok')
		.flatMap(({resource: {owes = [], provides = []}}) => [
			...owes.map(({unit}) => unit),
			...provides.flatMap(thing => (thing.startsWith('unit:') ? [thing.slice('unit:'.length)] : [])),
		]);
	return [...new Set(all)];
};

/** Two findings may ask for the very same thing. */
const onceEach = (nodes: readonly PlanNode[]): readonly PlanNode[] => {
	const seen = new Set<string>();
	return nodes.filter(({resource, look}) => {
		const act = JSON.stringify([
			resource.type,
			resource.title ?? resource.id,
			look.state === 'change' ? look.changes : resource.id,
		]);
		if (seen.has(act)) return false;
		seen.add(act);
		return true;
	});
};

/** With its diffs, and what restarts. */
export const showPlan = (plan: Plan, out: Output, onStdout: boolean): void => {
	const stream = onStdout ? out.stdout : out.stderr;
	const style = styleFor(stream);
	stream.write(planText(plan, 'To mend what was found', {style, diffs: true, verbose: false}));
	const owed = new Map(
		plan.nodes
			.filter(node => node.look.state !== 'ok')
			.flatMap(({resource}) => resource.owes ?? [])
			.map(debt => [`${debt.do} ${debt.unit}`, debt]),
	);
	for (const line of owed.keys()) stream.write(`${style.yellow('then')} ${line}\n`);
};

/** What is left to the operator, before anything is asked. */
export const tellUnmendable = (
	broken: readonly Row[],
	failed: readonly PlanNode[],
	tell: (line: string) => void,
): void => {
	for (const row of broken.filter(one => !one.fixable))
		tell(
			`${oneLine(`by hand: ${row.key}: ${row.says}`)}${row.remedy ? `\n         ${oneLine(row.remedy.sentence)}` : ''}`,
		);
	for (const {step, look} of failed)
		if (look.state === 'failed')
			tell(`${oneLine(`cannot be mended: ${step}: ${look.fault.sentence}`)}\n         ${oneLine(look.fault.hint)}`);
};
