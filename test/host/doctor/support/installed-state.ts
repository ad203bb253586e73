/** The state that `setup apply` left behind before it wrote down what to expect, for checks whose expectation comes from the answers. */

/** `answers`: by step, in input form; steps left out tell the doctor nothing. */
export const installedState = (answers: Readonly<Record<string, unknown>>): unknown => ({
	schemaVersion: 1,
	drafts: {},
	installed: {
		ipynbsrv: {
			stack: 'ipynbsrv',
			run: 'r1',
			at: '2026-01-01T00:00:00.000Z',
			outcome: 'done',
			digest: 'x',
			pinned: {},
			provenance: {},
			answers,
		},
	},
});
