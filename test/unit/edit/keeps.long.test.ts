/**
 * A mend keeps every part of what it does not mean to change: on files as they are found, and on damaged ones that an editor takes, all that its format's reader
 * gives is the same afterwards but for the one value. sh is asked itself.
 */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {parse as parseYaml} from 'yaml';
import {spliced} from '#edit/editor.ts';
import {type AnyEdit, editorFor} from '#edit/formats.ts';
import {entriesOf} from '#edit/line-formats/hosts.ts';
import {type Directive, directivesOf} from '#edit/nginx/read.ts';
import {recordsOf} from '#edit/postgres/pg-hba-read.ts';
import {systemdDialect, uwsgiDialect} from '#edit/sections/ini.ts';
import {sectionLines} from '#host/files/section-lines.ts';
import {parseMyCnf} from '#host/mysql/file.ts';
import {parsePostgresConf} from '#host/postgres/conf-lines.ts';
import {parseRedisConf} from '#host/redis/file.ts';
import {Fault} from '#model/fault.ts';
import {inputOf} from '../../fuzz/inputs.ts';
import {nginxSite, nginxStock} from './support/nginx-sources.ts';
import {hba, my, postgresql, redis, shell, unit, uwsgi} from './support/sources.ts';

type Case = {
	readonly edit: AnyEdit;
	readonly sources: readonly string[];
	/** Everything else that is read, in order. */
	others(text: string): unknown;
};

const nginxOthers = (all: readonly Directive[], path: string): unknown =>
	all.flatMap(({name, args, children}) =>
		(path === 'http' && name === 'server_tokens') ||
		(path === '' && name === 'http' && children?.length === 1 && children[0]?.name === 'server_tokens')
			? []
			: [[name, args.map(({value}) => value), children && nginxOthers(children, name)]],
	);
const sections = (dialect: typeof systemdDialect, text: string, mine: string): unknown =>
	[...sectionLines(dialect, text)].flatMap(([name, lines]) =>
		lines.filter(({key}) => `${name}.${key}` !== mine).map(({key, value}) => [name, key, value]),
	);

const cases: readonly Case[] = [
	{
		edit: {format: 'hosts', settings: [{name: 'web01', address: '127.0.1.1'}]},
		sources: ['127.0.0.1\tlocalhost\n10.0.0.1 web01.example.org web01 old # c\n::1 ip6-localhost\n'],
		others: text =>
			entriesOf(text)
				.map(
					({address, names}) =>
						`${address} ${names.map(one => one.name).filter(name => name.toLowerCase() !== 'web01')}`,
				)
				.filter(line => !line.endsWith(' ')),
	},
	{
		edit: {format: 'redis.conf', settings: [{key: 'bind', value: ['127.0.0.1']}]},
		sources: redis,
		others: text => {
			const {lines, broken} = parseRedisConf(text, 'f');
			return [broken.length, lines.filter(({name}) => name !== 'bind').map(({name, words}) => [name, words])];
		},
	},
	{
		edit: {format: 'my.cnf', settings: [{section: 'mysqld', key: 'bind-address', value: ['127.0.0.1']}]},
		sources: my,
		others: text =>
			parseMyCnf(text, 'f')
				.filter(({section, name}) => section !== 'mysqld' || name !== 'bind_address')
				.map(({section, name, value}) => [section, name, value]),
	},
	{
		edit: {format: 'postgresql.conf', settings: [{key: 'listen_addresses', value: ['localhost']}]},
		sources: postgresql,
		others: text =>
			parsePostgresConf(text, 'f')
				.filter(({name}) => name !== 'listen_addresses')
				.map(({name, value}) => [name, value]),
	},
	{
		edit: {
			format: 'pg_hba.conf',
			settings: [{type: 'host', database: 'app', user: 'app', address: '10.9.9.9/32', method: 'scram-sha-256'}],
		},
		sources: hba,
		others: text =>
			recordsOf(text)
				.filter(({address, databases}) => address !== '10.9.9.9/32' || databases[0]?.value !== 'app')
				.map(({type, databases, users, address, method}) => [
					type,
					databases.map(({value, quoted}) => [value, quoted]),
					users.map(({value, quoted}) => [value, quoted]),
					address,
					method.words,
				]),
	},
	{
		edit: {format: 'systemd-unit', settings: [{section: 'Service', key: 'User', value: ['x']}]},
		sources: unit,
		others: text => sections(systemdDialect, text, 'Service.User'),
	},
	{
		edit: {format: 'uwsgi-ini', settings: [{section: 'uwsgi', key: 'socket', value: ['/run/y']}]},
		sources: uwsgi,
		others: text => sections(uwsgiDialect, text, 'uwsgi.socket'),
	},
	{
		edit: {format: 'nginx', settings: [{block: ['http'], directive: 'server_tokens', args: [['off']]}]},
		sources: [nginxStock, `http {\n${nginxSite}\nserver_tokens on;\n}\n`],
		others: text => nginxOthers(directivesOf(text), ''),
	},
	{
		edit: {format: 'yaml', settings: [{path: ['net', 'bindIp'], value: {text: ['127.0.0.1']}}]},
		sources: [
			'# c\nnet:\n  port: 27017\n  bindIp: 0.0.0.0\nsecurity: {authorization: enabled}\nlist:\n- a\n- "b # c"\n',
		],
		others: text => {
			const {net, ...rest} = (parseYaml(text) ?? {}) as {net?: Record<string, unknown>};
			const {bindIp: _, ...others} = net ?? {};
			return {...rest, net: others};
		},
	},
];

/** What comes of it; undefined where the editor or the reader refuses the text. */
const given = <T>(make: () => T): T | undefined => {
	try {
		return make();
	} catch (error) {
		if (error instanceof Fault || (error as Error).name === 'YAMLParseError') return undefined;
		throw error;
	}
};

it.each(cases)('$edit.format', ({edit: {format, settings}, sources, others}) => {
	let taken = 0;
	const texts = [...sources, ...Array.from({length: 500}, (_, seed) => inputOf(sources, seed, 0))];
	for (const text of texts) {
		const after = given(() => spliced(text, editorFor(format).edit(text, settings)));
		const was = after === undefined ? undefined : given(() => others(text));
		if (after === undefined || was === undefined) continue;
		taken += 1;
		expect(others(after), JSON.stringify(text)).toEqual(was);
	}
	expect(taken).toBeGreaterThan(50);
});

it('shell, as sh itself reads it', () => {
	const edit: AnyEdit = {format: 'shell', settings: [{key: 'SLAPD_SERVICES', value: ['ldap://127.0.0.1/']}]};
	const directory = mkdtempSync(join(tmpdir(), 'keeps-'));
	const run = (text: string, more: string): string => {
		writeFileSync(join(directory, 'f'), text);
		return execFileSync('/bin/sh', ['-c', `. ${directory}/f; ${more}`], {
			env: {},
			stdio: ['ignore', 'pipe', 'ignore'],
		}).toString();
	};
	const printed = (text: string): readonly string[] =>
		run(text, 'set')
			.split('\n')
			.filter(line => !/^(SLAPD_SERVICES|_|PPID|OPTIND|IFS|PS\d|PWD|LINENO)=/.test(line));
	const plain = [
		...shell.map(text => text.replace(/^\t\. .*$/m, '\t:')),
		"A='x\n#SLAPD_SERVICES=y\n'\nB=2\n",
		'A=1 \\\n',
		'cat > /dev/null <<E\n#SLAPD_SERVICES=x\nE\nB=3\n',
	];
	for (const text of plain) {
		const after = spliced(text, editorFor('shell').edit(text, edit.settings));
		expect(printed(after), JSON.stringify(text)).toEqual(printed(text));
		expect(run(after, 'printf %s "$SLAPD_SERVICES"')).toBe('ldap://127.0.0.1/');
	}
	rmSync(directory, {recursive: true});
});
