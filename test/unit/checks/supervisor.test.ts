/** supervisor: its files and its XML-RPC, as recorded on booted Debian 11, 12 and 13. */
import {describe, expect, it, test} from 'vitest';
import {check as logs} from '#checks/supervisor/logs.ts';
import {readXmlRpc} from '#host/supervisor/client.ts';
import {parseSupervisorConf, programsOf, supervisorFile, supervisorText} from '#host/supervisor/file.ts';
import {endsAgainAndAgain} from '#host/supervisor/log.ts';
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

describe('the log of supervisord', () => {
	const at = (seconds: number): string =>
		`${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')},021`;
	const end = (seconds: number, words = 'not expected', name = 'a'): string =>
		`${at(seconds)} WARN exited: ${name} (exit status 1; ${words})`;
	const of = (lines: readonly string[], alive: number | undefined = 1) => [
		...endsAgainAndAgain(lines.join('\n'), new Map([['a', alive]])),
	];
	const thrice = [end(10), end(20), end(31)];
	test('three ends in a row, ten seconds apart', () => expect(of(thrice)).toEqual(['a']));
	test('it waits for its next start', () => expect(of(thrice, undefined)).toEqual(['a']));
	test('killed by a signal', () =>
		expect(of(thrice.map(line => line.replace('exit status 1', 'terminated by SIGSEGV (core dumped)')))).toEqual([
			'a',
		]));
	test('two of them', () => expect(of(thrice.slice(1))).toEqual([]));
	test('another program', () => expect(of([end(10), end(20), end(30, 'not expected', 'b')])).toEqual([]));
	test('ends that its file expects', () => expect(of([10, 20, 30].map(time => end(time, 'expected')))).toEqual([]));
	test('alive for longer than ever', () => expect(of(thrice, 40)).toEqual([]));
	test('hours apart', () => expect(of([end(0), end(4000), end(8000)])).toEqual([]));
	test.each(['INFO stopped: a (exit status 0)', 'INFO supervisord started with pid 7'])('%s begins anew', words =>
		expect(of([...thrice, `${at(40)} ${words}`])).toEqual([]),
	);
	test('a first line that is cut, and what is no line', () =>
		expect(of(['ed: a (exit status 1; not expected)', 'Traceback', ...thrice])).toEqual(['a']));
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
	it('is one file to supervisor: a later section overrides, what is not indented deeper does not go on, DEFAULT gives to all', async () => {
		const file = await supervisorFile.read(
			fileReader({
				...installedPackages('supervisor=4.2.5-1'),
				'/etc/supervisor/supervisord.conf':
					'[DEFAULT]\nautostart=false\n[unix_http_server]\nfile=%(here)s/s.sock\n[include]\n  files = conf.d/*.conf\n   /srv/*/[ab].conf\n',
				'/etc/supervisor/conf.d/a.conf': '[program:a]\n  command=/bin/a\n  user=app\n',
				'/etc/supervisor/conf.d/.hidden.conf': '[program:hidden]\ncommand=/bin/h\n',
				'/srv/x/b.conf': '[program:a]\r\nuser = root ; later\r\n',
			}),
		);
		if (file === 'absent') throw new Error('absent');
		expect(file.place.socket).toBe('/etc/supervisor/s.sock');
		expect(
			programsOf(file).map(({name, options, places}) => [name, Object.fromEntries(options), places.get('user')]),
		).toEqual([['a', {autostart: 'false', command: '/bin/a', user: 'root'}, '/srv/x/b.conf:2']]);
		expect(file.reads).toContain('/srv');
	});
	it.each(['\ufeff[program:a]\ncommand=/bin/a\n', '[program:a]\ncommand\n', '[program:a]\n=x\n'])(
		'nothing is told of %j, with which supervisord does not start',
		async text => {
			const reader = fileReader({...installedPackages('supervisor=4.2.5-1'), '/etc/supervisor/supervisord.conf': text});
			await expect(reader.fact(supervisorFile)).rejects.toMatchObject({why: {because: 'unreadable'}});
			expect(await reader.fact(supervisorText)).toMatchObject({
				refused: expect.stringMatching(/supervisord\.conf:[12]$/),
			});
		},
	);
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
