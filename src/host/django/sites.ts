/** The Django projects behind the application servers of this host, with the settings that the checks look at: from the file, or asked where it computes them. */

import {resolve} from 'node:path';
import type {Fact, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Secret, type Text} from '#model/secret.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import type {AppServer} from '../app-servers/app-server.ts';
import {appServers, baseOf} from '../app-servers/app-servers.ts';
import {applicationUser} from '../app-servers/application-user.ts';
import {laterTime} from '../files/changed-since.ts';
import {statThrough} from '../files/stat-through.ts';
import {environmentWords, pythonArgv, surroundings} from './ask.ts';
import {ownDatabase} from './own-login.ts';
import type {DjangoProject} from './project.ts';
import {settingsScript} from './script.ts';
import type {Written} from './settings-file.ts';

export type Setting<T extends Json> = {readonly value: T; readonly where: string} | Unknown;

export type DjangoSite = {
	readonly server: AppServer;
	readonly project: DjangoProject;
	/** The settings file, and when it was last changed. */
	readonly file: string;
	readonly changedAt: number;
	/** All that its process reads of this at its start: the settings file, and the files of its environment. */
	readonly sources: readonly string[];
	readonly debug: Setting<boolean>;
	readonly allowedHosts: Setting<readonly string[]>;
	readonly engine: Setting<string>;
	/** How the application logs in to a PostgreSQL of this host, where that is plain to see: its rows are asked so. */
	readonly database?: NonNullable<DjangoProject['database']>;
	/** In a box; `weak` says what is wrong with it by itself. */
	readonly secretKey: {readonly box: Secret; readonly where: string; readonly weak?: string} | Unknown;
};

export const djangoSites: Fact<readonly DjangoSite[]> = {
	id: 'django-sites',
	read: async host => (await Promise.all((await host.fact(appServers)).map(server => siteOf(server, host)))).flat(),
};

/** A server whose application is no Django gives none. */
const siteOf = async (server: AppServer, host: Reader): Promise<readonly DjangoSite[]> => {
	const directory = baseOf(server);
	if (server.module === undefined || (await statOr(host, `${directory}/manage.py`)) === undefined) return [];
	const settings = server.settings ?? (await settingsIn(server.module, directory, host));
	if (settings === undefined) return [];
	const plain = `${directory}/${settings.replaceAll('.', '/')}`;
	const file = (await statOr(host, `${plain}.py`)) === undefined ? `${plain}/__init__.py` : `${plain}.py`;
	const {stat} = await statThrough(host, file);
	const user = await applicationUser(server, host);
	const unread = server.environment?.unread;
	const common = {python: server.python, directory, settings, unitEnvironment: environmentOf(server)};
	const project: DjangoProject =
		typeof user !== 'string'
			? {...common, user: '', notAsked: user}
			: unread !== undefined
				? {
						...common,
						user: '',
						notAsked: {because: 'unreadable', need: `${unread}, from which ${server.item} has its settings`},
					}
				: {...common, user};
	const sources = [file, ...(server.environment?.files ?? [])];
	return [{server, project, file, sources, changedAt: laterTime(stat), ...(await valuesOf(file, project, host))}];
};

const environmentOf = ({environment}: AppServer): Readonly<Record<string, Text>> =>
	Object.fromEntries([...(environment?.values ?? [])].map(([name, value]) => [name, boxed(name, value)]));

/** What may be a secret goes into a box, and so leaves every report; `production` does not. */
const boxed = (name: string, value: string): Text =>
	/SECRET|PASS|TOKEN|KEY|CREDENTIAL|URL|DSN|AUTH/i.test(name) && value.length >= 8
		? [new Secret(name, value)]
		: [value];

/** A project that only its user may look into is one that root must be asked about. */
const statOr = (host: Reader, path: string) => host.stat(path);

/** `os.environ.setdefault('DJANGO_SETTINGS_MODULE', …)` in the application's own wsgi.py. */
const settingsIn = async (module: string, directory: string, host: Reader): Promise<string | undefined> => {
	const bytes = await host.read(resolve(directory, `${module.replaceAll('.', '/')}.py`));
	return /DJANGO_SETTINGS_MODULE['"]\s*[,\]]\s*(?:=\s*)?['"]([\w.]+)/.exec(
		Buffer.from(bytes ?? '').toString('utf8'),
	)?.[1];
};

type Values = Pick<DjangoSite, 'debug' | 'allowedHosts' | 'engine' | 'secretKey' | 'database'>;
type Plain = {readonly DEBUG?: Json; readonly ALLOWED_HOSTS?: Json; readonly SECRET_KEY?: Json; readonly ENGINE?: Json};

const valuesOf = async (file: string, project: DjangoProject, host: Reader): Promise<Values> => {
	const written = await orWhy(() => writtenIn(file, project, host));
	const said: Written = 'because' in written ? {} : written;
	const names = ['DEBUG', 'ALLOWED_HOSTS', 'SECRET_KEY', 'ENGINE'] as const;
	// Who may not read the file may not ask about it either; Python is started only for what the file computes.
	const asked =
		'because' in written
			? written
			: names.every(name => said[name] !== undefined)
				? {}
				: await orWhy(() => askSettings(project, host));
	const value = (name: keyof Plain): Setting<never> => {
		if (said[name] !== undefined) return said[name] as Setting<never>;
		if ('because' in asked) return asked;
		const answer = asked[name];
		return (
			answer === undefined
				? {because: 'unreadable', need: `${name} in ${file} is computed`}
				: {value: answer, where: `${file} (as Python reads it)`}
		) as Setting<never>;
	};
	const database = await ownDatabase(host, said.login);
	return {
		...(database && {database}),
		debug: value('DEBUG'),
		allowedHosts: value('ALLOWED_HOSTS'),
		engine: value('ENGINE'),
		secretKey: keyIn(value('SECRET_KEY')),
	};
};

const writtenIn = async (file: string, project: DjangoProject, host: Reader): Promise<Written> => {
	const bytes = await host.read(file);
	if (bytes === undefined) return {};
	const {settingsIn: read} = await import('./settings-file.ts');
	return read(Buffer.from(bytes).toString('utf8'), file, languageOf(project));
};

const orWhy = async <T>(look: () => Promise<T>): Promise<T | Unknown> => {
	try {
		return await look();
	} catch (error) {
		if (error instanceof Blocked) return error.why;
		throw error;
	}
};

const keyIn = (setting: Setting<never>): DjangoSite['secretKey'] => {
	if ('because' in setting) return setting;
	const text = String(setting.value as Json);
	const weak = text.startsWith('django-insecure-')
		? 'is the one that startproject made, and says so itself'
		: text.length < 32
			? `has only ${text.length} characters`
			: new Set(text).size < 8
				? 'repeats a few characters'
				: undefined;
	return {box: new Secret('SECRET_KEY', text), where: setting.where, ...(weak !== undefined && {weak})};
};

export const languageOf = ({python}: DjangoProject): 2 | 3 => (/python2/.test(python) ? 2 : 3);

/** The application's own Python, as its user. */
const askSettings = async (project: DjangoProject, host: Reader): Promise<Plain> => {
	const {directory, settings} = project;
	const {stdout} = await host.probe(pythonArgv(project), {
		...surroundings(project),
		stdin: [
			JSON.stringify({script: settingsScript, directory, settings}).slice(0, -1),
			...environmentWords(project),
			'}',
		],
		timeout: 10_000,
	});
	const answer = lastJson(stdout);
	if (answer === undefined)
		throw new Blocked({because: 'unreadable', need: `${settings} in ${directory} gave no answer that is one`});
	if ('error' in answer) throw new Blocked({because: 'unreadable', need: notImported(project, answer as Raised)});
	return answer;
};

type Raised = {readonly kind: string; readonly error: string};

/** Python's reason as a clause. */
const notImported = ({settings, directory}: DjangoProject, {kind, error}: Raised): string => {
	const what = `the settings ${settings} in ${directory} do not load`;
	if (kind === 'KeyError') return `${what}: they want the variable ${error} in their environment`;
	if (/^(ImportError|ModuleNotFoundError)$/.test(kind))
		return `${what}: ${error.replace(/^No module named/, 'there is no module')}`;
	return `${what}: ${error.split('\n')[0] || kind}`;
};

const lastJson = (stdout: string): Plain | Raised | undefined => {
	try {
		return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Plain | Raised;
	} catch {
		return undefined;
	}
};
