/** The backend reads two files at every request; with a comma too many it answers nothing, and with the guide's placeholder no instance starts. */

import {textOf} from '#host/files/text-of.ts';
import {noOpenslides, openslidesPlace} from '#host/openslides/backend.ts';
import {ifTold, isSeen, see, there} from '#host/see.ts';
import {accounts} from '#host/system/accounts.ts';
import {mayRead} from '#host/trust/beyond-rights.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Unknown} from '#model/unknown.ts';
import {podman, rkt, type Store} from './images.ts';
import {parseJson} from './json.ts';

const writeHash: Remedy = {
	sentence: 'Write the hash that rkt fetch printed (rkt image list --full shows it) into its line image.',
};

const kinds = defineKinds({
	missing: {
		state: 'fail',
		says: 'is not there',
		remedy: {sentence: 'Create it as the guide shows it, owned by openslides.'},
	},
	closed: {
		state: 'fail',
		example: {user: 'openslides', path: '/srv/openslides/versions/domains.json'},
		says: ({user}) => `the backend runs as ${user}, which may not read it: it answers 500`,
		remedy: ({user, path}) => ({
			sentence: `Give it back to ${user}; where a directory above is closed to it, open that.`,
			commands: [
				['chown', user, path],
				['chmod', 'u+r', path],
			],
		}),
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
	notInPodman: {
		state: 'fail',
		says: 'podman does not have its image',
		remedy: {
			sentence:
				'Apply the answers again, which bring it; or bring it yourself (podman load, podman pull) and write its id into openslides_versions.json.',
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
		'rkt image list, or podman image list where setup put it in its place: which images are in the store',
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
				readList(
					host,
					facts.place.unit?.user,
					`${directory}/${name}`,
					name === 'domains.json' ? ['id', 'domain'] : ['id', 'name', 'image'],
				),
			),
		);
		// Where no instance can be made, no image is used: that is told of the unit.
		const used = facts.place.unit?.apiOnly ? [] : versions!.list;
		const store = facts.place.unit?.podman ? podman : rkt;
		const images = used.length > 0 ? await see(() => store.images(host)) : undefined;
		return findings([
			versions!.finding,
			domains!.finding,
			...used.map(one => imageFinding(store, one, `${directory}/openslides_versions.json`, images)),
		]);
	},
});

type Entry = Readonly<Record<string, unknown>>;
type FilesFinding = FoundOf<typeof kinds>;
type List = {readonly finding: FilesFinding; readonly list: readonly Entry[]};

const readList = async (
	host: Reader,
	user: string | undefined,
	path: string,
	keys: readonly string[],
): Promise<List> => {
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
	const account = user === undefined ? undefined : (await host.fact(accounts)).users.get(user);
	if (account !== undefined && account.uid !== 0 && (await ifTold(() => mayRead(host, path, account.uid))) === false)
		return {
			finding: {
				item,
				is: 'closed',
				data: {user: account.name, path},
				expected,
				layers: {file: {value: `not for ${account.name}`, where: path}},
			},
			list: [],
		};
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

/** What a version says of its image, and whether the store has it. */
const imageFinding = (
	store: Store,
	{id, image}: Entry,
	where: string,
	images: Seen | Unknown | undefined,
): FilesFinding => {
	const name = store.nameIn(String(image));
	const wrong = store.wrong(name);
	const has = isSeen(images) ? store.has(images.value as readonly string[], name) : undefined;
	return {
		item: `version ${String(id)}`,
		is: wrong ?? (has === false ? store.lacks : 'ok'),
		expected: store.expected,
		layers: {
			file: {value: name, where},
			...(wrong === undefined &&
				images !== undefined && {
					runtime: isSeen(images) ? {value: has ? store.there : store.gone, where: images.where} : images,
				}),
		},
	};
};
