/** What is expected of a stack that an earlier setup installed, before it wrote that down: worked out from its answers, until its next apply. */
import {loadAnswers} from '#answers/file/load.ts';
import {expectsOf} from '#answers/resolve/expects.ts';
import type {Installed} from '#model/check.ts';
import type {Reader} from '#model/host.ts';
import {factsOf} from '../open-stack.ts';
import {findStack} from '../stacks/find.ts';

/** The same with `expects`; as it was where the stack is no longer known, or has changed so much that the answers no longer fit. */
export const withExpects = async (installed: Installed, reader: Reader): Promise<Installed> => {
	try {
		const stack = await findStack(installed.stack);
		const text = JSON.stringify({version: 1, stack: stack.id, ...installed.answers});
		const loaded = await loadAnswers({text}, stack, {facts: step => factsOf(step, reader)});
		return {...installed, expects: expectsOf(loaded)};
	} catch {
		return installed;
	}
};
