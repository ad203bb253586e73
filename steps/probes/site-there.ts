/** A site file that is not where the answers say is told before anything is made, with those that the source has: else it shows when all the rest stands. */
import type {Probe} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {Blocked} from '#model/unknown.ts';
import {type SourceTree, treeFiles} from '#resources/git/tree-text.ts';
import {pathThere} from './files.ts';
import {failed, inTime, ok} from './in-time.ts';

export type SiteThere = {
	readonly tree: SourceTree;
	/** From the top of the tree, or a file of this host's own. */
	readonly file: string;
	readonly decides: readonly Thing[];
};

export const siteThere = ({tree, file, decides}: SiteThere, about: readonly string[]): Probe =>
	file.startsWith('/')
		? pathThere('site', file, about, 'file', decides)
		: {
				id: 'site',
				about,
				decides,
				title: `the source has the site file ${file}`,
				run: reader =>
					inTime(reader, async () => {
						const paths = await treeFiles(reader, tree, [file, '**/*.conf', '**/*nginx*']).catch(error => {
							if (error instanceof Blocked) return undefined;
							throw error;
						});
						if (paths === undefined) return ok('whether it is there shows at the checkout');
						return paths.includes(file) ? ok(`${file} is there`) : failed(withoutIt(file, paths));
					}),
			};

const withoutIt = (file: string, paths: readonly string[]): string =>
	`this source has no ${file}${paths.length === 0 ? '' : `, but ${paths.slice(0, 8).join(', ')}`}`;
