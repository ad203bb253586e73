/** What a rehearsal came to: files, packages and ports, as counts and then by name. */
import type {Changes, FileChange} from '#rehearse/changes.ts';
import type {Style} from './style.ts';

const most = 200;

/** Several lines, with a final newline. Files that a package brought are counted, not listed. */
export const changesText = ({files, packages, ports}: Changes, style: Style): string => {
	const own = files.filter(file => file.package === undefined);
	return [
		'',
		style.bold(`Packages: ${packages.added.length} added, ${packages.changed.length} changed, ${packages.removed.length} removed`),
		...named('added', packages.added),
		...named('removed', packages.removed),
		style.bold(`Ports opened: ${ports.length}`),
		...ports.map(port => `  ${port.protocol} ${port.address}:${port.port}`),
		style.bold(`Files: ${own.length} besides the ${files.length - own.length} that packages brought`),
		...own.slice(0, most).map(line),
		...(own.length > most ? [`  and ${own.length - most} more`] : []),
		'',
	].join('\n');
};

const named = (word: string, names: readonly string[]): readonly string[] =>
	names.length === 0 ? [] : [`  ${word}: ${names.slice(0, 40).join(', ')}${names.length > 40 ? `, and ${names.length - 40} more` : ''}`];

const line = ({path, change, files}: FileChange): string =>
	`  ${{added: '+', changed: '~', removed: '-'}[change]} ${path}${files === undefined ? '' : ` (${files} files)`}`;
