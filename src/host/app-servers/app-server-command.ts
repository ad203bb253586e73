/** What the command line and the ini file of uwsgi or gunicorn say of how it runs. */
import {basename, dirname, resolve} from 'node:path';
import {uwsgiDialect} from '#edit/sections/ini.ts';
import type {Reader} from '#model/host.ts';
import {sectionLines} from '../files/section-lines.ts';
import {textOf} from '../files/text-of.ts';
import {assignments, type UnitEnvironment} from '../units/environment.ts';
import type {AppServer, Plugin, Socket} from './app-server.ts';

export type Started = {
	readonly item: string;
	readonly unit: string;
	readonly where: string;
	readonly command: string;
	readonly user?: string;
	readonly group?: string;
	readonly directory?: string;
	readonly environment?: UnitEnvironment;
	/** Started as root, to become that user itself. */
	readonly asRoot?: true;
};

/** Empty where the command is something else after all. */
export const serverFrom = async (host: Reader, started: Started): Promise<readonly AppServer[]> => {
	const words = [...started.command.replace(/^[-@:+!]+/, '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
		([, a, b, c]) => a ?? b ?? c ?? '',
	);
	const at = words.findIndex(word => /(^|\/)(uwsgi|gunicorn)[\w.-]*$/.test(word));
	if (at < 0) return [];
	const program = words[at] ?? '';
	const rest = words.slice(at + 1);
	return [
		basename(program).startsWith('uwsgi')
			? await uwsgi(host, started, program, rest)
			: await gunicorn(host, started, program, rest),
	];
};

type Option = {readonly value: string; readonly where: string};

const uwsgi = async (host: Reader, started: Started, program: string, words: readonly string[]): Promise<AppServer> => {
	const conf = words.find(word => word.endsWith('.ini'))?.replace(/^--ini=/, '');
	const lines =
		conf === undefined ? [] : (sectionLines(uwsgiDialect, (await textOf(host, conf)) ?? '').get('uwsgi') ?? []);
	const option = (...names: readonly string[]): Option | undefined => {
		const line = lines.findLast(({key}) => names.includes(key));
		return (
			fromWords(
				words,
				started.where,
				names.map(name => `--${name}`),
			) ??
			(line && {value: line.value, where: `${conf}:${line.line}`})
		);
	};
	const own = lines.flatMap(({key, value}) => (key === 'env' ? [value] : []));
	const settings = lines
		.map(({key, value}) => (key === 'env' ? /^DJANGO_SETTINGS_MODULE=(.+)$/.exec(value)?.[1] : undefined))
		.find(value => value !== undefined);
	const home = option('virtualenv', 'venv', 'home', 'pyhome')?.value;
	const mode = option('chmod-socket')?.value;
	const given = ['socket', 'uwsgi-socket', 'http-socket', 'http'].flatMap(name =>
		lines.filter(({key}) => key === name).map(({value}) => value),
	);
	const more = option('socket', 's', 'http-socket')?.value;
	const harakiri = option('harakiri');
	const named = ['plugin', 'plugins', 'need-plugin', 'need-plugins'];
	const wanted = [
		...lines.flatMap(({key, value, line}) => (named.includes(key) ? [{value, where: `${conf}:${line}`}] : [])),
		...[
			fromWords(
				words,
				started.where,
				named.map(name => `--${name}`),
			),
		].filter(one => one !== undefined),
	];
	const places = lines.flatMap(({key, value}) => (/^plugins?-dir$/.test(key) ? [value] : []));
	return known({
		...common(started),
		environment: withMore(started, own),
		kind: 'uwsgi',
		conf,
		// Who is not root cannot become another.
		user: startedAs(started) ?? option('uid')?.value ?? started.user,
		group: option('gid')?.value ?? started.group,
		directory: option('chdir')?.value ?? started.directory,
		module: option('module', 'w', 'wsgi')?.value.split(':')[0],
		settings: settings ?? fromEnvironment(started),
		python: home === undefined ? '/usr/bin/python3' : `${home}/bin/python`,
		sockets: [...new Set([...given, ...(more === undefined ? [] : [more])])].flatMap(value =>
			socketOf(value, mode === undefined ? undefined : Number.parseInt(mode, 8)),
		),
		processes: Number(option('processes', 'p', 'workers')?.value ?? 1) || 1,
		plugins: pluginsIn(program, wanted, places),
		timeout: harakiri && {seconds: Number(harakiri.value), where: harakiri.where},
	});
};

/** Of Debian's uwsgi, whose program brings no language with it; what is built in, and what a name leaves open, is left out. Undefined where it names none. */
const pluginsIn = (
	program: string,
	wanted: readonly Option[],
	places: readonly string[],
): readonly Plugin[] | undefined => {
	if (!/^(\/usr\/bin\/)?uwsgi/.test(program)) return undefined;
	const [first = debianPlugins, ...more] = [...places.filter(place => /^\/[^$%]*$/.test(place)), debianPlugins];
	const found = wanted.flatMap(({value, where}) =>
		value
			.split(',')
			.map(name => name.trim())
			.filter(name => language.test(name))
			.map(name => ({
				name,
				where,
				paths: [`${first}/${name}_plugin.so`, ...more.map(place => `${place}/${name}_plugin.so`)] as const,
			})),
	);
	return found.length === 0 ? undefined : found;
};

const language = /^(python|psgi|rack|lua|php|jvm|jwsgi|ring|mono|gevent|asyncio|greenlet|tornado|v8|fiber)\w*$/;

const debianPlugins = '/usr/lib/uwsgi/plugins';

const gunicorn = async (
	host: Reader,
	started: Started,
	program: string,
	words: readonly string[],
): Promise<AppServer> => {
	const named = fromWords(words, started.where, ['-c', '--config'])?.value.replace(/^(file|python):/, '');
	const base = fromWords(words, started.where, ['--chdir'])?.value ?? started.directory ?? '/';
	const conf = named === undefined ? undefined : resolve(base, named);
	const source = conf === undefined ? '' : Buffer.from((await host.read(conf)) ?? '').toString('utf8');
	const option = (key: string, ...names: readonly string[]): Option | undefined =>
		fromWords(words, started.where, names) ?? fromPython(source, key, conf ?? '');
	const timeout = option('timeout', '-t', '--timeout');
	const module = option('wsgi_app')?.value ?? positional(words);
	const given = words.flatMap((word, at) =>
		word === '-e' || word === '--env' ? (words[at + 1] ?? []) : word.startsWith('--env=') ? word.slice(6) : [],
	);
	const env = given.map(word => /^DJANGO_SETTINGS_MODULE=(.+)$/.exec(word)?.[1]);
	return known({
		...common(started),
		environment: withMore(started, given),
		kind: 'gunicorn',
		conf,
		user: startedAs(started) ?? option('user', '-u', '--user')?.value ?? started.user,
		group: option('group', '-g', '--group')?.value ?? started.group,
		directory: base === '/' ? undefined : base,
		module: module?.split(':')[0],
		settings: env.find(value => value !== undefined) ?? fromEnvironment(started),
		python: program.startsWith('/usr/') || !program.startsWith('/') ? '/usr/bin/python3' : `${dirname(program)}/python`,
		sockets: socketOf(option('bind', '-b', '--bind')?.value ?? '127.0.0.1:8000', undefined),
		processes: Number(option('workers', '-w', '--workers')?.value ?? 1) || 1,
		timeout: {seconds: Number(timeout?.value ?? 30), where: timeout?.where ?? "gunicorn's own default"},
	});
};

const common = (started: Started) => ({
	item: started.item,
	unit: started.unit,
	where: started.where,
	startedAs: startedAs(started),
});

/** Its own configuration adds to what its unit gives. */
const withMore = ({environment}: Started, words: readonly string[]): UnitEnvironment | undefined =>
	words.length === 0
		? environment
		: {
				...environment,
				files: environment?.files ?? [],
				values: new Map([...(environment?.values ?? []), ...words.flatMap(word => assignments(`"${word}"`))]),
			};

const startedAs = ({user, asRoot}: Started): string | undefined =>
	asRoot === true || user === 'root' || user === '0' ? undefined : user;

/** Without what is not said. */
const known = (server: {readonly [K in keyof AppServer]: AppServer[K] | undefined}): AppServer =>
	Object.fromEntries(Object.entries(server).filter(([, value]) => value !== undefined)) as unknown as AppServer;

const fromWords = (words: readonly string[], where: string, names: readonly string[]): Option | undefined => {
	for (const [at, word] of words.entries()) {
		const name = names.find(one => word === one || (one.startsWith('--') && word.startsWith(`${one}=`)));
		if (name !== undefined) return {value: word === name ? (words[at + 1] ?? '') : word.slice(name.length + 1), where};
	}
	return undefined;
};

/** Only plain values of gunicorn's configuration file; what it computes is not guessed. */
const fromPython = (source: string, key: string, path: string): Option | undefined => {
	const found = new RegExp(`^${key}\\s*=\\s*(?:["']([^"'\\n]*)["']|(\\d+))\\s*(?:#.*)?$`, 'm').exec(source);
	return found === null
		? undefined
		: {value: found[1] ?? found[2] ?? '', where: `${path}:${source.slice(0, found.index).split('\n').length}`};
};

/** gunicorn's application is the word that belongs to no option. */
const positional = (words: readonly string[]): string | undefined =>
	words.find(
		(word, at) =>
			/^[A-Za-z_][\w.]*(:[\w.()]+)?$/.test(word) &&
			(at === 0 || !/^-/.test(words[at - 1] ?? '') || /=/.test(words[at - 1] ?? '') || flags.has(words[at - 1] ?? '')),
	);

const flags = new Set([
	'--preload',
	'--reload',
	'--daemon',
	'-D',
	'--capture-output',
	'--proxy-protocol',
	'--no-sendfile',
]);

const fromEnvironment = ({environment}: Started): string | undefined =>
	environment?.values.get('DJANGO_SETTINGS_MODULE');

const socketOf = (text: string, mode: number | undefined): readonly Socket[] => {
	const path = text.replace(/^unix:/, '');
	if (path.startsWith('/')) return [{kind: 'unix', path, ...(mode !== undefined && {mode})}];
	const [, host = '', port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(text) ?? [];
	return port === undefined
		? []
		: [{kind: 'tcp', host: host === '' ? '0.0.0.0' : host.replace(/^\[|\]$/g, ''), port: Number(port)}];
};
