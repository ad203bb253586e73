/**
 * What pip is given: the files that its user reads by itself, copies of those that only root may read, and what stands in the answers as text.
 * A line for a name that an earlier file has becomes a constraint: pip up to 20.3, the last for Python 2.7, refuses the same name twice. What an exact pin of
 * a file forbids takes its place in a copy: a limit cannot overrule `==`, and the tree stays as it was published.
 */
import {dirname, join, resolve} from 'node:path';
import {sha256} from '#host/files/stash.ts';
import {accountOf} from '#host/system/accounts.ts';
import {isRoots, trust} from '#host/trust/who-may-write.ts';
import type {Host} from '#model/host.ts';
import {clear} from '../shared/clear.ts';
import {readAs} from '../shared/read-as.ts';
import {plainName} from './distributions.ts';
import {parseRequirements, readRequirements} from './requirements.ts';

export type Asked = {
	/** Absolute paths. */
	readonly requirements: readonly string[];
	readonly constraints: readonly string[];
	/** Lines of a requirements file. */
	readonly packages: readonly string[];
	/** Lines of a constraints file. */
	readonly pins: readonly string[];
	/** Lines that stand for those of the same name in the requirements files. */
	readonly replaced: readonly string[];
};

/** Calls `use` with the arguments for `pip install`, none where nothing is asked; what was copied for the user is gone afterwards. */
export const handOver = async (
	host: Host,
	user: string,
	{requirements, constraints, packages, pins, replaced}: Asked,
	use: (args: readonly string[]) => Promise<void>,
): Promise<void> => {
	const {gid} = await accountOf(host, user);
	const place = `/run/host-setup-pip-${sha256(JSON.stringify([user, requirements, packages])).slice(0, 12)}`;
	const owner = `0:${gid}`;
	const put = async (name: string, text: string): Promise<string> => {
		const path = join(place, name);
		await host.replace(path, [text], {was: 'absent', mode: 0o640, owner});
		return path;
	};
	const all: Copying = {host, user, put, replaced};
	await clear(host, place);
	await host.mkdir(place, {mode: 0o750, owner});
	try {
		const kept: string[] = [...pins];
		const files: string[] = [];
		const texts: string[] = [];
		for (const path of requirements) {
			const {here, text} = await copied(all, path, kept, texts);
			files.push(here);
			texts.push(...text);
		}
		const {install, keep} = withoutDoubles(packages, texts);
		kept.push(...keep);
		const limits: string[] = [];
		for (const path of constraints) limits.push((await copied({...all, replaced: []}, path)).here);
		if (kept.length > 0) limits.push(await put('pins.txt', `${kept.join('\n')}\n`));
		await use(
			files.length + install.length === 0
				? []
				: [
						...files.flatMap(path => ['--requirement', path]),
						...limits.flatMap(path => ['--constraint', path]),
						...install,
					],
		);
	} finally {
		await clear(host, place);
	}
};

/** Lines that name what `before` names already are limits for it, and nothing to install. A line with extras asks for more, and stays. Pure. */
export const withoutDoubles = (
	lines: readonly string[],
	before: readonly string[],
): {readonly install: readonly string[]; readonly keep: readonly string[]} => {
	const known = new Set(before.flatMap(parseRequirements).map(({name}) => plainName(name)));
	const isDouble = (line: string): boolean => {
		const [one, ...more] = parseRequirements(line);
		return one !== undefined && more.length === 0 && !line.includes('[') && known.has(plainName(one.name));
	};
	return {install: lines.filter(line => !isDouble(line)), keep: lines.filter(isDouble)};
};

type Copying = {
	readonly host: Host;
	readonly user: string;
	readonly put: (name: string, text: string) => Promise<string>;
	readonly replaced: readonly string[];
};

/** A copy for the user of a file that is root's alone or has lines to replace, with what it includes; any other is read by the user, with the user's rights. */
const copied = async (
	all: Copying,
	path: string,
	kept?: string[],
	before: readonly string[] = [],
): Promise<{readonly here: string; readonly text: readonly string[]}> => {
	const {host, user, put, replaced} = all;
	const whole = isRoots((await host.fact(trust))(path))
		? textOf(await host.read(path, {most: 1024 * 1024}))
		: replaced.length > 0
			? await readAs(host, user, path)
			: undefined;
	if (whole === undefined) return {here: path, text: (await readRequirements(host, [path])) ?? []};
	const texts: string[] = [];
	const lines: string[] = [];
	for (const line of withReplaced(whole, replaced).split('\n')) {
		const [, option, file] = /^\s*(-r|-c|--requirement|--constraint)[\s=]+(\S+)/.exec(line) ?? [];
		if (option === undefined || file === undefined || /^\w+:\/\//.test(file)) {
			lines.push(line);
			continue;
		}
		const inner = await copied(all, resolve(dirname(path), file));
		lines.push(`${option} ${inner.here}`);
		texts.push(...inner.text);
	}
	const {install, keep} = kept === undefined ? {install: lines, keep: []} : withoutDoubles(lines, before);
	kept?.push(...keep);
	texts.push(install.join('\n'));
	return {here: await put(`${sha256(path).slice(0, 12)}.txt`, `${install.join('\n')}\n`), text: texts};
};

const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('utf8');

/** The text of a requirements file with lines in the place of those for the same name, whatever bounds or address these have. Pure. */
export const withReplaced = (text: string, replaced: readonly string[]): string =>
	replaced.length === 0
		? text
		: text
				.split('\n')
				.map(line => {
					const name = nameIn(line);
					return replaced.find(one => name !== undefined && nameIn(one) === name) ?? line;
				})
				.join('\n');

/** `psycopg2==2.6.1`, `Pillow[webp] >= 3`, `django-environ@git+https://…`; undefined for options, comments and bare addresses. */
const nameIn = (line: string): string | undefined => {
	const [, name] = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\]\s*)?(?:[<>=!~@;#]|$)/.exec(line) ?? [];
	return name === undefined ? undefined : plainName(name);
};
