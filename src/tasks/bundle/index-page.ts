/** A page of an index of Python packages (PEP 503) read, and one written that names other places: of its anchors the file, its sum, and for whom it is. */

export type Link = {
	/** Where the file is. */
	readonly url: string;
	/** The file's name. */
	readonly name: string;
	readonly sha256?: string;
	/** Attributes that tell pip whether it may take it, as they stand. */
	readonly about: readonly string[];
};

/** The files of this page of `base`; anything else is left out. */
export const linksOf = (page: string, base: string): readonly Link[] =>
	[...page.matchAll(/<a\s([^>]{1,8000})>/gi)].flatMap(([, attributes = '']) => {
		const href = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes);
		const url = URL.parse(unescaped(href?.[1] ?? href?.[2] ?? ''), base);
		if (url === null || !/^https?:$/.test(url.protocol)) return [];
		const name = decoded(url.pathname.split('/').at(-1) ?? '');
		if (!fileName.test(name)) return [];
		const sum = /^#sha256=([0-9a-f]{64})$/.exec(url.hash)?.[1];
		url.hash = '';
		const about = ['data-requires-python', 'data-yanked'].flatMap(word => {
			const found = new RegExp(`(?:^|\\s)(${word}(?:\\s*=\\s*"[^"]*")?)(?=\\s|$)`, 'i').exec(attributes)?.[1];
			return found === undefined ? [] : [found];
		});
		return [{url: url.href, name, ...(sum !== undefined && {sha256: sum}), about}];
	});

/** The same files at `/files/NUMBER/NAME`, numbered from `first`. */
export const pageOf = (links: readonly Link[], first: number): string =>
	[
		'<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.0"></head><body>',
		...links.map(({name, sha256, about}, n) => {
			const sum = sha256 === undefined ? '' : `#sha256=${sha256}`;
			const href = `href="/files/${first + n}/${encodeURIComponent(name)}${sum}"`;
			return `<a ${[href, ...about].join(' ')}>${name}</a><br>`;
		}),
		'</body></html>\n',
	].join('\n');

/** A wheel or a source archive, with nothing in its name that leads elsewhere. */
const fileName = /^[A-Za-z0-9_][A-Za-z0-9._+~-]*\.(?:whl|tar\.gz|tar\.bz2|tar\.xz|tgz|zip)$/;

const decoded = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return '';
	}
};

const unescaped = (text: string): string =>
	text
		.replaceAll('&quot;', '"')
		.replaceAll('&#39;', "'")
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&amp;', '&');
