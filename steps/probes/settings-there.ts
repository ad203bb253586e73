/** A settings module that the source does not have is told before anything is made, with those that it has: releases of one application are laid out in several ways. */
import type {Probe} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {Blocked} from '#model/unknown.ts';
import {type SourceTree, treeFiles, treeText} from '#resources/git/tree-text.ts';
import {failed, inTime, ok} from './in-time.ts';

export type SettingsThere = {
	readonly tree: SourceTree;
	/** Of manage.py, from the top of the tree. */
	readonly project: string;
	/** `config.settings.production` */
	readonly settings: string;
	readonly decides: readonly Thing[];
};

export const settingsThere = ({tree, project, settings, decides}: SettingsThere, about: readonly string[]): Probe => ({
	id: 'settings',
	about,
	decides,
	title: `the source has the settings module ${settings}`,
	run: reader =>
		inTime(reader, async () => {
			const paths = await treeFiles(reader, tree, [`${project}/**`]).catch(error => {
				if (error instanceof Blocked) return undefined;
				throw error;
			});
			if (paths === undefined) return ok('whether it is there shows at the checkout');
			const first = `${project}/${settings.replaceAll('.', '/')}/__init__.py`;
			const serves = paths.includes(first) && saysAnything((await treeText(reader, tree, first)) ?? '');
			const wrong = serves ? undefined : unlike(paths, project, settings);
			return wrong === undefined ? ok(`${settings} is there`) : failed(wrong);
		}),
});

/** A line that is more than a remark: a package whose __init__ has settings, or takes them from its modules, is as good as a module. Pure. */
export const saysAnything = (init: string): boolean => init.split('\n').some(line => /^[ \t]*[^#\s]/.test(line));

/** What is wrong with a module, or with a package that has nothing in its __init__, and which modules there are instead. Pure. */
export const unlike = (paths: readonly string[], project: string, settings: string): string | undefined => {
	const modules = paths
		.filter(path => path.startsWith(`${project}/`) && path.endsWith('.py'))
		.map(path =>
			path
				.slice(project.length + 1, -3)
				.replaceAll('/', '.')
				.replace(/\.__init__$/, ''),
		);
	if (modules.length === 0) return `there is no Python in ${project} of the source`;
	if (modules.includes(settings) && !modules.some(one => one.startsWith(`${settings}.`))) return undefined;
	// One whose __init__ says nothing: only its modules can be named.
	const others = modules.filter(one => /(^|\.)settings(\.|$)/.test(one) && one !== settings);
	return modules.includes(settings)
		? `${settings} is a package in this source: ${others.slice(0, 8).join(', ')}`
		: `this source has no ${settings}${others.length === 0 ? '' : `, but ${others.slice(0, 8).join(', ')}`}`;
};
