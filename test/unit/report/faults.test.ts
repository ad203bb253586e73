/** The catalogue of faults has every code that a source throws, and no other; the page is as the catalogue. */
import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {explainCommand} from '#commands/explain.ts';
import {faults, faultsPage} from '#report/faults/catalogue.ts';

const root = join(import.meta.dirname, '../../..');
const sources = globSync(['{src,steps,checks,stacks}/**/*.{ts,tsx}'], {cwd: root})
	.filter(file => !file.startsWith('src/report/faults/'))
	.map(file => ({file, text: readFileSync(join(root, file), 'utf8')}));

const written = (text: string): readonly string[] => [
	...[...text.matchAll(/new Fault\(\s*'([^']+)'/g)].map(([, code = '']) => code),
	...[...text.matchAll(/\bcode: '([a-z]+\.[a-z-]+)'/g)].map(([, code = '']) => code),
];

/** Files that make a code of something else, and the codes that come out. A code that was thrown before is passed on as it is. */
const computed: Readonly<Record<string, readonly string[]>> = {
	'src/engine/act.ts': [],
	'src/runner/start-run.ts': [],
	'src/host/apt/what-apt-says.ts': [],
	'src/host/django/ask.ts': ['django.superuser', 'django.collectstatic'],
	'src/host/restic/restic.ts': [],
	'src/host/web/fetch-file.ts': ['download.busy', 'download.status'],
	'src/resources/build/program.ts': ['build.unpack-failed', 'build.configure-failed', 'build.make-failed'],
	'src/resources/django/common.ts': ['django.migrate', 'django.makemigrations', 'django.collectstatic'],
	'src/resources/git/program.ts': ['dns', 'tls', 'host-key', 'auth', 'not-found', 'unreachable'].map(
		one => `git.${one}`,
	),
};

test('every code that is thrown is in the catalogue, and every code in it is thrown', () => {
	const codes = new Set([...sources.flatMap(({text}) => written(text)), ...Object.values(computed).flat(), 'internal']);
	expect(Object.keys(faults).toSorted()).toEqual([...codes].toSorted());
});

test('what makes a code of something else is known', () => {
	const files = sources.filter(({text}) => /new Fault\(\s*[^\s')]/.test(text)).map(({file}) => file);
	expect(files.toSorted()).toEqual(Object.keys(computed).toSorted());
});

test('each says what and what to do, without a hole', () => {
	const bad = Object.entries(faults).filter(
		([, {says, hint}]) => says.endsWith('.') || !/[.`)A-Z]$|01$/.test(hint) || /\$\{| {2}|UNDEFINED/.test(says + hint),
	);
	expect(bad).toEqual([]);
});

test('docs/faults.md is as the catalogue: else run node docs/make-faults.ts', () => {
	expect(readFileSync(join(root, 'docs/faults.md'), 'utf8')).toBe(faultsPage());
});

test('setup explain tells a fault; of a name that is a check as well it tells both', async () => {
	const explained = async (id: string): Promise<string> => {
		let text = '';
		const out = {write: (more: string) => (text += more)};
		await explainCommand(id, undefined, {stdout: out, stderr: out});
		return text;
	};
	expect(await explained('apt.locked')).toMatch(/It says: .*holds the package lock.*\n.*Never remove the lock file/);
	expect(await explained('ldap.bind')).toMatch(/How to verify|Verify|verify[\s\S]*ldap\.bind, as a fault of a run/i);
	await expect(explained('no.such')).rejects.toMatchObject({code: 'usage.no-step'});
});
