/** Where `setup` installed the stack, its own plan says what was changed by hand since. */

import {type AnyCheck, defineCheck, type Installed} from '#model/check.ts';
import {findings} from '#model/finding.ts';
import type {Resource} from '#model/resource.ts';
import {type Found, kindsOver} from './drift-kinds.ts';
import type {DoctorPlace} from './place.ts';

/** `stack.drift`. It loads the stacks only when it is run and something is installed. */
export const driftCheck = (place: DoctorPlace, installed: readonly Installed[]): AnyCheck => {
	const mending = new Map<string, readonly Resource[]>();
	const owners = new Map<string, string>();
	const kinds = kindsOver(mending);
	const stacks = installed.map(({stack}) => stack);
	return defineCheck({
		id: 'stack.drift',
		title: 'What setup installed is as it was installed',
		why: 'A setting that was edited by hand works until the next apply puts it back, and until then nobody knows that the host is not what its answers say.',
		reads: ['the answers in /var/lib/host-setup/state.json', 'everything that setup plan looks at'],
		severity: 'warn',
		layers: ['file'],
		source: 'host-setup, setup plan',
		verify: 'setup plan FILE says that nothing is to change.',
		deadline: 60_000,
		kinds,
		appliesTo: () => installed.length > 0 || 'setup installed nothing here',
		async inspect({host}) {
			const found: (readonly Found[])[] = [];
			const {drifted} = await import('./drifted.ts');
			for (const one of installed) found.push(await drifted(one, place, host, {mending, owners}));
			return findings(found.flat(), {
				is: 'ok',
				expected: stacks,
				layers: {file: {value: stacks, where: 'the plan of its answers'}},
			});
		},
	});
};
