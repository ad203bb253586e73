/** What the checks of Django share: every application of the host in its turn, a setting as a layer, and whether the running process has taken the file up. */

import {type DjangoSite, languageOf, type Setting} from '#host/django/sites.ts';
import {changedSince, processSlack} from '#host/files/changed-since.ts';
import {findings, type Remedy, type Seen, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Resource} from '#model/resource.ts';
import type {Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {clock, seen} from './seeing.ts';

export const noDjango = 'no application server of this host runs Django';

/** A finding of each. */
export const ofEachSite = async <T extends Sight>(
	sites: readonly DjangoSite[],
	look: (site: DjangoSite) => T | Promise<T>,
): Promise<readonly [T, ...T[]]> => findings(await Promise.all(sites.map(look)));

/** The file as a layer, with the value said in other words where it must not be shown. */
export const inFile = <T extends Json>(setting: Setting<T>, say?: (value: T) => Json): Seen | Unknown =>
	'because' in setting ? setting : seen(say ? say(setting.value) : setting.value, setting.where);

/** Python reads its settings once, at the start: an older process has others. */
export const readBy = async (
	{server, sources}: DjangoSite,
	host: Reader,
): Promise<{readonly layer: Seen | Unknown; readonly stale: boolean}> => {
	const processes = server.running ? [server.running.main, ...server.running.children] : [];
	if (processes.length === 0)
		return {layer: {because: 'unreadable', need: `${server.item} does not run`}, stale: false};
	const oldest = Math.min(...processes.map(({startedAt}) => startedAt));
	// A worker that was replaced was made by its master, which had read the settings before or reads them anew; the oldest tells.
	const changed = await changedSince(host, sources, oldest + processSlack);
	return {layer: seen(`started ${clock(oldest)}`, `process ${processes[0]?.pid}`), stale: changed.length > 0};
};

/** What remedies and repairs need to know of a site: plain data, for the findings about it. */
export type SiteData = {
	readonly item: string;
	readonly file: string;
	readonly changedAt: number;
	readonly language: 2 | 3;
	/** Undefined where no unit started it. */
	readonly unit: string | undefined;
};

export const exampleSite: SiteData = {
	item: 'app.service',
	file: '/srv/app/settings.py',
	changedAt: 0,
	language: 3,
	unit: 'app.service',
};

export const siteData = ({server, file, changedAt, project}: DjangoSite): SiteData => ({
	item: server.item,
	file,
	changedAt,
	language: languageOf(project),
	unit: server.unit,
});

/** The sentence of a setting that is right in the file and older in the process. */
export const staleSays = ({file, changedAt}: SiteData): string =>
	`changed in the file, not in the process: ${file} is from ${clock(changedAt)}`;

/** Of a file that is right: only its process is old. */
export const restarted = ({unit: name}: SiteData): Remedy =>
	name === undefined
		? {sentence: 'Start the application server anew: it reads its settings only at its start.'}
		: {
				sentence: `Restart ${name}: it reads its settings only at its start.`,
				commands: [['systemctl', 'restart', name]],
			};

export const restart = ({unit: name, file}: SiteData): readonly Resource[] =>
	name === undefined ? [] : [unit({name, running: true, files: [file]})];

/** Sets a literal in the settings file and restarts what reads it. Nothing where no unit of ours could restart it. */
export const settingFix = (site: SiteData, name: string, value: boolean | readonly string[]): readonly Resource[] => {
	const {item, file, unit: of, language} = site;
	if (of === undefined) return [];
	const literal = typeof value === 'boolean' ? {bool: value} : {list: value.map(text => ({text: [text]}))};
	return [
		edit(
			{path: file, format: 'python', settings: [{path: [name], value: literal, language}], secretFile: true},
			{id: `edit:${file}#${item} ${name}`, owes: [{unit: of, do: 'restart'}]},
		),
		...restart(site),
	];
};
