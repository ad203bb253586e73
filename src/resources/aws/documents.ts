/** Policies and their like, compared by what they mean: AWS gives them back with other blanks, another order, and a list of one as its one. */

export type Statement = Readonly<Record<string, unknown>> & {readonly Sid: string};

/** True where both mean the same. */
export const sameDocument = (one: unknown, other: unknown): boolean => plain(one) === plain(other);

/** The same where both are JSON; what is none is nobody's. */
export const sameText = (one: string | null, other: string | null): boolean =>
	one === null || other === null ? one === other : sameDocument(parsed(one), parsed(other));

export const policyOf = (statements: readonly Statement[]): string =>
	JSON.stringify({Version: '2012-10-17', Statement: statements});

/** The policy with these statements in it; others', by their Sid, stay. */
export const withStatements = (policy: string | null, ours: readonly Statement[]): string => {
	const others = statementsOf(policy).filter(one => !ours.some(({Sid}) => Sid === one['Sid']));
	return JSON.stringify({
		...(parsed(policy ?? '{}') as object),
		Version: '2012-10-17',
		Statement: [...others, ...ours],
	});
};

export const holdsStatements = (policy: string | null, ours: readonly Statement[]): boolean =>
	ours.every(one => statementsOf(policy).some(other => sameDocument(one, other)));

const statementsOf = (policy: string | null): readonly Readonly<Record<string, unknown>>[] => {
	if (policy === null) return [];
	const {Statement: all = []} = parsed(policy) as {readonly Statement?: unknown};
	return (Array.isArray(all) ? all : [all]) as readonly Readonly<Record<string, unknown>>[];
};

const parsed = (text: string): unknown => {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? value : {};
	} catch {
		return {};
	}
};

const plain = (value: unknown): string => JSON.stringify(sorted(value));

const sorted = (value: unknown): unknown => {
	if (Array.isArray(value))
		return value.length === 1 ? sorted(value[0]) : value.map(sorted).toSorted((a, b) => order(plain(a), plain(b)));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.toSorted(([a], [b]) => order(a, b))
			.map(([key, one]) => [key, sorted(one)]),
	);
};

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
