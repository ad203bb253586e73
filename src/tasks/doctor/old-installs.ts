/** What is expected of a stack that an earlier setup installed, before it wrote that down: worked out from its answers, until its next apply. */

import {askedOf} from '#answers/questions/secret-question.ts';
import {expectsOf} from '#answers/resolve/expects.ts';
import {type Settled, settleGiven} from '#answers/resolve/resolve-answers.ts';
import type {Installed} from '#model/check.ts';
import type {Reader} from '#model/host.ts';
import {factsOf} from '../open-stack.ts';
import {findStack} from '../stacks/find.ts';

/**
 * The same with `expects`: of every step whose answers, and those of what it uses, still fit; the others say nothing, rather than
 * what a default would make of them. As it was where the stack is no longer known.
 */
export const withExpects = async (installed: Installed, reader: Reader): Promise<Installed> => {
	try {
		const stack = await findStack(installed.stack);
		const settled = await settleGiven(stack, installed.answers, step => factsOf(step, reader));
		const fitting = new Set(settled.filter(one => isAnswered(one, installed)).map(({step}) => step.id));
		const told = settled.filter(({step, found}) => [step.id, ...found.from].every(id => fitting.has(id)));
		return {
			...installed,
			expects: expectsOf({
				stack: {...stack, steps: told.map(({step}) => step)},
				answers: new Map(told.map(({step, output}) => [step.id, output])),
				uses: new Map(told.map(({step, found}) => [step.id, found.uses])),
				secrets: told.flatMap(({boxes}) => boxes).map(({name, secret}) => ({name, secret, ref: askedOf(secret)!.ref})),
			}),
		};
	} catch {
		return installed;
	}
};

/** A step that the stack has only had since then is not installed. */
const isAnswered = ({step, output, found}: Settled, {answers}: Installed): boolean =>
	Object.hasOwn(answers, step.id) && output !== undefined && found.known;
