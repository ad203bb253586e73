/** What lies in environments of Python that no index was asked for: a requirement that names a repository or an address is fetched past it, and a medium would lack it without a word. */
import type {ThrowAway} from '#rehearse/throwaway.ts';

/** In words, with whom each belongs to. `files` are the names of what the index gave. */
export const uncovered = async (
	host: Pick<ThrowAway, 'must'>,
	directories: readonly string[],
	files: readonly string[],
): Promise<readonly string[]> => {
	const given = new Set(files.map(projectOf));
	const found: string[] = [];
	for (const directory of directories) {
		const lib = `${directory}/lib`;
		const paths = await host.must(['find', lib, '-maxdepth', '3', '-name', '*.dist-info', '-printf', '%p\\0']);
		for (const path of paths.split('\0').filter(one => one !== '')) {
			const project = projectOf(path.split('/').at(-1) ?? '');
			const url = /"url"\s*:\s*"([^"]*)"/.exec(
				await host.must(['find', path, '-type', 'f', '-name', 'direct_url.json', '-exec', 'cat', '{}', '+']),
			)?.[1];
			if (url?.startsWith('file:') || given.has(project) || (url === undefined && withEveryEnvironment.has(project)))
				continue;
			found.push(
				`${project} of ${directory}${url === undefined ? ', which did not come from the index' : `, which comes from ${url}`}`,
			);
		}
	}
	return found;
};

/** The project that a file or a directory of metadata is of, as indexes compare names: `zope-interface` of `zope.interface-5.4.0-cp39-….whl`. Exported for its test. */
export const projectOf = (name: string): string => {
	const project = /\.(?:whl|dist-info)$/.test(name) ? name.split('-')[0]! : (/^(.+?)-v?\d/.exec(name)?.[1] ?? name);
	return project.replace(/[-_.]+/g, '-').toLowerCase();
};

/** Put in by who makes an environment. */
const withEveryEnvironment: ReadonlySet<string> = new Set(['pip', 'setuptools', 'wheel', 'pkg-resources']);
