/** Breaks an installed host, thing by thing: what the plan sees of it, and whether the next apply mends it; for the drift tests of every stack. */
import type {ThrowAway} from '#rehearse/throwaway.ts';
import type {Breakage} from './breakages.ts';
import {applyIn, planIn} from './setup.ts';

/** What was not as it should be; nothing where each is seen as itself alone and mended. */
export const brokenAndMended = async (host: ThrowAway, breakages: readonly Breakage[]): Promise<readonly string[]> => {
	const wrong: string[] = [];
	for (const one of breakages) {
		wrong.push(...(await tried(host, one)).map(line => `${one.what}: ${line}`));
		// What is not mended would be seen with everything that comes after it.
		if (wrong.some(line => line.includes(notMended))) break;
	}
	return wrong;
};

const tried = async (host: ThrowAway, {breaks, sees, mends}: Breakage): Promise<readonly string[]> => {
	for (const {argv, stdin} of breaks) await host.must(argv, stdin === undefined ? {} : {stdin});
	const plan = await planIn(host);
	const wrong =
		[...plan.ids].sort().join() === [...sees].sort().join()
			? []
			: [`seen as ${plan.notOk.join('; ') || 'nothing'}, not as ${sees.join(', ')}`];
	if (mends !== undefined) {
		await host.must(mends);
		return wrong;
	}
	const applied = await applyIn(host);
	if (applied.code !== 0) return [...wrong, `${notMended}: ${applied.faults.join('; ')}`];
	const left = (await planIn(host)).notOk;
	return left.length === 0 ? wrong : [...wrong, `${notMended}: after apply still ${left.join('; ')}`];
};

const notMended = 'not mended';
