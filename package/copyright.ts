/** The licences of all that is inside, for /usr/share/doc/host-setup/copyright: ours, Node's, and those of the npm packages. */
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');

/** `names`: packages of npm whose code is inside. */
export const copyright = async (names: readonly string[]): Promise<string> =>
	[
		'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
		'Upstream-Name: host-setup',
		'',
		'Files: *',
		'Copyright: the host-setup authors',
		'License: Expat',
		indented(readFileSync(join(root, 'LICENSE'), 'utf8')),
		'',
		'Files: usr/lib/host-setup/dist/lib/libatomic.so.1',
		'Copyright: Free Software Foundation, Inc.',
		'License: GPL-3+ with GCC Runtime Library Exception',
		" Taken from the distribution's package libatomic1, whose source is GCC; the full text of",
		' the GPL is in /usr/share/common-licenses/GPL-3.',
		'',
		'Files: usr/lib/host-setup/dist/program',
		'Copyright: Node.js contributors, and the authors of the packages named below',
		'License: Node.js-and-others',
		indented(readFileSync(join(root, `node_modules/node-linux-${process.arch}/LICENSE`), 'utf8')),
		...names.flatMap(name => [' .', ` ${name}:`, indented(licenceOf(name))]),
		'',
	].join('\n');

const licenceOf = (name: string): string => {
	const folder = join(root, 'node_modules', name);
	const file = readdirSync(folder).find(one => /^(licen[cs]e|copying)/i.test(one));
	if (file !== undefined) return readFileSync(join(folder, file), 'utf8');
	const {license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {readonly license?: string};
	return `${license ?? 'no licence is named'}${existsSync(join(folder, 'README.md')) ? ' (named in its package.json)' : ''}`;
};

/** Debian has it once for all packages, and wants it told like that. Not everybody copies its last line. */
const apache =
	/Apache License\s+Version 2\.0, January 2004[\s\S]*?accepting\s+any\s+such\s+warranty\s+or\s+additional\s+liability\.(?:\s+END OF TERMS AND CONDITIONS)?/g;

const indented = (text: string): string =>
	text
		.replace(apache, 'Apache License 2.0: its text is in /usr/share/common-licenses/Apache-2.0')
		.trimEnd()
		.split('\n')
		.map(line => (line.trim() === '' ? ' .' : ` ${line.trimEnd()}`))
		.join('\n');
