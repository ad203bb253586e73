/** The backend reads two files at every request; with a comma too many it answers nothing, and with the guide's placeholder no instance starts. */

import {textOf} from '#host/files/text-of.ts';
import {noOpenslides, openslidesPlace} from '#host/openslides/place.ts';
import {isSeen, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';

const writeHash: Remedy = {
	sentence: 'Write the hash that rkt fetch printed (rkt image list --full shows it) into its line image.',
};

const kinds = defineKinds({
	missing: {
		state: 'fail',
		says: 'is not there',
		remedy: {sentence: 'Create it as the guide shows it, owned by openslides.'},
	},
	wrong: {
		state: 'fail',
		example: {says: 'is no list', where: '/srv/openslides/versions/domains.json'},
		says: ({says}) => says,
		remedy: ({where}) => ({sentence: `Mend what is named here (${where}); the guide shows the file whole.`}),
	},
	notInStore: {
		state: 'fail',
		says: 'its image is not in the store of rkt',
		remedy: {
			sentence:
				'Fetch it again (rkt fetch --insecure-options=image docker://openslides/openslides:TAG) and write the hash that it prints into openslides_versions.json.',
		},
	},
	placeholder: {state: 'fail', says: 'still has the placeholder of the guide', remedy: writeHash},
	noHash: {state: 'fail', says: 'has no hash of rkt (sha512-…)', remedy: writeHash},
});

export const check = defineCheck({
	id: 'openslides.files',
	title: 'Versions and domains are valid, and each version has its image',
	why: 'The backend reads openslides_versions.json and domains.json at every request. A version needs the hash that rkt printed when it fetched the image, and the image must still be in its store: rkt gc and a new fetch take it away.',
	reads: [
		'openslides_versions.json and domains.json in the directory of --versions-meta-dir (/srv/openslides/versions)',
		'rkt image list: which images are in the store',
	],
	severity: 'fail',
	layers: ['file'],
	source:
		'OpenSlides guide, "Configure OpenSlides backend directories and configuration files" and "Retrieve Docker images"',
	verify: 'json_pp < /srv/openslides/versions/openslides_versions.json; rkt image list',
	facts: {place: openslidesPlace},
	kinds,
	appliesTo: ({facts}) => (facts.place !== 'absent' ? there(facts, ['place']) : noOpenslides),
	async inspect({host, facts}) {
		const {versions: directory} = facts.place;
		const [versions, domains] = await Promise.all(
			['openslides_versions.json', 'domains.json'].map(name =>
				readList(host, `${directory}/${name}`, name === 'domains.json' ? ['id', 'domain'] : ['id', 'name', 'image']),
			),
		);
		const images = versions!.list.length > 0 ? await see(() => imagesOf(host)) : undefined;
		return findings([
			versions!.finding,
			domains!.finding,
			...versions!.list.map(one => imageFinding(one, `${directory}/openslides_versions.json`, images)),
		]);
	},
});

type Entry = Readonly<Record<string, unknown>>;
type FilesFinding = FoundOf<typeof kinds>;
type List = {readonly finding: FilesFinding; readonly list: readonly Entry[]};

const readList = async (host: Reader, path: string, keys: readonly string[]): Promise<List> => {
	const item = path.slice(path.lastIndexOf('/') + 1);
	const expected = `a list of entries with ${keys.join(', ')}`;
	const fail = (says: string, where = path): List => ({
		finding: {item, is: 'wrong', data: {says, where}, expected, layers: {file: {value: says, where}}},
		list: [],
	});
	const read = await see(async () => ({value: (await textOf(host, path)) ?? null, where: path}));
	if (!isSeen(read)) return {finding: {item, is: 'ok', expected, layers: {file: read}}, list: []};
	if (typeof read.value !== 'string') {
		const says = 'is not there';
		return {finding: {item, is: 'missing', expected, layers: {file: {value: says, where: path}}}, list: []};
	}
	const parsed = parseJson(read.value);
	if ('broken' in parsed)
		return fail(`is no JSON: ${parsed.broken}`, parsed.line === undefined ? path : `${path}:${parsed.line}`);
	const wrong = problemsIn(parsed.value, keys);
	if (wrong !== undefined) return fail(wrong);
	const list = parsed.value as readonly Entry[];
	return {
		finding: {
			item,
			is: 'ok',
			expected,
			layers: {file: {value: list.map(one => String(one['name'] ?? one['domain'])), where: path}},
		},
		list,
	};
};

/** The value, or what is wrong with the line of it. */
export const parseJson = (
	text: string,
): {readonly value: unknown} | {readonly broken: string; readonly line?: number} => {
	try {
		return {value: JSON.parse(text) as unknown};
	} catch (error) {
		const words = (error as SyntaxError).message;
		const position = /at position (\d+)/.exec(words)?.[1];
		const line =
			position === undefined
				? (/line (\d+)/.exec(words)?.[1] ?? (/end of JSON/.test(words) ? text.split('\n').length : undefined))
				: text.slice(0, Number(position)).split('\n').length;
		// What stands in the file is not repeated.
		return {
			broken: words.replace(/,? ?\.\.\..*$|, ".*$| in JSON at position.*$/s, ''),
			...(line !== undefined && {line: Number(line)}),
		};
	}
};

const problemsIn = (value: unknown, keys: readonly string[]): string | undefined => {
	if (!Array.isArray(value)) return 'is no list';
	if (value.length === 0) return 'is empty';
	for (const [at, one] of (value as readonly unknown[]).entries()) {
		const entry = typeof one === 'object' && one !== null ? (one as Entry) : {};
		const missing = keys.find(key => typeof entry[key] !== 'string' || entry[key] === '');
		if (missing !== undefined) return `entry ${at + 1} has no ${missing}`;
	}
	const ids = (value as readonly Entry[]).map(({id}) => id);
	const twice = ids.find((id, at) => ids.indexOf(id) !== at);
	return twice === undefined ? undefined : `the id ${String(twice)} is there twice`;
};

const imageFinding = ({id, image}: Entry, where: string, images: Seen | Unknown | undefined): FilesFinding => {
	const name = String(image);
	const valid = /^sha512-[0-9a-f]{32,128}$/.test(name);
	const there = isSeen(images)
		? (images.value as readonly string[]).some(one => one.startsWith(name) || name.startsWith(one))
		: undefined;
	const is = valid ? (there === false ? 'notInStore' : 'ok') : name.includes('<<') ? 'placeholder' : 'noHash';
	return {
		item: `version ${String(id)}`,
		is,
		expected: 'the hash of an image that is there',
		layers: {
			file: {value: name, where},
			...(valid &&
				images !== undefined && {
					runtime: isSeen(images) ? {value: there ? 'in the store' : 'not in the store', where: images.where} : images,
				}),
		},
	};
};

const imagesOf = async (host: Reader): Promise<Seen> => {
	const {code, stdout, stderr} = await host.probe(['rkt', 'image', 'list', '--full', '--no-legend', '--fields=id'], {
		timeout: 4000,
	});
	if (code !== 0)
		throw new Blocked({
			because: 'unreadable',
			need: `rkt image list: ${stderr.trim().split('\n').at(-1) ?? `it ended with ${code}`}`,
		});
	return {value: parseImages(stdout), where: 'rkt image list'};
};

/** One id on each line. */
export const parseImages = (text: string): readonly string[] =>
	text.split('\n').flatMap(line => /\bsha512-[0-9a-f]+/.exec(line)?.[0] ?? []);
