/** JSON lines over a stream: one value a line, whatever the chunks are. */
export type Decoder = {
	/** The values whose lines ended in this chunk. Throws RangeError when one line grows beyond the limit, SyntaxError for what is not JSON. */
	take(chunk: Uint8Array): readonly unknown[];
};

const longest = 4 * 1024 * 1024;

/** `limit` in bytes: a peer that never ends its line must not fill the memory. */
export const decoder = (limit = longest): Decoder => {
	let rest = Buffer.alloc(0);
	return {
		take(chunk) {
			const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
			const end = bytes.lastIndexOf(10) + 1;
			rest = bytes.subarray(end);
			if (rest.length > limit) throw new RangeError(`a line of more than ${limit} bytes`);
			return bytes
				.subarray(0, end)
				.toString('utf8')
				.split('\n')
				.filter(line => line !== '')
				.map(line => JSON.parse(line) as unknown);
		},
	};
};

export const encode = (value: unknown): string => `${JSON.stringify(value)}\n`;
