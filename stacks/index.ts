/** The stacks by id, each loaded when it is asked for. */
import type {Stack} from '#model/step.ts';

export const stacks: Readonly<Record<string, () => Promise<Stack>>> = {
	ipynbsrv: async () => (await import('./ipynbsrv.ts')).ipynbsrv,
};
