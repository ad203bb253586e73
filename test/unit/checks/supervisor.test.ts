/** supervisor: its files and its XML-RPC, as recorded on booted Debian 11, 12 and 13. */
import {describe, expect, it, test} from 'vitest';
import {check as logs} from '#checks/supervisor/logs.ts';
import {readXmlRpc} from '#host/supervisor/client.ts';
import {parseSupervisorConf, programsOf, supervisorFile} from '#host/supervisor/file.ts';
import {processesOf} from '#host/supervisor/now.ts';
import {fileReader} from '../support/file-reader.ts';
import {installedPackages, look, recorded, recordedReleases} from '../support/look.ts';

describe.each(recordedReleases)('recorded on %s', release => {
	const answer = (name: string) => readXmlRpc(recorded(release, name));
	const all = processesOf(answer('supervisor-processes')!.value, answer('supervisor-configs')!.value);

	test('processes and their settings', () => {
		expect(all.map(({shown, state}) => `${shown} ${state}`)).toEqual([
			'broken FATAL',
			'manual STOPPED',
			'worker:worker_00 RUNNING',
			'worker:worker_01 RUNNING',
		]);
		expect(all[0]?.why).toMatch(/Exited too quickly/);
		expect(all.map(({settings}) => settings?.['autostart'])).toEqual([true, false, true, true]);
	});
	test('a value with characters that XML escapes', () => {
		const command = all[1]?.settings?.['command'];
		if (command !== undefined) expect(command).toBe('/bin/sleep "<9>"');
	});
	test('a fault', () =>
		expect(answer('supervisor-fault')).toMatchObject({
			fault: true,
			value: {faultCode: 1, faultString: 'UNKNOWN_METHOD'},
		}));
});

describe('XML-RPC', () => {
	it.each([
		['<value><int>-3</int></value>', -3],
		['<value>text</value>', 'text'],
		['<value><string></string></value>', ''],
		['<value><string/></value>', ''],
		['<value><boolean>0</boolean></value>', false],
		['<value><array><data></data></array></value>', []],
		[
			'<value><array><data><value><int>1</int></value><value><array><data><value>a</value></data></array></value></data></array></value>',
			[1, ['a']],
		],
		['<value><struct><member><name>a</name><value><int>1</int></value></member></struct></value>', {a: 1}],
	])('%s', (xml, value) =>
		expect(
			readXmlRpc(
				`<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n${xml}\n</param></params></methodResponse>`,
			),
		).toEqual({fault: false, value}),
	);
	it.each(['', 'garbage', '<html></html>', '<methodResponse></methodResponse>'])('%j is none', text =>
		expect(readXmlRpc(text)).toBeUndefined(),
	);
});

describe('files', () => {
	const text =
		'; comment\n[program:web]\ncommand = /bin/web --a=b ; said\nnumprocs=2\nnumprocs_start=1\nprocess_name=%(program_name)s-%(process_num)d\nenvironment=A="1",\n  B="2"\n[group:site]\nprograms=web,other\n[program:other]\ncommand:/bin/other\n';
	const sections = parseSupervisorConf(text, 'f');
	it('options, continued lines, comments', () => {
		expect(sections.map(({kind, name, where}) => `${kind} ${name} ${where}`)).toEqual([
			'program web f:2',
			'group site f:9',
			'program other f:11',
		]);
		expect(sections[0]?.options.get('command')).toBe('/bin/web --a=b');
		expect(sections[0]?.options.get('environment')).toBe('A="1",\nB="2"');
		expect(sections[2]?.options.get('command')).toBe('/bin/other');
	});
	it('processes by their names and groups', () =>
		expect(programsOf({sections}).map(({process, group}) => `${group}:${process}`)).toEqual([
			'site:web-1',
			'site:web-2',
			'site:other',
		]));
	it('includes, and the socket with its password in a box', async () => {
		const file = await supervisorFile.read(
			fileReader({
				...installedPackages('supervisor=4.2.5-1'),
				'/etc/supervisor/supervisord.conf':
					'[unix_http_server]\nfile=/run/s.sock\nusername=u\npassword=hidden\n[include]\nfiles = conf.d/*.conf\n',
				'/etc/supervisor/conf.d/a.conf': '[program:a]\ncommand=/bin/a\n',
				'/etc/supervisor/conf.d/a.txt': '[program:b]\ncommand=/bin/b\n',
			}),
		);
		if (file === 'absent') throw new Error('absent');
		expect(programsOf(file).map(({process}) => process)).toEqual(['a']);
		expect(file.place).toMatchObject({socket: '/run/s.sock', user: 'u'});
		expect(() => JSON.stringify(file.place)).toThrow(/secret/);
	});
	it('a log without a limit shows in an offline root', async () => {
		const files = (line: string) => ({
			...installedPackages('supervisor=4.2.5-1'),
			'/etc/supervisor/supervisord.conf': `[supervisord]\n[program:a]\ncommand=a\n${line}\n`,
		});
		expect(await look(logs, files('stdout_logfile_maxbytes=0'))).toMatchObject([{item: 'a stdout', state: 'warn'}]);
		expect(await look(logs, files('stdout_logfile=/dev/stdout\nstdout_logfile_maxbytes=0'))).toMatchObject([
			{state: 'unknown'},
		]);
		expect(await look(logs, files('stdout_logfile_maxbytes=50MB'))).toMatchObject([{state: 'unknown'}]);
	});
});
