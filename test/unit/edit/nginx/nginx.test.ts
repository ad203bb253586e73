/** nginx files: what the guides ask for, Lua passed over, hostile arguments. */
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {type NginxSetting, nginx} from '#edit/nginx/nginx.ts';
import {directivesOf} from '#edit/nginx/read.ts';
import {nginxLua, nginxSite, nginxStock} from '../support/nginx-sources.ts';
import {keepsItsWord, text, tried} from '../support/properties.ts';

const set = (source: string, ...settings: readonly NginxSetting[]): string =>
	spliced(source, nginx.edit(source, settings));

describe('nginx', () => {
	it('does what the ipynbsrv guide asks, and leaves the rest alone', () => {
		const after = set(
			nginxStock,
			{block: [], directive: 'user', args: [['www-data']]},
			{block: [], directive: 'worker_processes', args: [['auto']]},
			{block: ['http'], removeBlocks: 'server'},
			{block: ['http'], include: '/usr/local/openresty/nginx/conf/sites-enabled/*.conf'},
		);
		const [head, tail] = nginxStock.split('\n    server {\n') as [string, string];
		const rest = tail.slice(tail.indexOf('\n    }\n') + 7, tail.lastIndexOf('}'));
		expect(after).toBe(
			`${head.replace('#user  nobody;\n', '#user  nobody;\nuser www-data;\n').replace('worker_processes  1;', 'worker_processes  auto;')}\n${rest}    include /usr/local/openresty/nginx/conf/sites-enabled/*.conf;\n}\n`,
		);
	});

	it('changes a directive wherever it stands, with variables only when it may', () => {
		expect(
			set(nginxSite, {anywhere: true, directive: 'proxy_pass', args: [['http://10.1.2.3:$1']], variables: true}),
		).toBe(nginxSite.replace('172.17.42.1', '10.1.2.3'));
		expect(() => set(nginxSite, {anywhere: true, directive: 'proxy_pass', args: [['http://10.1.2.3:$1']]})).toThrow(
			'edit.refused',
		);
		const two = nginxSite.replace(/(?=\n[^\n]*proxy_pass)/, '\n    location = /ask { proxy_pass http://$host/check; }');
		const docker = {
			anywhere: true,
			directive: 'proxy_pass',
			like: 'http://*:$1',
			args: [['http://10.1.2.3:$1']],
			variables: true,
		} as const;
		expect(set(two, docker)).toBe(two.replace('172.17.42.1', '10.1.2.3'));
		expect(set(set(two, docker), docker)).toBe(set(two, docker));
		expect(() => set(two, {...docker, like: 'http://*:$2'})).toThrow('there is no proxy_pass like http://*:$2');
		expect(() => set(nginxSite, {anywhere: true, directive: 'include', args: [['x']]})).toThrow('lines 13, 17');
		expect(set(nginxSite, {anywhere: true, directive: 'include', index: 1, args: [['x']]})).toBe(
			nginxSite.replace('include c.conf', 'include x'),
		);
		expect(() => set(nginxSite, {anywhere: true, directive: 'resolver', args: [['x']]})).toThrow(
			'there is no resolver',
		);
	});

	it('finds a block by arguments, server name and number', () => {
		const two =
			'server { server_name a b; listen 80; }\nserver {\n\tserver_name c;\n\tlocation / { x 1; }\n\tlocation ~ \\.php$ { x 2; }\n}\n';
		expect(() => set(two, {block: ['server'], directive: 'root', args: [['/x']]})).toThrow('lines 1, 2');
		expect(set(two, {block: [{name: 'server', serverName: 'b'}], directive: 'listen', args: [['81']]})).toBe(
			two.replace('80', '81'),
		);
		expect(
			set(two, {
				block: [
					{name: 'server', nth: 1},
					{name: 'location', args: ['~', '\\.php$']},
				],
				directive: 'x',
				args: [['3']],
			}),
		).toBe(two.replace('x 2', 'x 3'));
		expect(set(two, {block: [{name: 'server', nth: 1}], directive: 'root', args: [['/x']]})).toBe(
			two.replace('x 2; }\n', 'x 2; }\n\troot /x;\n'),
		);
		expect(
			set(two, {
				block: [
					{name: 'server', serverName: 'c'},
					{name: 'location', args: ['/new']},
				],
				directive: 'x',
				args: [['4']],
			}),
		).toBe(two.replace('x 2; }\n', 'x 2; }\n\tlocation /new {\n\t    x 4;\n\t}\n'));
		expect(() => set(two, {block: [{name: 'server', serverName: 'zz'}], directive: 'x', args: [['4']]})).toThrow(
			'edit.refused',
		);
	});

	it('tells repeated directives apart by their first arguments', () => {
		const source = 'http {\n    add_header A 1;\n    add_header B 2; # b\n}\n';
		expect(set(source, {block: ['http'], directive: 'add_header', key: ['B'], args: [['x y'], ['always']]})).toBe(
			source.replace('B 2', 'B "x y" always'),
		);
		expect(() => set(source, {block: ['http'], directive: 'add_header', args: [['C']]})).toThrow('lines 2, 3');
		expect(set(source, {block: ['http'], directive: 'add_header', key: ['A'], args: null})).toBe(
			'http {\n    add_header B 2; # b\n}\n',
		);
	});

	it('passes over Lua, quotes, comments and escapes', () => {
		expect(directivesOf(nginxLua).map(({name}) => name)).toEqual(['http']);
		expect(set(nginxLua, {anywhere: true, directive: 'root', args: [['/y']]})).toBe(
			nginxLua.replace('root "/x;\\"{";', 'root /y;'),
		);
	});

	it('refuses what nginx refuses, with line and column', () => {
		for (const [bad, where] of [
			['a b', 'line 1, column 1'],
			['a {\n b;', 'line 1, column 3'],
			['a;\n}', 'line 2, column 1'],
			['a "b', 'line 1, column 3'],
			['a "b"c;', 'line 1, column 6'],
			['\n;', 'line 2, column 1'],
			['content_by_lua_block { if {', 'line 1, column 22'],
		] as const) {
			expect(() => directivesOf(bad), bad).toThrow(where);
		}
	});

	it('writes any argument so that it is read back, or refuses it', () => {
		fc.assert(
			fc.property(fc.array(text, {minLength: 1, maxLength: 3}), fc.boolean(), (args, variables) => {
				const after = tried(nginx, nginxStock, [
					{block: ['http'], directive: 'x', args, ...(variables && {variables: true as const})},
				]);
				if (typeof after !== 'string') return;
				const http = directivesOf(after).find(({name}) => name === 'http');
				expect(http?.children?.find(({name}) => name === 'x')?.args.map(({value}) => value)).toEqual(
					args.map(([one]) => one),
				);
			}),
			{numRuns: 500},
		);
	});

	it('keeps its word', () => {
		const block = fc.constantFrom<readonly string[]>([], ['http'], ['events'], ['http', 'server'], ['new', 'deep']);
		const args = fc.array(text, {minLength: 1, maxLength: 2});
		keepsItsWord<NginxSetting>({
			editor: nginx,
			format: 'nginx',
			runs: 500,
			sources: [nginxStock, nginxSite, nginxLua, 'events { a b; }\nhttp { c d;\n e f; }', ''],
			setting: fc.oneof(
				fc.record({
					block,
					directive: fc.constantFrom('user', 'gzip', 'sendfile', 'load_module'),
					args: fc.oneof(args, fc.constant(null)),
				}),
				fc.record({
					block,
					directive: fc.constantFrom('add_header'),
					key: fc.constantFrom(['A'], ['B']),
					args,
					variables: fc.constant(true as const),
				}),
				fc.record({block, include: fc.constantFrom('/x/*.conf', 'mime.types', 'a b')}),
				fc.record({block, include: fc.constant('mime.types'), present: fc.constant(false as const)}),
				fc.record({block, removeBlocks: fc.constantFrom('server', 'location')}),
				fc.record({anywhere: fc.constant(true as const), directive: fc.constantFrom('proxy_pass', 'root'), args}),
			),
		});
	});
});
