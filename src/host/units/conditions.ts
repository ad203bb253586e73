/** Conditions of a unit that its next start will not meet: it runs, and systemd would pass it over without a word of failure. */
import {systemdDialect} from '#edit/sections/ini.ts';
import type {Reader} from '#model/host.ts';
import {sectionLines} from '../files/section-lines.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import type {UnitState} from './units.ts';

export type Unmet = {
	/** `ConditionPathExists=/run/x`. */
	readonly line: string;
	readonly where: string;
	/** It holds now, and stands in a directory that a boot empties. */
	readonly onlyToday: boolean;
};

/** The first of them; undefined where all hold, or none is about a path. An alternative (`|`) is not judged. */
export const unmetCondition = async ({files}: Pick<UnitState, 'files'>, host: Reader): Promise<Unmet | undefined> => {
	const texts = await Promise.all(
		files.map(async path => ({path, text: (await ifTold(() => textOf(host, path))) ?? ''})),
	);
	let lines: {readonly key: string; readonly value: string; readonly path: string}[] = [];
	for (const {path, text} of texts)
		for (const {key, value} of sectionLines(systemdDialect, text).get('Unit') ?? []) {
			if (!/^(Condition|Assert)/.test(key)) continue;
			// An empty one takes all before it away, of whatever kind.
			if (value === '') lines = lines.filter(one => one.key.slice(0, 6) !== key.slice(0, 6));
			else lines.push({key, value, path});
		}
	for (const {key, value, path} of lines) {
		if (!/^(Condition|Assert)(PathExists|PathIsDirectory|FileNotEmpty)$/.test(key)) continue;
		const [, mark = '', what = ''] = /^([|!]*)\s*(\/[^%*?[]*)$/.exec(value) ?? [];
		if (what === '' || mark.includes('|')) continue;
		const found = await ifTold(async () => (await host.stat(what)) ?? 'none');
		if (found === undefined) continue;
		const unmet = {line: `${key}=${value}`, where: path};
		if ((found !== 'none') === mark.includes('!')) return {...unmet, onlyToday: false};
		const passing = /^\/(run|var\/run|tmp|dev\/shm)\//.test(what) && found !== 'none' && found.kind === 'file';
		if (!mark.includes('!') && passing) return {...unmet, onlyToday: true};
	}
	return undefined;
};
