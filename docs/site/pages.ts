/** What the site has, as Markdown: the pages that people wrote, and those that the declarations of stacks, steps, checks and faults make. Nothing is said twice. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {explainPage} from '#report/doctor/explain.ts';
import {subjectName} from '#report/doctor/row-words.ts';
import {faultsPage} from '#report/faults/catalogue.ts';
import {stacks} from '#stacks/index.ts';
import {allChecks} from '#tasks/doctor/look.ts';
import {stackPage} from './stack-page.ts';

export type Page = {
	/** Of its file, without `.html`. */
	readonly name: string;
	readonly title: string;
	/** Under which it stands in the list at the side. */
	readonly group: 'Guide' | 'Stacks' | 'Checks' | 'For developers';
	readonly markdown: string;
};

const root = join(import.meta.dirname, '../..');

export const sitePages = async (): Promise<readonly Page[]> => [
	...written(),
	...(await Promise.all(Object.entries(stacks).map(async ([id, load]) => stackPage(await load(), guideOf(id))))),
	...checkPages(),
];

/** In this order, what a newcomer reads first; what is not named follows. */
const first = ['README', 'answers', 'doctor', 'networks', 'backup', 'fleet', 'security', 'faults', 'stacks'];
const forDevelopers = new Set(['architecture', 'words', 'CONTRIBUTING', 'bench']);

const written = (): readonly Page[] => {
	const names = readdirSync(join(root, 'docs')).flatMap(file => (file.endsWith('.md') ? [file.slice(0, -3)] : []));
	const paths: readonly (readonly [string, string])[] = [
		['README', 'README.md'],
		['CONTRIBUTING', 'CONTRIBUTING.md'],
		['bench', 'bench/README.md'],
		// Its place is taken by a page for each subject.
		...names.filter(name => name !== 'checks').map(name => [name, `docs/${name}.md`] as const),
	];
	const place = (name: string): number => (first.includes(name) ? first.indexOf(name) : first.length);
	return paths
		.toSorted(([one], [other]) => place(one) - place(other))
		.map(([name, path]) => {
			const markdown = name === 'faults' ? faultsPage() : readFileSync(join(root, path), 'utf8');
			return {
				name: name === 'README' ? 'index' : name,
				title: name === 'README' ? 'host-setup' : (/^# (.+)$/m.exec(markdown)?.[1] ?? name),
				group: forDevelopers.has(name) ? 'For developers' : 'Guide',
				markdown,
			};
		});
};

const checkPages = (): readonly Page[] => {
	const subjects = Map.groupBy(allChecks(), ({id}) => id.slice(0, id.indexOf('.')));
	const pages = [...subjects].map(
		([subject, checks]): Page => ({
			name: `checks-${subject}`,
			title: subjectName(subject),
			group: 'Checks',
			markdown: explainPage(checks).replace(/^[\s\S]*?^## /m, '# '),
		}),
	);
	const list = [...subjects].flatMap(([subject, checks]) => [
		'',
		`## ${subjectName(subject)}`,
		'',
		...checks.map(({id, title}) => `- [\`${id}\`](checks-${subject}.html#${id}): ${title}`),
	]);
	return [
		{
			name: 'checks',
			title: 'All checks',
			group: 'Checks',
			markdown: ['# The checks of `setup doctor`', ...list].join('\n'),
		},
		...pages,
	];
};

const guideOf = (stack: string): string => readFileSync(join(root, 'stacks', stack, 'GUIDE.md'), 'utf8');
