/** No file imports itself by way of others, a type neither: what two files need of each other deserves a file of its own. */
import {globSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';

const root = join(import.meta.dirname, '../..');
const aliases = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {imports: Record<string, string>})
	.imports;

/** What stands behind `from` and in `import()`, as a path from the top. */
const importsOf = (file: string): readonly string[] =>
	[...readFileSync(join(root, file), 'utf8').matchAll(/(?:\bfrom |\bimport\()['"]([#.][^'"]+)['"]/g)].map(
		([, name = '']) => {
			const room = name.split('/')[0] ?? '';
			const home = aliases[`${room}/*`];
			return home === undefined ? join(dirname(file), name) : join(home.replace('*', name.slice(room.length + 1)));
		},
	);

test('no circle of imports', () => {
	const files = globSync(['src/**/*.{ts,tsx}', '{steps,stacks,checks}/**/*.ts'], {cwd: root}).filter(
		file => !file.endsWith('.test.ts'),
	);
	const edges = new Map(files.map(file => [file, importsOf(file).filter(one => files.includes(one))]));
	const done = new Set<string>();
	const circles: string[] = [];
	const visit = (file: string, way: readonly string[]): void => {
		if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' -> '));
		if (done.has(file) || way.includes(file)) return;
		for (const next of edges.get(file) ?? []) visit(next, [...way, file]);
		done.add(file);
	};
	for (const file of files) visit(file, []);
	expect(edges.get('src/cli.ts')?.length).toBeGreaterThan(0);
	expect(circles).toEqual([]);
});
