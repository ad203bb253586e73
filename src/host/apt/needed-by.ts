/** Who runs from the files of some packages: services by their program or by a library that they have mapped, and programs that belong to no package. */
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {procLines} from '../system/proc-text.ts';
import {isContained, type Process, processTable, programOf, serviceOf} from '../system/process-table.ts';
import {packages} from './packages.ts';

export type Needed = {
	/** The service, or the program where it belongs to none. */
	readonly unit: string;
	readonly program: string;
	/** Of the packages asked for. */
	readonly names: readonly string[];
	/** No package has this program: it was built or copied here. */
	readonly built: boolean;
};

/** One for each service and program, in the order of their names. Only root sees all of them. */
export const neededBy = async (host: Reader, names: readonly string[]): Promise<readonly Needed[]> => {
	const owners = await ownersOf(host, names);
	if (owners.size === 0) return [];
	const found = new Map<string, Needed>();
	for (const one of (await host.fact(processTable)).values()) {
		const program = isContained(one) || one.cgroup.includes('/user.slice/') ? undefined : programOf(one.pid);
		if (program === undefined) continue;
		const mapped = mappedBy(one).flatMap(file => owners.get(plain(file)) ?? []);
		if (mapped.length === 0) continue;
		const unit = serviceOf(one) ?? program;
		const known = found.get(`${unit} ${program}`);
		const all = [...new Set([...(known?.names ?? []), ...mapped])].sort();
		found.set(`${unit} ${program}`, {unit, program, names: all, built: isBuilt(program)});
	}
	return [...found.values()].toSorted((a, b) => (a.unit < b.unit ? -1 : 1));
};

/** Where no package of the distribution puts programs. */
const isBuilt = (program: string): boolean => /^\/(usr\/local|opt|srv|home|root|var\/lib)\//.test(program);

/** Each file that can be run or linked to, with its package. */
const ownersOf = async (host: Reader, names: readonly string[]): Promise<ReadonlyMap<string, string>> => {
	const {all} = await host.fact(packages);
	const lists = await Promise.all(
		names.map(async name => {
			const info = `/var/lib/dpkg/info/${name}`;
			const text =
				(await ifTold(() => textOf(host, `${info}.list`))) ??
				(await ifTold(() => textOf(host, `${info}:${all.get(name)?.architecture}.list`)));
			return (text ?? '')
				.split('\n')
				.filter(path => code.test(path))
				.map(path => [plain(path), name] as const);
		}),
	);
	return new Map(lists.flat());
};

const code = /^\/(?:usr\/)?(?:s?bin|lib\w*|games)\/.*[^/]$|^\/opt\//;

/** One tree by either of its names. */
const plain = (path: string): string => path.replace(/^\/usr(?=\/(?:s?bin|lib\w*)\/)/, '');

/** Bytes of the mappings of one process that are read. */
const most = 4 * 1024 * 1024;

/** Its program and its libraries. */
const mappedBy = ({pid}: Process): readonly string[] => {
	try {
		const files = new Set<string>();
		for (const line of (procLines(`/proc/${pid}/maps`, most) ?? '').split('\n')) {
			const at = line.indexOf('/');
			// `7f0a-7f0b r-xp 00000000 08:01 4711   /usr/lib/x.so`
			if (at > 0 && line[line.indexOf(' ') + 3] === 'x') files.add(line.slice(at));
		}
		return [...files];
	} catch {
		// It has ended, or is somebody else's.
		return [];
	}
};
