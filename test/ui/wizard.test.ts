/** The real wizard, before anything is installed: its screens under resizing, its fields and lists under slow lines, its ends. It only looks at this machine. */
import {availableParallelism, loadavg} from 'node:os';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {askedNow} from '../host/support/operator.ts';
import {until} from '../host/support/until.ts';
import {chooseIpynbsrv, numberOfIpynbsrv} from './support/choose.ts';
import {sizes} from './support/form.ts';
import type {Pty} from './support/pty.ts';
import {expectSameAfterRedraw} from './support/redraw.ts';
import {expectUsable, openInShell, programIn} from './support/shell.ts';
import {goToStep, isRoot, useWizard} from './support/wizard.ts';

const wizard = useWizard();
const esc = '\u001b';
const [down, up, backTab] = [`${esc}[B`, `${esc}[A`, `${esc}[Z`];

beforeEach(context => {
	if (!isRoot) context.skip('the wizard needs root');
});
afterEach(() => wizard.forget());

/** The pointer stands on this question. */
const asked = (pty: Pty, title: RegExp): Promise<void> => pty.until(() => title.test(askedNow(pty) ?? ''));

/** Walks down the questions of a step. */
const goToQuestion = async (pty: Pty, title: RegExp): Promise<void> => {
	for (let turn = 0; turn < 20 && !title.test(askedNow(pty) ?? ''); turn++) {
		const before = askedNow(pty);
		pty.type('\t');
		await pty.until(() => askedNow(pty) !== undefined && askedNow(pty) !== before);
	}
	await asked(pty, title);
};

describe.each(sizes)('at $columns x $rows', size => {
	test('every screen may be made small and large again: nothing is lost, nothing stays behind', async () => {
		const survives = async (pty: Pty): Promise<void> => {
			await pty.until(screen => !/looking|asking|one moment/i.test(screen.join(' ')));
			await pty.quiet(500);
			const before = pty.screen();
			for (const [columns, rows, says] of [
				[40, 12, /more room/i],
				[30, 8, /setup needs more room/],
				[100, 20, /setup · /],
			] as const) {
				pty.resize(columns, rows);
				await pty.until(says);
			}
			pty.resize(size.columns, size.rows);
			await pty.until(screen => screen.join('\n') === before.join('\n'));
			await expectSameAfterRedraw(pty);
		};
		await using pty = wizard.open(size);
		await pty.until('What shall be done?');
		await survives(pty);
		await chooseIpynbsrv(pty);
		await pty.until('Can this host take it?');
		await survives(pty);
		await pty.close();

		await using next = await wizard.openAtQuestions(size);
		await goToStep(next, 'LDAP directory');
		await next.until(/port 389 is/);
		await survives(next);
		await goToQuestion(next, /^Organization/);
		next.type(' 語é');
		await next.until('ipynbsrv 語é');
		await survives(next);
		next.type('\u0014');
		await next.until('Go to which step?');
		await survives(next);
		next.type(esc);
		await asked(next, /^Organization/);
		next.type('\u0007');
		await next.until(screen => !screen.some(row => row.includes('ipynbsrv 語é')));
		await survives(next);
	});

	test('a list: arrows in pieces, the earlier choice is shown and kept, typing filters', async () => {
		await using pty = await wizard.openAtQuestions(size);
		await goToStep(pty, 'Docker');
		await pty.until('▸ (•) No engine now');
		while ((await pty.typeSlow(down, 60)) > 110) pty.type(up);
		await pty.until("▸ ( ) The distribution's docker.io");
		pty.type('\r');
		await pty.until(/step 4 of/);
		pty.type(backTab);
		await pty.until("▸ (•) The distribution's docker.io");
		pty.type('\r');
		await pty.until(/step 4 of/);

		await goToStep(pty, 'Application settings');
		await goToQuestion(pty, /^TIME_ZONE/);
		pty.type(`${esc}[F`);
		await pty.until(/(\d{3}) of \1\b/);
		pty.type(`${esc}[H`);
		await pty.until(/\b1 of \d{3}\b/);
		pty.type('zuri');
		await pty.until(/zuri .*1 of/);
		expect(pty.text()).toContain('Europe/Zurich');
		expect(pty.text()).not.toContain('Africa/');
		pty.type('\r');
		await pty.until(screen => screen.some(row => /TIME_ZONE\s+Europe\/Zurich/.test(row)));
	});

	test('a text: graphemes, wide letters, readline keys, pastes', async () => {
		await using pty = await wizard.openAtQuestions(size);
		await goToStep(pty, 'LDAP directory');
		await goToQuestion(pty, /^Organization/);
		pty.type('\u0015');
		pty.type(`日本e\u0301👍x${esc}[D\u007f\u007f`);
		await pty.until(/› 日本x/);
		const row = pty.screen().findIndex(one => one.includes('› 日本x'));
		const field = pty.screen()[row] ?? '';
		expect(pty.cursor()).toMatchObject({row, column: field.indexOf('日') + 4, shown: true});
		pty.type('\u0001\u000b');
		pty.paste('one\ntwo\u0015 three\r\n');
		await pty.until(/› onetwo three/);
		await pty.until(/2 control characters/);
		await asked(pty, /^Organization/);
		pty.type('\u0017\r');
		await pty.until(screen => screen.some(one => /Organization\s+onetwo\b/.test(one)));
	});

	test('a secret: masked, typed twice, each with its Enter in one piece', async () => {
		await using pty = await wizard.openAtQuestions(size);
		await goToStep(pty, 'LDAP directory');
		await goToQuestion(pty, /^Password of/);
		pty.type(down);
		await pty.until(/▸ \( \) type it/);
		pty.type('\r');
		await pty.until(/other way/);
		pty.type('hunter22\u0001\u0004H\u0005x\u007f');
		await pty.until('••••••••');
		pty.type('\r');
		await pty.until(/again/i);
		pty.type('Hunter23\r');
		await pty.until(/not the same|differ/i);
		expect(pty.text() + pty.history()).not.toMatch(/[Hh]unter/);
	});
});

describe('the end', () => {
	const atQuestion = async (): Promise<Pty & AsyncDisposable> => {
		const pty = openInShell(wizard.argv);
		await chooseIpynbsrv(pty);
		await pty.until('Can this host take it?');
		return pty;
	};

	test.each([
		['Ctrl-C', (pty: Pty): void => pty.type('\u0003'), 130],
		['abc and Ctrl-C in one piece', (pty: Pty): void => pty.type('abc\u0003'), 130],
		['Ctrl-C in a paste without an end', (pty: Pty): void => pty.type(`${esc}[200~abc\u0003`), 130],
		['SIGTERM', async (pty: Pty): Promise<boolean> => process.kill(await programIn(pty, /cli\.js/), 'SIGTERM'), 143],
		[
			'SIGHUP to the launcher',
			async (pty: Pty): Promise<boolean> => process.kill(await programIn(pty, /sh .*setup/), 'SIGHUP'),
			129,
		],
		['SIGKILL', async (pty: Pty): Promise<boolean> => process.kill(await programIn(pty, /cli\.js/), 'SIGKILL'), 137],
	] satisfies readonly (readonly [string, (pty: Pty) => unknown, number])[])(
		'%s leaves a usable terminal',
		async (_name, leave, code) => {
			await using pty = await atQuestion();
			await leave(pty);
			await pty.until(`code=${code}`);
			await expectUsable(pty);
		},
	);

	test('killed at a question, the next one goes on there and knows the answers', async () => {
		{
			await using pty = await wizard.openAtQuestions();
			await goToStep(pty, 'LDAP directory');
			await goToQuestion(pty, /^User name/);
			pty.type('alice\r');
			await asked(pty, /^First name/);
			await until(() => /given/i.test(wizard.draft()?.question ?? ''), {what: 'the place on disk'});
			process.kill(await programIn(pty, /cli\.js/), 'SIGKILL');
			await pty.until('the screen was killed');
		}
		await using pty = wizard.open();
		await pty.until('Go on with ipynbsrv');
		pty.type('\r');
		await pty.until(/User name\s+alice/);
		await asked(pty, /^First name/);
	});
});

describe('the line', () => {
	test('an idle screen costs nothing', async () => {
		await using pty = await wizard.openAtQuestions();
		await pty.quiet(1000);
		const before = pty.bytes();
		await pty.quiet(2000);
		expect(pty.bytes()).toBe(before);
	});

	test('the first frame is there soon', async () => {
		const times: number[] = [];
		for (let round = 0; round < 10 && times.length < 3; round++) {
			await using pty = wizard.open();
			await pty.until('setup · ');
			// Somebody edits the sources while we measure.
			if (!pty.history().includes('building dist/')) times.push(Math.round(pty.seenAfter('setup · ')));
		}
		const load = (loadavg()[0] ?? 0) / availableParallelism();
		console.log(
			`first frame of ./setup after ${times.join(', ')} ms, with ${load.toFixed(1)} processes a core at work`,
		);
		// Half a second is what two free cores need; what others take of them is not ours.
		expect(Math.min(...times)).toBeLessThan(1000 * Math.max(1, 2 * load));
	});
});

describe('line by line', () => {
	test.each([
		['TERM=dumb', {TERM: 'dumb'}, []],
		['no TERM', {TERM: undefined}, []],
		['TERM=unknown', {TERM: 'unknown'}, []],
		['ACCESSIBLE=1', {ACCESSIBLE: '1'}, []],
		['--plain', {}, ['--plain']],
	] as const)('for %s, without a single control sequence', async (_name, env, words) => {
		await using pty = wizard.open({env: {LANG: 'C', ...env}}, ...words);
		await pty.until(/What shall be done\? \[1\]: ?$/m);
		expect(pty.raw().replace(/^.*building dist\/\r\n/, '')).toMatch(/^[\r\n -~]*$/);
	});

	test('answers by number, a secret unseen, left and gone on with; the terminal stays usable', async () => {
		const open = (): Pty & AsyncDisposable => openInShell(wizard.argv, {rows: 60, env: {TERM: 'dumb', LANG: 'C'}});
		const isPrompt = (screen: readonly string[]): boolean => /:$/.test(screen.findLast(row => row !== '') ?? '');
		const say = async (pty: Pty, text: string, then: RegExp | string = /./): Promise<void> => {
			pty.type(`${text}\r`);
			await pty.until(then);
			await pty.quiet(200);
			if (then !== leaving) await pty.until(isPrompt);
		};
		const leaving = 'code=130';
		{
			await using pty = open();
			await pty.until(/What shall be done\? \[1\]:/);
			await say(pty, numberOfIpynbsrv(pty), /Enter goes on:|accept/);
			for (let rows = 1; rows < 15 && !/Findings of the preflight|Where lessc comes from/.test(pty.text()); rows++) {
				if (/^ \d+\) failed: /m.test(pty.text())) await say(pty, `a ${rows}`);
				await say(pty, '');
			}
			await say(pty, 'steps', 'Go to which step?');
			const number = /(\d+)\) .*LDAP directory/.exec(pty.text())?.[1] ?? '';
			await say(pty, number, /Directory.*:/);
			for (let questions = 0; questions < 10 && !/Password of cn=admin.*: ?$/.test(pty.text().trimEnd()); questions++)
				await say(pty, '');
			await say(pty, /(\d+)\) type it/.exec(pty.text())?.[1] ?? '', /:/);
			await say(pty, 'geheim-12', /again/i);
			await say(pty, 'geheim-12', /Where it listens/);
			expect(pty.raw()).not.toContain('geheim');
			await say(pty, 'leave', leaving);
			await expectUsable(pty);
		}
		await using pty = open();
		await pty.until(/Go on with ipynbsrv/);
	});
});

describe('the terminal', () => {
	test('NO_COLOR takes the colours away, and nothing else', async () => {
		const colours = /\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/;
		await using pty = wizard.open({env: {NO_COLOR: '1'}});
		await pty.until('What shall be done?');
		await using coloured = wizard.open();
		await coloured.until('What shall be done?');
		expect(coloured.raw()).toMatch(colours);
		expect(pty.raw()).not.toMatch(colours);
		const words = (one: Pty): readonly string[] => one.screen().filter(row => !/memory|disk|logged in/.test(row));
		expect(words(pty)).toEqual(words(coloured));
	});

	test('CI=1 still draws', async () => {
		await using pty = wizard.open({env: {CI: '1'}});
		await pty.until('What shall be done?');
	});

	test('a locale that is not UTF-8 gets ASCII', async () => {
		await using pty = wizard.open({env: {LANG: 'C'}});
		await chooseIpynbsrv(pty);
		await pty.until('Can this host take it?');
		await pty.quiet();
		expect(pty.text()).toMatch(/^[\n -~]*$/);
	});

	test.each(['</dev/null', '>/dev/null', '</dev/null 2>&1 | cat'])(
		'with %s: a sentence naming the command that needs no terminal',
		async end => {
			await using pty = openInShell(['sh', '-c', `"$@" ${end}; echo "inner=$?"`, 'sh', ...wizard.argv]);
			await pty.until('inner=');
			expect(pty.text()).toMatch(/setup\s+apply\s+FILE/);
			expect(pty.text()).not.toMatch(/Raw mode|at .*\.js:/);
			if (!end.includes('|')) expect(pty.text()).toContain('inner=64');
		},
	);
});
