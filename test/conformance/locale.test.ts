// packages: locales
// releases: bookworm trixie
// soak: yes
import {readFile, writeFile} from 'node:fs/promises';
import {execa} from 'execa';
import {locale} from '#resources/locale/locale.ts';
import {conformance} from './suite.ts';

const list = '/etc/locale.gen';

conformance('locale', [
	{
		name: 'one that the package knows',
		async prepare() {
			await writeFile(list, (await readFile(list, 'utf8')).replace(/^#? ?(de_AT\.UTF-8 UTF-8)/m, '# $1'));
			await execa('locale-gen');
		},
		resource: () => locale({name: 'de_AT.UTF-8'}),
		async breakIt() {
			await writeFile(list, (await readFile(list, 'utf8')).replace(/^(de_AT\.UTF-8 UTF-8)/m, '# $1'));
		},
		touches: [list],
		rows: async () => (await execa('locale', ['-a'])).stdout,
		seconds: 120,
	},
]);
