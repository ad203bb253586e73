/** What a test of Apache's configuration reads and loads, found without parsing it whole: also a broken file must be known before root's Apache is given it. */
import {resolve} from 'node:path';
import type {Fact} from '#model/host.ts';
import {filesBehind, type Included, readIncluded} from '../files/include-files.ts';
import {apacheRoot, linesIn, wordsIn} from './logical-lines.ts';

const mostFiles = 2000;

/** Files, directories behind patterns, and modules; a path with a variable in it stands as it is, and is nobody's. */
export const apacheReads: Fact<readonly string[]> = {
	id: 'apache-reads',
	async read(host) {
		const seen: Included = {files: [], directories: new Set()};
		const more = new Set([`${apacheRoot}/envvars`]);
		const todo = [`${apacheRoot}/apache2.conf`];
		while (todo.length > 0 && seen.files.length < mostFiles) {
			const file = todo.shift()!;
			if (seen.files.includes(file)) continue;
			for (const {text} of linesIn((await readIncluded(host, file, seen)) ?? '')) {
				const [word = '', ...args] = wordsIn(text);
				const name = word.toLowerCase();
				if (name === 'include' || name === 'includeoptional')
					todo.push(...(await filesBehind(host, resolve(apacheRoot, args[0] ?? ''), seen)));
				else if (/^(loadmodule|loadfile|perl\w*|lua\w*|wsgiimportscript)$/.test(name) && !inDaemon(name, args))
					for (const path of args.filter(arg => arg.includes('/'))) more.add(resolve(apacheRoot, path));
			}
		}
		return [...seen.files, ...seen.directories, ...more, ...(todo.length > 0 ? [''] : [])];
	},
};

/** A process group of mod_wsgi's own runs as the user of its WSGIDaemonProcess, by default Apache's, and never as root. */
const inDaemon = (name: string, args: readonly string[]): boolean =>
	name === 'wsgiimportscript' && args.some(arg => /^process-group=[^%]/i.test(arg));
