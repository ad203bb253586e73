/** What the doctor remembers is read by hand: the library that checks answers takes longer to load than the checks to run. */

export type Fields = Readonly<Record<string, unknown>>;

/** A JSON object, or undefined for anything else. */
export const parseObject = (text: string): Fields | undefined => {
	try {
		return objectOf(JSON.parse(text));
	} catch {
		return undefined;
	}
};

export const objectOf = (value: unknown): Fields | undefined =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
