/** One Python process as the application's user. The script and all it needs go in by stdin, so that nothing of it is in an argument. */
import {Fault} from '#model/fault.ts';
import type {Host, ProgramOptions, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {quoteText, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {lastLines} from '../programs/run-program.ts';
import {accounts} from '../system/accounts.ts';
import type {DjangoProject} from './project.ts';

/** What a question that went wrong gives instead of its answer: Python's last lines, freed of secrets. */
export type Wrong = {readonly error: readonly string[]; readonly kind: string};
export type Answers = Readonly<Record<string, Json>> & {readonly started: {readonly version: string} | Wrong};

export type Asking = {
	/** Names of the script's functions; each answer goes by its name. */
	readonly what: readonly string[];
	readonly more?: Readonly<Record<string, Json>>;
	/** Only on stdin. */
	readonly secrets?: Readonly<Record<string, Text>>;
	readonly timeout?: number;
};

/** Asks; undefined while there is no interpreter, no directory or no user to ask with. Throws Fault 'django.python' when Python itself fails. */
export const askDjango = async (
	host: Reader,
	project: DjangoProject,
	script: string,
	asking: Asking,
): Promise<Answers | undefined> => {
	const options = optionsOf(project, script, asking);
	if (!(await isThere(host, project))) return undefined;
	const ran = await host.probe(pythonArgv(project), {
		...options,
		timeout: asking.timeout ?? 120_000,
	});
	return parse(project, ran.stdout, ran.stderr, ran.code);
};

/** The same for what changes something. Throws Fault with that code when Django or the function fails. */
export const tellDjango = async (
	host: Host,
	project: DjangoProject,
	script: string,
	asking: Asking,
	code: string,
	sentence: string,
): Promise<Json> => {
	const [name = ''] = asking.what;
	let answers: Answers | undefined;
	let asked = false;
	await host.act(sentence, async () => {
		asked = true;
		answers = await askDjango(host, project, script, asking);
	});
	// A dry run only writes the sentence down; what it is for would have come to its good end.
	if (!asked) return {outcome: 'undone'};
	if (answers === undefined)
		throw new Fault(
			code,
			`${sentence}: ${project.python} or ${project.directory} is not there`,
			'The steps that make them have to come first.',
		);
	const wrong = wrongOf(answers.started) ?? wrongOf(answers[name]);
	if (wrong) throw djangoFault(code, sentence, wrong);
	return answers[name] ?? null;
};

/** The answer when it is one of a question that went wrong. */
export const wrongOf = (answer: unknown): Wrong | undefined =>
	typeof answer === 'object' && answer !== null && 'error' in answer ? (answer as Wrong) : undefined;

const djangoFault = (code: string, sentence: string, {error}: Wrong): Fault => {
	const lines = lastLines(error.join('\n'), 12);
	return new Fault(code, `${sentence}: ${lines.at(-1) ?? 'Django gave no reason'}`, hintFor(lines.at(-1) ?? ''), {
		details: lines,
	});
};

/** What helps with the failures that an installation meets. */
export const hintFor = (line: string): string => {
	if (/SERVER_DOWN|INVALID_CREDENTIALS|ldap\./.test(line))
		return 'The directory did not answer as the settings expect: see that slapd runs, and the LDAP values in settings.py.';
	if (/already exists|Duplicate (column|table|key) /i.test(line))
		return 'What this migration makes is there already, and only its row in django_migrations is missing (manage.py showmigrations names the first one not applied). Compare the tables with it; where they are as it would make them, manage.py migrate --fake APP NAME writes that row, and the same command goes on from there.';
	if (/relation .* does not exist|Table '.*' doesn't exist|no such (table|column)/i.test(line))
		return 'A table that an earlier migration made is gone, though its row in django_migrations is there: bring the table back from a dump of the database. manage.py showmigrations says which are recorded.';
	if (/OperationalError|could not connect|Connection refused|password authentication failed/.test(line))
		return 'The database did not let the application in: see DATABASES in settings.py, and that PostgreSQL runs.';
	if (/ImportError|ModuleNotFoundError/.test(line))
		return 'A Python module is missing: see the requirements, and that the interpreter in the answers is the one they were installed for.';
	if (/PermissionError|Permission denied|EACCES/.test(line))
		return "The application's user may not write there: see owner and mode of that path.";
	return 'Its last lines are below; mend the cause and run the same command again.';
};

/** argv and options for a manage.py command, as an operator would run it. */
export const manageArgv = (project: DjangoProject, ...words: readonly string[]): readonly string[] => [
	project.python,
	project.manage ?? 'manage.py',
	...words,
];

/** Working directory, user and environment of everything we run in a project. Throws Blocked 'unsafe' where nobody may be asked. */
export const surroundings = ({user, notAsked, directory, settings, env}: DjangoProject): ProgramOptions => {
	if (notAsked !== undefined) throw new Blocked(notAsked);
	return {
		as: user,
		cwd: directory,
		env: {...env, DJANGO_SETTINGS_MODULE: settings, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1'},
	};
};

const isThere = async (host: Reader, {python, directory, user}: DjangoProject): Promise<boolean> => {
	const [interpreter, place, known] = await Promise.all([host.stat(python), host.stat(directory), host.fact(accounts)]);
	return interpreter !== undefined && place !== undefined && known.users.has(user);
};

/** Its Python, which runs the script it gets by stdin with the rest of that as `ask`. */
export const pythonArgv = (project: DjangoProject): readonly string[] => [
	project.python,
	'-c',
	'import json, sys; ask = json.loads(sys.stdin.read()); exec(compile(ask.pop("script"), "<setup>", "exec"), {"ask": ask, "__name__": "setup"})',
];

const optionsOf = (project: DjangoProject, script: string, {what, more, secrets}: Asking): ProgramOptions => ({
	...surroundings(project),
	stdin: [
		JSON.stringify({script, directory: project.directory, settings: project.settings, what, ...more}).slice(0, -1),
		...Object.entries(secrets ?? {}).flatMap(([name, text]) => [`,${JSON.stringify(name)}:`, ...asJson(text)]),
		...environmentWords(project),
		'}',
	],
});

const asJson = (text: Text): Text => quoteText(text, plain => JSON.stringify(plain));

/** `,"environ":{"NAME":"value"}`. */
export const environmentWords = ({unitEnvironment = {}}: DjangoProject): Text => [
	',"environ":{',
	...Object.entries(unitEnvironment).flatMap(([name, value], at) => [
		`${at === 0 ? '' : ','}${JSON.stringify(name)}:`,
		...asJson(value),
	]),
	'}',
];

const parse = (project: DjangoProject, stdout: string, stderr: string, code: number): Answers => {
	try {
		return JSON.parse(stdout) as Answers;
	} catch {
		const lines = lastLines(stderr, 12);
		throw new Fault(
			'django.python',
			`${project.python} ended with ${code} and gave no answer about ${project.directory}${lines.length > 0 ? `: ${lines.at(-1)}` : ''}`,
			'See whether it is a Python that runs, and its last lines below.',
			{details: lines},
		);
	}
};
