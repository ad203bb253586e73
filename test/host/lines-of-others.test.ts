/** Whose a line is goes by its value: what an administrator adds to a tracked file that we edit too is carried to another commit, or the move is refused with it; undo keeps it. */
import {appendFileSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {lightHost} from './support/light.ts';
import {answersOf, ownStack} from './support/own-stacks.ts';
import {applyIn, buildProgram, outcomesOf, setup, undoIn} from './support/setup.ts';
import {hostTest, packageLists, withPackages} from './support/with-host.ts';

beforeAll(buildProgram, 300_000);

const stack = `[step({
	id: 'app', title: 'Application', about: 'A checkout with a setting of ours.', guide: 'none',
	questions: z.strictObject({
		ref: questions.oneLine({max: 40}).meta({title: 'Branch', help: 'Of the source.', example: 'main'}),
		words: questions.oneLine({max: 40}).default('one').meta({title: 'Words', help: 'Of a file of ours.', from: 'setup'}),
	}),
	resources: ({ref, words}) => [
		makers.user({name: 'app', home: '/srv/app', system: true, shell: '/usr/sbin/nologin'}),
		makers.directory({path: '/srv/app', mode: 0o755, owner: 'app:app'}),
		makers.gitCheckout({url: '/srv/source', ref, directory: '/srv/app/repo', user: 'app', ours: ['settings.py']}, {
			needs: ['path:/srv/app', 'user:app'], provides: ['path:/srv/app/repo/settings.py'],
		}),
		makers.edit({path: '/srv/app/repo/settings.py', format: 'python', settings: [{path: ['DEBUG'], value: {bool: false}}]}),
		makers.file({path: '/etc/app.conf', text: words + '\\n', mode: 0o644, owner: 'root:root'}),
	],
})]`;

const settings = '/srv/app/repo/settings.py';
const read = (host: ThrowAway, path: string): string => readFileSync(join(host.root, path), 'utf8');

hostTest(
	'a line appended to an edited tracked file survives a move and an undo, or stops them with its difference',
	{...lightHost, layer: {...withPackages('git', ['git', 'libatomic1']), on: packageLists}},
	async host => {
		await host.must(['sh', '-ec', source]);
		ownStack(host, 'app', stack);
		const answers = (ref: string, words = 'one'): string => answersOf(host, 'app', {app: {ref, words}});
		const first = await applyIn(host, {file: answers('main')});
		expect([first.outcome, first.faults]).toEqual(['done', []]);
		expect(read(host, settings)).toBe('A = 1\nDEBUG = False\nC = 3\n');

		appendFileSync(join(host.root, settings), "EXTRA = 'of the operator'\n");
		appendFileSync(join(host.root, '/etc/app.conf'), 'of the operator\n');
		expect((await applyIn(host, {file: answers('main', 'one')})).outcome).toBe('done');
		appendFileSync(join(host.root, '/etc/app.conf'), 'of the operator\n');

		const plan = await host.run([setup, 'plan', answers('next', 'two')]);
		expect(plan.stdout).toMatch(/what others wrote into settings\.py/);
		expect(plan.stdout).toMatch(/\+EXTRA = 'of the operator'/);
		expect(plan.stdout).toMatch(/what others wrote there/);

		const moved = await applyIn(host, {file: answers('next', 'two')});
		expect([moved.outcome, moved.faults]).toEqual(['done', []]);
		expect(read(host, settings)).toBe("A = 2\nDEBUG = False\nC = 3\nEXTRA = 'of the operator'\nD = 4\n");
		expect(moved.stdout).toMatch(/what others wrote into .*settings\.py is still there/);
		const aside = /as it was then: (\/var\/lib\/host-setup\/stash\/[0-9a-f]+)/.exec(moved.stdout)?.[1] ?? '';
		expect(read(host, aside)).toBe('one\nof the operator\n');
		expect((await applyIn(host, {file: answers('next', 'two')})).changed).toBe(0);

		const clash = await applyIn(host, {file: answers('clash', 'two')});
		expect(clash.outcome).toBe('failed');
		expect(clash.faults.join('\n')).toMatch(/git\.lines-of-others.*settings\.py.*\+EXTRA = 'of the operator'/);
		expect(read(host, settings)).toContain("EXTRA = 'of the operator'");

		const undone = await undoIn(host);
		expect(undone.code).toBe(1);
		expect(outcomesOf(undone, 'conflict').toSorted()).toEqual([
			'file:/etc/app.conf: /etc/app.conf was edited since',
			'git:/srv/app/repo: somebody wrote into /srv/app/repo/settings.py',
		]);
		expect(read(host, '/etc/app.conf')).toBe('one\nof the operator\n');
		expect(JSON.stringify(undone.results)).toContain("+EXTRA = 'of the operator'");
		expect(read(host, settings)).toBe("A = 1\nDEBUG = True\nC = 3\nEXTRA = 'of the operator'\n");
		await host.must(['sed', '-i', '/EXTRA/d', settings]);
		await host.must(['sed', '-i', '/operator/d', '/etc/app.conf']);
		expect((await undoIn(host)).code).toBe(0);
		expect((await host.run(['ls', '/srv/app'])).stdout).toBe('');
	},
);

/** main; next changes another line and adds one; clash changes the line that the operator's stands behind. */
const source = `
mkdir /srv/source; cd /srv/source
git init -q -b main .
git config user.email a@b; git config user.name a
commit() { printf "$1" > settings.py; git add .; git commit -qm "$2"; }
commit 'A = 1\\nDEBUG = True\\nC = 3\\n' one
git checkout -q -b next; commit 'A = 2\\nDEBUG = True\\nC = 3\\nD = 4\\n' two
git checkout -q -b clash; commit 'A = 2\\nDEBUG = True\\n' three
git checkout -q main
`;
