/** What the checks of Django's settings share: a setting as a layer, and whether the running process has taken the file up. */

import {type DjangoSite, languageOf, type Setting} from '#host/django/sites.ts';
import type {Finding, Seen} from '#model/finding.ts';
import type {Json} from '#model/json.ts';
import type {Resource} from '#model/resource.ts';
import type {Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {clock, seen} from './seeing.ts';

/** The file as a layer, with the value said in other words where it must not be shown. */
export const inFile = <T extends Json>(setting: Setting<T>, say?: (value: T) => Json): Seen | Unknown =>
	'because' in setting ? setting : seen(say ? say(setting.value) : setting.value, setting.where);

/** Python reads its settings once, at the start: an older process has others. */
export const readBy = ({server, changedAt}: DjangoSite): {readonly layer: Seen | Unknown; readonly stale: boolean} => {
	const processes = server.running ? [server.running.main, ...server.running.children] : [];
	if (processes.length === 0)
		return {layer: {because: 'unreadable', need: `${server.item} does not run`}, stale: false};
	const oldest = Math.min(...processes.map(({startedAt}) => startedAt));
	// A worker that was replaced was made by its master, which had read the settings before or reads them anew; the oldest tells.
	return {layer: seen(`started ${clock(oldest)}`, `process ${processes[0]?.pid}`), stale: changedAt > oldest + 50};
};

/** The sentence of a setting that is right in the file and older in the process. */
export const staleSays = ({file, changedAt}: DjangoSite): string =>
	`changed in the file, not in the process: ${file} is from ${clock(changedAt)}`;

/** Sets literals in the settings file and restarts what reads it; where the file is right already, only that. */
export const settingFix = (
	site: DjangoSite,
	finding: Finding,
	settings: readonly {readonly name: string; readonly value: boolean | readonly string[]}[],
): readonly Resource[] => {
	const unitName = site.server.unit;
	if (unitName === undefined) return [];
	const language = languageOf(site.project);
	const written = settings.map(({name, value}) => ({
		path: [name],
		value: typeof value === 'boolean' ? {bool: value} : {list: value.map(text => ({text: [text]}))},
		language,
	}));
	return [
		edit(
			{path: site.file, format: 'python', settings: written, secretFile: true},
			{id: `edit:${site.file}#${finding.item} ${settings[0]?.name}`, owes: [{unit: unitName, do: 'restart'}]},
		),
		unit({name: unitName, running: true, files: [site.file]}),
	];
};

export const siteFor = (sites: readonly DjangoSite[], {item}: Finding): DjangoSite | undefined =>
	sites.find(({server}) => server.item === item);
