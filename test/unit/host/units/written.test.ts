/** Services as systemd reads them, over files in every place where people put them. */
import {describe, expect, test} from 'vitest';
import {assignments, environmentFile, unitEnvironment} from '#host/units/environment.ts';
import {serviceLine, writtenServices} from '#host/units/written.ts';
import {fileReader} from '../../support/file-reader.ts';

const etc = '/etc/systemd/system';
const lib = '/usr/lib/systemd/system';

const read = async (files: Readonly<Record<string, string>>) => fileReader(files).fact(writtenServices);

describe('where a service stands', () => {
	test('in /usr/lib, pulled in by a target', async () => {
		const found = await read({
			[`${lib}/site.service`]: '[Service]\nExecStart=/usr/bin/gunicorn a\n',
			[`${etc}/multi-user.target.wants/site.service`]: '',
		});
		expect(found.map(one => [one.name, serviceLine(one, 'ExecStart')])).toEqual([
			['site.service', {key: 'ExecStart', value: '/usr/bin/gunicorn a', where: `${lib}/site.service:2`}],
		]);
	});
	test('a template, by its instance', async () => {
		const found = await read({
			[`${etc}/site@.service`]: '[Service]\nUser=%i\nExecStart=/usr/bin/gunicorn %p.%i\n',
			[`${etc}/multi-user.target.wants/site@blue.service`]: '',
			[`${etc}/site@blue.service.d/user.conf`]: '[Service]\nGroup=www-%i\n',
		});
		expect(found).toHaveLength(1);
		expect(['User', 'Group', 'ExecStart'].map(key => serviceLine(found[0]!, key)?.value)).toEqual([
			'blue',
			'www-blue',
			'/usr/bin/gunicorn site.blue',
		]);
	});
	test('a drop-in has the last word, and an empty assignment takes away what was before it', async () => {
		const [one] = await read({
			[`${etc}/site.service`]: '[Service]\nUser=root\nExecStart=/usr/bin/a\n',
			[`${lib}/site.service.d/10.conf`]: '[Service]\nUser=www\n',
			[`${etc}/site.service.d/20.conf`]: '[Service]\nExecStart=\nExecStart=/usr/bin/b\n',
		});
		expect([serviceLine(one!, 'User')?.value, serviceLine(one!, 'ExecStart')?.value]).toEqual(['www', '/usr/bin/b']);
		expect(one!.lines.filter(({key}) => key === 'ExecStart')).toHaveLength(1);
		expect(one!.files).toEqual([
			`${etc}/site.service`,
			`${lib}/site.service.d/10.conf`,
			`${etc}/site.service.d/20.conf`,
		]);
	});
	test('a masked or empty neighbour takes nothing with it', async () => {
		const found = await read({
			[`${etc}/gone.service`]: '',
			[`${etc}/site.service`]: '[Service]\nExecStart=/usr/bin/a\n',
		});
		expect(found.map(({name}) => name)).toEqual(['site.service']);
	});
});

describe('its environment', () => {
	test.each([
		['A=1 "B=two words" C=\'3\' D="a b"', {A: '1', B: 'two words', C: '3', D: 'a b'}],
		['URL=postgres://u:p@h/d?x=1', {URL: 'postgres://u:p@h/d?x=1'}],
		['EMPTY= NEXT=1', {EMPTY: '', NEXT: '1'}],
	])('%s', (line, wanted) => expect(Object.fromEntries(assignments(line))).toEqual(wanted));
	test('a file is no shell', () =>
		expect(
			Object.fromEntries(
				environmentFile('# c\n; c\nA = 1\nB="two words"\nC=\'x $Y\'\nD=a \\\n b\nexport E=1\nF=a b\n'),
			),
		).toEqual({B: 'two words', C: 'x $Y', D: 'a  b', F: 'a b'}));
	test('files win over lines, and one that is not there does no harm', async () => {
		const reader = fileReader({'/etc/default/site': 'A=file\n'});
		const lines = [
			{key: 'EnvironmentFile', value: '-/etc/default/none', where: ''},
			{key: 'EnvironmentFile', value: '/etc/default/site', where: ''},
			{key: 'Environment', value: 'A=line B=line', where: ''},
		];
		const {values, files, unread} = await unitEnvironment(reader, {lines});
		expect(Object.fromEntries(values)).toEqual({A: 'file', B: 'line'});
		expect([files, unread]).toEqual([['/etc/default/none', '/etc/default/site'], undefined]);
	});
});
