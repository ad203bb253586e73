/** Undo of an edit: ours goes back, what came after stays, and what both changed is shown. */
import {describe, expect, it} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {type AnyEdit, editorFor} from '#edit/formats.ts';
import {revertEdit} from '#edit/undo/revert.ts';
import {recallSettings, recordSettings} from '#edit/undo/setting-records.ts';
import {Secret} from '#model/secret.ts';
import {nginxStock} from '../support/nginx-sources.ts';

/** Applies the edit, lets somebody change the file, and takes the edit back. */
const after = (
	edit: AnyEdit,
	was: string,
	meddle: (became: string) => string,
): ReturnType<typeof revertEdit> & {readonly became: string} => {
	const became = spliced(was, editorFor(edit.format).edit(was, edit.settings));
	const settings = recallSettings(JSON.parse(JSON.stringify(recordSettings(edit.settings))));
	return {became, ...revertEdit({format: edit.format, settings, was, became, current: meddle(became)})};
};

const settings =
	"DEBUG = True\nTEMPLATE_DEBUG = True\nDATABASES = {\n    'default': {\n        'PASSWORD': ''\n    },\n}\nTIME_ZONE = 'UTC'\n";
const python: AnyEdit = {
	format: 'python',
	settings: [
		{path: ['DEBUG'], value: {bool: false}},
		{path: ['TEMPLATE_DEBUG'], value: {bool: false}},
		{path: ['DATABASES', 'default', 'PASSWORD'], value: {text: [new Secret('db', 'canary-1')]}},
		{path: ['DATABASES', 'default', 'HOST'], value: {text: ['h']}},
		{path: ['ALLOWED_HOSTS'], value: {list: [{text: ['a']}]}},
	],
};

describe('revertEdit', () => {
	it('gives back the old bytes when nobody touched the file', () => {
		expect(after(python, settings, became => became)).toMatchObject({result: settings, conflicts: []});
	});

	it('keeps what others changed elsewhere', () => {
		const other = (text: string): string => `# mine\n${text.replace("'UTC'", "'Europe/Zurich'")}LAST = 1\n`;
		expect(after(python, settings, other)).toMatchObject({result: other(settings), conflicts: []});
	});

	it('reports what both changed, leaves it, and takes back the rest', () => {
		const {result, conflicts} = after(python, settings, became =>
			became.replace('TEMPLATE_DEBUG = False', 'TEMPLATE_DEBUG = None').replace("HOST': 'h'", "HOST': 'other'"),
		);
		expect(conflicts.map(({name}) => name)).toEqual(['TEMPLATE_DEBUG', "DATABASES['default']['HOST']"]);
		expect(conflicts[0]?.diff).toContain('-TEMPLATE_DEBUG = False\n+TEMPLATE_DEBUG = None\n');
		expect(result).toBe(
			"DEBUG = True\nTEMPLATE_DEBUG = None\nDATABASES = {\n    'default': {\n        'PASSWORD': '',\n        'HOST': 'other',\n    },\n}\nTIME_ZONE = 'UTC'\n",
		);
	});

	it('never shows a secret that somebody changed', () => {
		const {conflicts, result} = after(python, settings, became => became.replace('canary-1', 'canary-2'));
		expect(conflicts.map(({name}) => name)).toEqual(["DATABASES['default']['PASSWORD']"]);
		expect(JSON.stringify(conflicts)).not.toContain('canary');
		expect(result).toContain('canary-2');
		expect(result).toContain('DEBUG = True\nTEMPLATE_DEBUG = True\n');
	});

	it('puts removed blocks back where they were', () => {
		const edit: AnyEdit = {
			format: 'nginx',
			settings: [
				{block: ['http'], removeBlocks: 'server'},
				{block: ['http'], include: '/x/*.conf'},
				{block: [], directive: 'worker_processes', args: [['auto']]},
			],
		};
		const other = (text: string): string =>
			text.replace('sendfile        on;', 'sendfile        off;').replace('#gzip  on;', 'gzip on;\n    gzip_types x;');
		expect(after(edit, nginxStock, other)).toMatchObject({result: other(nginxStock), conflicts: []});
		const gone = after(edit, nginxStock, became => became.replace('    include /x/*.conf;\n', ''));
		expect(gone).toMatchObject({result: nginxStock, conflicts: []});
	});

	it('puts several lines back for one', () => {
		const edit: AnyEdit = {format: 'redis.conf', settings: [{key: 'save', value: ['']}]};
		const was = 'port 1\nsave 900 1\n# between\nsave 300 10\nend 1\n';
		const other = (text: string): string => text.replace('port 1', 'port 2').replace('end 1\n', 'end 1\nmore 2\n');
		expect(after(edit, was, other)).toMatchObject({result: other(was), conflicts: []});
		expect(after(edit, was, became => became.replace('save ""', 'save 1 1')).conflicts).toMatchObject([
			{name: 'save', diff: expect.stringContaining('-save ""\n+save 1 1\n')},
		]);
	});

	it('takes its service off a line that others have added to', () => {
		const edit: AnyEdit = {format: 'nsswitch', settings: [{database: 'passwd', token: 'ldap', last: true}]};
		expect(after(edit, 'passwd: files\n', became => became.replace('ldap', 'ldap sss'))).toMatchObject({
			result: 'passwd: files sss\n',
			conflicts: [],
		});
		expect(after(edit, 'passwd: ldap files\n', became => became.replace('ldap', 'ldap sss')).conflicts).toHaveLength(1);
	});

	it('mends the joint of a last line that had no newline', () => {
		const edit: AnyEdit = {format: 'my.cnf', settings: [{section: 'new', key: 'a', value: ['1']}]};
		expect(after(edit, '[x]\nb=1', became => `${became}\n[y]\nc=1\n`)).toMatchObject({
			result: '[x]\nb=1\n\n[y]\nc=1\n',
			conflicts: [],
		});
	});

	it('leaves a file alone that can no longer be read and was changed where we changed it', () => {
		const broken = after(python, settings, became => became.replace('DEBUG = False', 'DEBUG = = False'));
		expect(broken.conflicts.length).toBeGreaterThan(0);
		expect(broken.result).toContain('= = False');
		expect(after(python, settings, became => `${became}x = = 1\n`)).toMatchObject({
			result: `${settings}x = = 1\n`,
			conflicts: [],
		});
	});

	it('leaves a name alone that somebody assigned a second time', () => {
		const twice = after(python, settings, became => `${became}DEBUG = 'mine'\n`);
		expect(twice.conflicts.map(({name}) => name)).toEqual(['DEBUG']);
		expect(twice.result).toContain('DEBUG = False\nTEMPLATE_DEBUG = True\n');
	});
});
