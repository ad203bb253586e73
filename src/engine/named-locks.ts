/** Locks by name inside one run (apt, systemd, nss, path:REAL). Taken in sorted order, so two nodes can never wait for each other. */
export type NamedLocks = {take(names: readonly string[]): Promise<() => void>};

export const createNamedLocks = (): NamedLocks => {
	const tails = new Map<string, Promise<void>>();
	const one = async (name: string): Promise<() => void> => {
		const earlier = tails.get(name) ?? Promise.resolve();
		const {promise, resolve} = Promise.withResolvers<void>();
		tails.set(
			name,
			earlier.then(() => promise),
		);
		await earlier;
		return resolve;
	};
	return {
		async take(names) {
			const held: (() => void)[] = [];
			for (const name of [...new Set(names)].sort()) held.push(await one(name));
			return () => {
				for (const release of held) release();
			};
		},
	};
};
