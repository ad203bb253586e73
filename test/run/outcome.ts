/** What came of one test, whoever ran it. Nothing else is counted, so that no total can be made up. */
export type Outcome = {
	readonly name: string;
	readonly state: 'passed' | 'failed' | 'skipped';
	readonly milliseconds: number;
	/** Of a skipped test: what it needed. Of a failed one: why, where its own output does not say. */
	readonly note?: string;
};
