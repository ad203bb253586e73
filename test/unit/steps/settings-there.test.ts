import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import {saysAnything, settingsThere, unlike} from '#steps/probes/settings-there.ts';

const guide = ['project/manage.py', 'project/config/settings/__init__.py', 'project/config/settings/production.py'];
const today = ['project/manage.py', 'project/config/settings.py'];

test.each<readonly [string, readonly string[], string, string | undefined]>([
	['a module of a package', guide, 'config.settings.production', undefined],
	['one module', today, 'config.settings', undefined],
	[
		'a package that is only one',
		guide,
		'config.settings',
		'config.settings is a package in this source: config.settings.production',
	],
	[
		'one that is not there',
		today,
		'config.settings.production',
		'this source has no config.settings.production, but config.settings',
	],
	['no project', ['README'], 'config.settings', 'there is no Python in project of the source'],
])('%s', (_, paths, settings, wrong) => {
	expect(unlike(paths, 'project', settings)).toBe(wrong);
});

test.each([
	['', false],
	['# the settings of each place\n\n \t\n', false],
	['# ours\nfrom .base import *\n', true],
	['if True:\n\tDEBUG = False\n', true],
])('an __init__ of %j', (text, says) => {
	expect(saysAnything(text)).toBe(says);
});

test.each([
	['', {state: 'failed', line: 'config.settings is a package in this source: config.settings.production'}],
	['from .production import *\n', {state: 'ok', line: 'config.settings is there'}],
])('a package whose __init__ is %j, in a checkout', async (init, seen) => {
	const directory = mkdtempSync(join(tmpdir(), 'settings-'));
	const modules = join(directory, 'project/config/settings');
	mkdirSync(modules, {recursive: true});
	chmodSync(directory, 0o755);
	writeFileSync(join(modules, '__init__.py'), init);
	writeFileSync(join(modules, 'production.py'), 'DEBUG = False\n');
	const tree = {directory, user: 'nobody'};
	const probe = settingsThere({tree, project: 'project', settings: 'config.settings', decides: []}, []);
	try {
		expect(await probe.run(createReader())).toEqual(seen);
	} finally {
		rmSync(directory, {recursive: true});
	}
});
