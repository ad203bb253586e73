/** What each screen must let the operator see, whoever draws it. */
import {describe, expect, test} from 'vitest';
import {failureItems, reviewLines, startItems} from '../../../../src/ui/state/items.ts';
import type {State} from '../../../../src/ui/state/types.ts';
import type {View} from '../../../../src/ui/view/types.ts';
import {view} from '../../../../src/ui/view/view.ts';
import {states} from '../../../ui/support/states.ts';

const of = (name: string, more: Partial<State> = {}): View => view({...states[name]!, ...more});
const text = (shown: View): string =>
	JSON.stringify([shown.body, shown.pinned, shown.notice, shown.place], (key, value: unknown) =>
		key === 'graphemes' ? (value as string[]).join('') : value,
	);
const keysOf = (shown: View): readonly string[] => shown.keys.map(({key}) => key);

describe('every view', () => {
	test.each(Object.entries(states))('%s names its keys, and says where one is', (_name, state) => {
		const shown = view(state);
		expect(shown.keys.length).toBeGreaterThan(0);
		expect(shown.place).not.toBe('');
		expect(shown.title).toMatch(/^setup · /);
	});

	test.each(Object.entries(states))('%s has one highlighted row at most in each list', (_name, state) => {
		const shown = view(state);
		for (const block of [...shown.body, ...(shown.pinned ?? [])]) {
			if (block.block === 'lines') expect(block.lines.filter(({at}) => at).length).toBeLessThanOrEqual(1);
		}
	});

	test('is a function of the state alone', () => {
		for (const state of Object.values(states)) expect(view(state)).toEqual(view(structuredClone(state)));
	});

	test('shows a notice', () => {
		expect(of('question-text', {notice: '1 line break removed'}).notice?.text).toBe('1 line break removed');
	});
});

describe('the start', () => {
	test('offers a run in progress first, then what was begun, then every stack', () => {
		const base = states['start']!;
		const state: State = {...base, running: states['start-running']!.running!};
		expect(startItems(state).map(({id}) => id)).toEqual(['watch', 'drive', 'continue:ipynbsrv', 'new:ipynbsrv']);
		expect(text(view(state))).toContain('a run started by root on pts/1 at 14:02 is at step 6 of 12');
		expect(text(view(state))).toContain('stopped at ldap-directory, bindDn');
	});

	test('says what this host is and who is on it', () => {
		for (const part of ['notebook1', 'Debian 12', '3.8 GiB', '41 GiB free', 'alice on pts/2'])
			expect(text(of('start'))).toContain(part);
	});

	test('says what a stack takes', () => {
		expect(text(of('start'))).toContain('about 5 min, 1.1 GiB on disk');
	});
});

describe('the checks before', () => {
	test('show a remedy and its commands for what is not well, and offer acceptance for what failed', () => {
		expect(text(of('preflight'))).toContain('$ apt-get update');
		expect(keysOf(of('preflight'))).toContain('a');
		const {preflight} = states['preflight']!;
		const accepted = of('preflight', {preflight: preflight.map(row => ({...row, accepted: row.state === 'fail'}))});
		expect(keysOf(accepted)).not.toContain('a');
		expect(accepted.place).toContain('1 accepted');
	});

	test('are not asked about while they are looked at', () => {
		expect(of('preflight', {preflight: []}).asks).toBeUndefined();
	});
});

describe('a question', () => {
	test('has its title, a sentence, its value and where that comes from', () => {
		const shown = text(of('question-text'));
		for (const part of ['URI', 'Where the directory answers.', 'ldaps://ldap.example.org/', 'your answer'])
			expect(shown).toContain(part);
	});

	test('shows at the left what is done, current, missing, to be asked again', () => {
		const marks = Object.fromEntries(of('question-text').side.map(({text: title, mark}) => [title, mark]));
		expect(marks).toMatchObject({
			Packages: 'done',
			Docker: 'unknown',
			'LDAP directory': 'current',
			Application: 'warning',
			Settings: 'waiting',
		});
	});

	test('says that a default is one, that an answer is missing, what is wrong', () => {
		expect(text(of('question-missing'))).toContain('there is no default: this needs an answer');
		const state = states['question-text']!;
		const steps = state.interview!.steps.map(step => ({
			...step,
			questions: step.questions.map(one => (one.path === 'uri' ? {...one, problem: 'no such scheme'} : one)),
		}));
		expect(text(of('question-text', {interview: {...state.interview!, steps}}))).toContain('no such scheme');
		expect(text(of('question-long-list'))).toContain('default (this host)');
	});

	test('has dots for a secret, in every form', () => {
		expect(JSON.stringify(of('question-secret-typed'))).not.toMatch(/geh/);
		expect(text(of('question-secret-typed'))).toContain('••••••');
		expect(of('question-secret-typed').asks).toMatchObject({kind: 'text', masked: true});
	});

	test('shows what its probes came to, and offers to go on without proof', () => {
		expect(text(of('question-text'))).toContain('nothing under ou=groups');
		expect(text(of('question-text'))).toContain('bind works: asking');
		expect(keysOf(of('question-text'))).toEqual(expect.arrayContaining(['retry', 'unproven']));
		const proven = of('question-text', {probes: []});
		expect(keysOf(proven)).not.toContain('unproven');
		const recorded = of('question-text', {
			probes: [
				{
					id: 'groups',
					step: 'ldap-directory',
					title: 'groups',
					about: [],
					state: 'unproven',
					line: 'nothing under ou=groups',
				},
			],
		});
		expect(text(recorded)).toContain('nothing under ou=groups (recorded as unproven)');
	});

	test('asks nothing while an answer is checked', () => {
		expect(of('question-text', {busy: true}).asks).toBeUndefined();
	});
});

describe('the review', () => {
	test('has a row for each step, and each change of those that are open', () => {
		expect(reviewLines(states['review']!).map(row => row.kind)).toEqual(Array.from({length: 8}, () => 'step'));
		const open = reviewLines(states['review-open']!);
		expect(open.filter(({kind}) => kind === 'node')).toHaveLength(6);
		expect(text(of('review-open'))).toContain('until iface:docker0 is there');
		expect(text(of('review-open'))).toContain('no interpreter of that name');
	});

	test('sums up: steps, changes, what is known later, time, restarts', () => {
		const sum = text(of('review'));
		for (const part of [
			'8 steps',
			'68 changes',
			'1 known later',
			'About 5 min',
			'Restarts nslcd, postgresql',
			'61 packages to install, none removed',
		])
			expect(sum).toContain(part);
	});
});

describe('a run', () => {
	test('shows steps that work at the same time, their progress, time and last time', () => {
		const shown = text(of('install'));
		for (const part of ['creating the role', 'compiling', '412', '0:58 of about 2 min', '1:12'])
			expect(shown).toContain(part);
		expect(of('install').place).toBe('installing · 1:47 of about 5 min');
	});

	test('shows the last lines of the step that was chosen', () => {
		const tail = (focus: number): string => text(of('install', {screen: {at: 'install', focus}}));
		expect(tail(1)).toContain('ngx_v3.o');
		expect(tail(0)).toContain('CREATE ROLE');
		expect(tail(2)).toContain('CREATE ROLE');
	});

	test('says what it waits for, and who drives', () => {
		expect(text(of('install-watching'))).toContain('waits for dpkg lock, held by unattended-upgr (1234)');
		expect(text(of('install-watching'))).toContain('you watch; root on pts/1 drives');
		expect(keysOf(of('install-watching'))).toContain('t');
		expect(keysOf(of('install'))).not.toContain('t');
	});
});

describe('a failure', () => {
	test('has the sentence, the hint, the last lines, and everything that can be done', () => {
		const shown = text(of('failure'));
		for (const part of ['lessc could not find', 'Take them from the npm registry', "wasn't found"])
			expect(shown).toContain(part);
		expect(failureItems(states['failure']!).map(({id}) => id)).toEqual([
			'change-answer',
			'retry',
			'shell',
			'skip',
			'undo',
			'report',
			'leave',
		]);
	});

	test('that says what would mend it offers just that first, where the stack asks for it', () => {
		const failed = states['failure']!;
		const [fault] = failed.run!.faults;
		const step = failed.interview!.steps.find(one => one.questions.some(({path}) => !path.includes('.')))!;
		const to = `${step.id}.${step.questions.find(({path}) => !path.includes('.'))!.path}`;
		const withAddition = (where: string) => ({
			...failed,
			run: {...failed.run!, faults: [{...fault!, adds: {to: where, value: 'libpq-dev'}}]},
		});
		const [first, second] = failureItems(withAddition(to));
		expect([first?.id, second?.id]).toEqual(['add', 'change-answer']);
		expect(first?.label).toMatch(/^Add libpq-dev to ".+" and try again$/);
		expect(failureItems(withAddition('nowhere.extra'))[0]?.id).toBe('change-answer');
	});

	test('of a run that was stopped or lost offers to go on', () => {
		const run = {...states['failure']!.run!, faults: [], outcome: 'lost' as const};
		expect(failureItems({...states['failure']!, run}).map(({id}) => id)).toEqual(['retry', 'report', 'leave']);
		expect(text(of('failure', {run}))).toContain('ended without a word');
	});
});

test('the end has the address, the administrator, the answers, the health and what comes next', () => {
	for (const part of [
		'http://notebook1.example.org/',
		'admin',
		'/root/ipynbsrv.yaml',
		'31 of 33 checked',
		'setup doctor',
		'setup apply /root/ipynbsrv.yaml',
	]) {
		expect(text(of('end'))).toContain(part);
	}
});

describe('what lies over a screen', () => {
	test('the help has the long text of the question and the keys of the screen', () => {
		const shown = text(of('help'));
		for (const part of ['cn=admin,dc=example,dc=org', 'ldap-directory.bindDn', 'Ctrl-T', 'recorded as unproven'])
			expect(shown).toContain(part);
	});

	test('the log holds only what is near, and marks what is searched', () => {
		const {body} = of('log-found');
		const scroll = body.find(({block}) => block === 'scroll');
		expect(scroll?.block === 'scroll' && scroll.lines.length).toBeLessThan(60);
		expect(scroll?.block === 'scroll' && scroll.lines[scroll.scroll]).toMatchObject({
			mark: 'current',
			text: expect.stringContaining('unused variable number 57'),
		});
	});

	test('a question that changes something names the word to type', () => {
		expect(text(of('confirm'))).toContain('type \\"stop\\"');
	});
});
