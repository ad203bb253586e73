/** One state of every screen and overlay, as an operator of ipynbsrv would meet them: for the golden captures, the plain lines and the JSON lines. Times are UTC. */
import type {Asked, AskedStep, Interview} from '#answers/interview/interview.ts';
import {emptyField, fieldOf} from '../../../src/ui/state/field.ts';
import type {
	Overlay,
	PlanLine,
	Preflight,
	RunView,
	Screen,
	StackSummary,
	State,
	StepRun,
} from '../../../src/ui/state/types.ts';

process.env['TZ'] = 'UTC';

const now = Date.parse('2026-11-21T14:04:00Z');
const titles: readonly (readonly [string, string])[] = [
	['packages', 'Packages'],
	['sources', 'Sources'],
	['docker', 'Docker'],
	['ldap-directory', 'LDAP directory'],
	['ldap-client', 'LDAP client'],
	['postgres', 'PostgreSQL'],
	['openresty', 'OpenResty'],
	['application', 'Application'],
	['app-settings', 'Settings'],
	['database-tables', 'Database tables'],
	['assets', 'Assets'],
	['superuser', 'Superuser'],
	['app-server', 'Server'],
];

const asked = (path: string, title: string, text: string, more: Partial<Asked> = {}): Asked => ({
	path,
	title,
	type: 'text',
	required: false,
	when: [],
	value: text,
	text,
	origin: 'guide default',
	answered: false,
	...more,
});

const directory: readonly Asked[] = [
	asked('mode', 'Directory', 'existing', {
		type: 'one of',
		answered: true,
		origin: 'your answer',
		default: 'local',
		from: 'guide',
		help: 'Which directory holds the users? Another one than the one on this host is only read.',
		choices: [
			{value: 'local', title: 'slapd on this host', help: 'A new directory. It listens on this host only.'},
			{value: 'existing', title: 'a directory that runs already'},
		],
	}),
	asked('uri', 'URI', 'ldaps://ldap.example.org/', {
		type: 'URL',
		answered: true,
		origin: 'your answer',
		required: true,
		help: 'Where the directory answers. ldap:// with StartTLS, or ldaps://.',
		example: 'ldaps://ldap.example.org/',
	}),
	asked('startTls', 'StartTLS', 'no', {
		type: 'one of',
		value: false,
		origin: 'setup default',
		choices: [
			{value: true, title: 'yes'},
			{value: false, title: 'no'},
		],
	}),
	asked('baseDn', 'Base DN', 'dc=example,dc=org', {type: 'distinguished name', required: true, origin: 'this host'}),
	asked('bindDn', 'Bind DN', '', {
		type: 'distinguished name',
		required: true,
		value: undefined,
		origin: '',
		example: 'cn=admin,dc=example,dc=org',
	}),
	asked('bindPassword', 'Bind password', '', {
		type: 'secret',
		required: true,
		value: undefined,
		origin: '',
		mayGenerate: true,
	}),
	asked('mayChange', 'May setup add entries there?', 'no', {
		type: 'one of',
		value: false,
		origin: 'setup default',
		help: 'Without it the directory is only read.',
	}),
];

const step = ([id, title]: readonly [string, string], more: Partial<AskedStep> = {}): AskedStep => ({
	id,
	title,
	about: `What ${title} is for.`,
	guide: `ipynbsrv: ${title}`,
	questions: [asked('one', `A question of ${title}`, 'its answer')],
	problems: [],
	probes: [],
	...more,
});

const interview: Interview = {
	stack: 'ipynbsrv',
	complete: false,
	steps: titles.map(one =>
		one[0] === 'ldap-directory'
			? step(one, {
					about: 'A directory for the accounts: base, ou=users, ou=groups, a first group and a first user.',
					guide: 'ipynbsrv: LDAP Container; User Management',
					questions: directory,
					probes: [
						{id: 'answers', title: 'the directory answers', about: ['uri']},
						{id: 'bind', title: 'bind works', about: ['bindDn', 'bindPassword']},
						{id: 'groups', title: 'groups', about: ['baseDn']},
					],
				})
			: one[0] === 'application'
				? step(one, {
						questions: [asked('repository', 'Repository', '', {required: true, value: undefined, origin: ''})],
					})
				: step(one),
	),
};

const stack: StackSummary = {
	id: 'ipynbsrv',
	title: 'ipynbsrv: multi-user IPython notebook server',
	about: 'LDAP accounts, PostgreSQL, OpenResty from source, the Django web interface under uwsgi.',
	cost: 'about 5 min, 1.1 GiB on disk, 84 MiB to load (Debian 12, 2 cores)',
	seconds: 310,
	stepSeconds: {
		packages: 72,
		sources: 4,
		docker: 9,
		'ldap-directory': 3,
		'ldap-client': 5,
		postgres: 6,
		openresty: 130,
		application: 41,
		assets: 22,
	},
};

const preflight: readonly Preflight[] = [
	{id: 'host.release', title: 'release', state: 'ok', line: 'Debian 12', commands: [], accepted: false},
	{id: 'host.memory', title: 'memory', state: 'ok', line: '3.8 GiB', commands: [], accepted: false},
	{id: 'host.disk', title: 'disk', state: 'ok', line: '41 GiB free on /', commands: [], accepted: false},
	{
		id: 'host.lists',
		title: 'package lists',
		state: 'fail',
		line: 'last fetched 63 days ago',
		remedy: 'Fetch them anew, or packages that are gone will be asked for.',
		commands: ['apt-get update'],
		accepted: false,
	},
	{
		id: 'host.clock',
		title: 'clock',
		state: 'warn',
		line: 'not synchronized',
		remedy: 'TLS wants the right time.',
		commands: [],
		accepted: false,
	},
	{
		id: 'host.ports',
		title: 'port 80',
		state: 'unknown',
		line: 'needs root: to see who holds it',
		commands: [],
		accepted: false,
	},
];

const base: State = {
	size: {columns: 80, rows: 24},
	now,
	host: {
		name: 'notebook1',
		release: 'Debian 12',
		memoryMiB: 3900,
		freeDiskMiB: 42_000,
		people: [
			{user: 'root', tty: 'pts/1'},
			{user: 'alice', tty: 'pts/2'},
		],
	},
	stacks: [stack],
	askAgain: new Set(),
	passed: new Set(['packages', 'sources', 'docker']),
	brief: false,
	savedAt: now - 120_000,
	preflight: [],
	probes: [],
	screen: {at: 'start', highlighted: 0},
	busy: false,
};

const question = (path: string, editor: Extract<Screen, {at: 'question'}>['editor']): State => ({
	...base,
	stack,
	interview,
	preflight: preflight.slice(0, 3),
	askAgain: new Set(['docker.one']),
	probes: [
		{
			id: 'answers',
			step: 'ldap-directory',
			title: 'the directory answers',
			about: ['uri'],
			state: 'ok',
			line: 'ldap.example.org answers in 12 ms, TLS until 2027-03-01',
			seconds: 0.01,
		},
		{id: 'bind', step: 'ldap-directory', title: 'bind works', about: ['bindDn'], state: 'asking'},
		{
			id: 'groups',
			step: 'ldap-directory',
			title: 'groups',
			about: ['baseDn'],
			state: 'failed',
			line: 'nothing under ou=groups: no one is in a group',
			seconds: 0.2,
		},
	],
	screen: {at: 'question', step: 3, question: directory.findIndex(one => one.path === path), editor},
});

const line = (step: string, title: string, more: Partial<PlanLine> = {}): PlanLine => ({
	id: `${step}:${title}`,
	step,
	title,
	state: 'change',
	changes: [{what: 'content', from: null, to: 'new'}],
	...more,
});

const plan: NonNullable<State['plan']> = {
	lines: [
		...Array.from({length: 61}, (_, n) => line('packages', `package ${n}`)),
		line('sources', 'nothing to do', {state: 'ok', changes: []}),
		line('ldap-directory', 'directory dc=ipynbsrv,dc=ldap'),
		line('ldap-directory', 'ou=users, ou=groups'),
		line('ldap-directory', 'user alice (uid 2500)'),
		line('ldap-client', '/etc/nsswitch.conf', {
			changes: [
				{
					what: 'passwd',
					from: 'files',
					to: 'files ldap',
					patch: '--- a\n+++ b\n@@ -1 +1 @@\n-passwd: files\n+passwd: files ldap\n',
				},
			],
		}),
		line('postgres', 'role ipynbsrv'),
		line('postgres', 'database ipynbsrv'),
		line('openresty', 'OpenResty 1.27.1.2'),
		line('app-settings', '/srv/ipynbsrv/_repo/wui/ipynbsrv/settings.py', {
			state: 'unknown',
			why: 'until iface:docker0 is there',
		}),
		line('app-server', 'uwsgi.service', {
			state: 'failed',
			changes: [],
			why: 'no interpreter of that name',
			hint: 'Name one that is installed.',
		}),
	],
	counts: {ok: 1, change: 68, unknown: 1, failed: 1},
	restarts: ['nslcd', 'postgresql'],
	facts: ['61 packages to install, none removed', '84 MiB to load'],
};

const review = (highlighted: number, open: readonly string[]): State => ({
	...base,
	stack,
	interview,
	plan,
	screen: {at: 'review', highlighted, open: new Set(open)},
});

const stepRun = ([id, title]: readonly [string, string], more: Partial<StepRun> = {}): StepRun => ({
	id,
	title,
	state: 'waits',
	changed: 0,
	ended: 0,
	...more,
});
const done = (seconds: number, changed: number): Partial<StepRun> => ({
	state: 'done',
	startedAt: now - 107_000,
	endedAt: now - 107_000 + seconds * 1000,
	changed,
	ended: changed,
});

const running: RunView = {
	info: {
		run: 'r1',
		what: 'setup apply answers.yaml',
		stack: 'ipynbsrv',
		pid: 4711,
		since: now - 107_000,
		by: {user: 'root', tty: 'pts/1'},
		how: {unit: 'host-setup-r1.service'},
	},
	you: 'drives',
	driver: {user: 'root', tty: 'pts/1'},
	kind: 'apply',
	live: true,
	startedAt: now - 107_000,
	nodes: 78,
	steps: titles.map((one, index) => {
		if (index === 0) return stepRun(one, done(72, 61));
		if (index === 1) return stepRun(one, done(4, 0));
		if (index < 5) return stepRun(one, done(5, 4));
		if (one[0] === 'postgres')
			return stepRun(one, {
				state: 'works',
				startedAt: now - 1000,
				now: 'creating the role',
				node: 'postgres:role',
				ended: 1,
				of: 3,
			});
		if (one[0] === 'openresty')
			return stepRun(one, {
				state: 'works',
				startedAt: now - 58_000,
				now: 'compiling',
				node: 'openresty:build',
				progress: {done: 412, of: 760},
				ended: 1,
				of: 3,
			});
		return stepRun(one);
	}),
	programs: {},
	tails: {
		'openresty:build': ['ngx_ssl', 'ngx_http', 'ngx_v2', 'ngx_v3'].map(
			name => `cc -c -pipe -O -W -Wall -Wpointer-arith -g -O2 -I src/core -o objs/${name}.o`,
		),
		'postgres:role': ['CREATE ROLE'],
	},
	log: Array.from({length: 400}, (_, n) =>
		n % 50 === 7 ? `openresty  warning: unused variable number ${n}` : `openresty  cc -c -o objs/file${n}.o`,
	),
	stopping: false,
	changed: 77,
	faults: [],
};

const install = (run: Partial<RunView>, focus = 1): State => ({
	...base,
	stack,
	interview,
	run: {...running, ...run},
	screen: {at: 'install', focus},
});

const failedSteps = running.steps.map((one, index) => {
	const rest = stepRun([one.id, one.title], done(5, 2));
	if (one.id === 'assets') return {...rest, state: 'failed'} as const;
	return index === 12 ? ({...rest, state: 'skipped'} as const) : rest;
});

const failed: State = {
	...base,
	stack,
	interview,
	run: {
		...running,
		outcome: 'failed',
		seconds: 251,
		steps: failedSteps,
		faults: [
			{
				id: 'assets:less',
				step: 'assets',
				code: 'command.failed',
				sentence: 'lessc could not find bower_components/bootstrap/less/bootstrap.less',
				hint: "Bower's registry did not answer, so the components are not there. Take them from the npm registry, or give a folder that holds them.",
				details: [],
				last: [
					'bower  ECONNREFUSED  Request to its registry failed',
					"lessc  main.less:1   'bootstrap.less' wasn't found",
				],
				program: {argv: ['lessc', 'main.less'], cwd: '/srv/ipynbsrv', env: {}},
			},
		],
	},
	screen: {at: 'failure', highlighted: 0},
};

const over = (state: State, overlay: Overlay): State => ({...state, over: overlay});
const text = (path: string, value: string): State => question(path, {kind: 'text', field: fieldOf(value)});

const zones = ['Africa', 'America', 'Asia', 'Europe'].flatMap(part =>
	Array.from({length: 40}, (_, n) => `${part}/City ${n}`),
);
const zoneQuestion = asked('zone', 'Time zone', 'Europe/City 3', {
	type: 'one of',
	value: 'Europe/City 3',
	origin: 'this host',
	choices: zones.map(value => ({value})),
});
const zone = (filter: string, highlighted: number): State => ({
	...base,
	stack,
	interview: {...interview, steps: [step(['zone', 'Time'], {questions: [zoneQuestion]}), ...interview.steps]},
	screen: {at: 'question', step: 0, question: 0, editor: {kind: 'choice', highlighted, filter}},
});

/** By the name of their golden file. */
export const states: Readonly<Record<string, State>> = {
	start: {
		...base,
		stacks: [
			{...stack, draft: {savedAt: '2026-11-21T13:40:00Z', step: 'ldap-directory', question: 'bindDn', answered: 12}},
		],
	},
	'start-running': {...base, running: {...running.info!, since: now - 120_000, step: 6, steps: 12}},
	preflight: {...base, stack, interview, preflight, screen: {at: 'preflight', highlighted: 3}},
	'question-text': text('uri', 'ldaps://ldap.example.org/'),
	'question-choice': question('mode', {kind: 'choice', highlighted: 1, filter: ''}),
	'question-missing': text('bindDn', ''),
	'question-secret': question('bindPassword', {kind: 'secret', highlighted: 0}),
	'question-secret-typed': question('bindPassword', {
		kind: 'secret',
		highlighted: 1,
		typing: {what: 'again', field: fieldOf('gehéim'), first: 'gehéim'},
	}),
	'question-long-list': zone('', 123),
	'question-filtered': zone('city 3', 123),
	review: review(0, []),
	'review-open': review(4, ['ldap-directory', 'ldap-client', 'app-settings', 'app-server']),
	install: install({}),
	'install-watching': install(
		{you: 'watches', driver: {user: 'root', tty: 'pts/1'}, waiting: 'dpkg lock, held by unattended-upgr (1234)'},
		0,
	),
	'install-rehearsed': {
		...install({
			kind: 'rehearse',
			outcome: 'done',
			seconds: 304,
			steps: running.steps.map(one => stepRun([one.id, one.title], done(5, 2))),
		}),
		notice: 'The rehearsal went through; nothing on this host was changed. Enter goes back to the review.',
	},
	failure: failed,
	end: {
		...base,
		stack,
		interview,
		run: {...running, outcome: 'done', seconds: 303},
		screen: {at: 'end'},
		end: {
			address: 'http://notebook1.example.org/',
			admin: 'admin',
			answersFile: '/root/ipynbsrv.yaml',
			secrets: ['/var/lib/host-setup/secrets.json (root only)'],
			next: ['setup doctor', 'setup apply /root/ipynbsrv.yaml'],
			health: {
				sentence: '31 of 33 checked, 1 warning',
				lines: [
					{state: 'warn', line: 'tls.expiry: 19 days left, no timer renews it'},
					{state: 'unknown', line: 'redis.persistence: not installed'},
				],
			},
		},
	},
	help: over(text('bindDn', ''), {over: 'help', scroll: 0}),
	steps: over(text('bindDn', ''), {over: 'steps', highlighted: 7}),
	log: over(install({}), {over: 'log', scroll: 400, search: emptyField, searching: false}),
	'log-found': over(install({}), {over: 'log', scroll: 57, search: fieldOf('unused'), searching: false}),
	'log-searching': over(install({}), {over: 'log', scroll: 57, search: fieldOf('unu'), searching: true}),
	detail: over(review(4, ['ldap-client']), {
		over: 'detail',
		title: '/etc/nsswitch.conf',
		lines: [
			'edit:/etc/nsswitch.conf',
			'',
			'passwd',
			'--- /etc/nsswitch.conf',
			'+++ /etc/nsswitch.conf',
			'@@ -7,3 +7,3 @@',
			'-passwd:         files',
			'+passwd:         files ldap',
			' group:          files',
		],
		scroll: 0,
	}),
	fault: {
		...over(review(0, []), {
			over: 'detail',
			title: 'the answers could not be written to /nowhere/a.yaml',
			lines: ['Name a folder that is there.', '', 'ENOENT'],
			scroll: 0,
		}),
		fault: {code: 'answers.write', sentence: '', hint: '', details: []},
	},
	confirm: over(install({}), {
		over: 'confirm',
		sentence: 'Stop after what is at work now?',
		lines: ['What runs is finished, nothing new is started, and everything is kept: setup goes on from there.'],
		word: 'stop',
		field: fieldOf('sto'),
		does: {do: 'stop'},
		since: now - 1000,
	}),
	'confirm-long': over(failed, {
		over: 'confirm',
		sentence: 'Skip assets:less? What needs it is then not done either:',
		lines: Array.from({length: 30}, (_, n) => `Server: unit number ${n + 1}`),
		word: 'skip',
		field: emptyField,
		scroll: 4,
		does: {do: 'install', skip: []},
		since: now - 1000,
	}),
	export: over(review(0, []), {over: 'export', field: fieldOf('/root/ipynbsrv.yaml'), secrets: 'files'}),
	report: over(failed, {
		over: 'report',
		lines: Array.from({length: 40}, (_, n) => `line ${n + 1} of the report`),
		scroll: 3,
		field: fieldOf('/root/report.txt'),
	}),
	waiting: over(question('mode', {kind: 'choice', highlighted: 0, filter: ''}), {
		over: 'waiting',
		sentence: 'Looking at this host: what would change',
	}),
};
