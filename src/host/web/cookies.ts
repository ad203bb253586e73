/** The few cookies a login needs: one site, one sitting, names and values only. */

export type CookieJar = {
	keep(headers: readonly string[]): void;
	header(): string | undefined;
	value(name: string): string | undefined;
};

export const createCookieJar = (): CookieJar => {
	const cookies = new Map<string, string>();
	return {
		keep(headers) {
			for (const header of headers) {
				const [, name, value] = /^\s*([^=;\s]+)=([^;]*)/.exec(header) ?? [];
				if (name === undefined || value === undefined) continue;
				if (value === '' || /;\s*max-age=0\s*(;|$)/i.test(header)) cookies.delete(name);
				else cookies.set(name, value.trim());
			}
		},
		header: () => (cookies.size === 0 ? undefined : [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')),
		value: name => cookies.get(name),
	};
};
