/**
 * The guide's home, /srv/ipynbsrv, as it stands in the application's own settings and site file: where another home was answered these would collect
 * static files where nobody may write, and serve what is not there. Plain values that begin with it are said anew; what is computed follows them.
 */
import {everywhere, type NginxSetting} from '#edit/nginx/nginx.ts';
import {directivesOf} from '#edit/nginx/read.ts';
import {assignmentsOf} from '#edit/python/assignments.ts';
import {plainString, readPython} from '#edit/python/read.ts';
import type {PythonSetting} from '#edit/python/settings.ts';

export const guideHome = '/srv/ipynbsrv';

/** Pure. Throws Fault 'edit.parse'. None where the home is the guide's. */
export const homeInSite = (source: string, home: string): readonly NginxSetting[] => {
	if (home === guideHome) return [];
	const found = everywhere(directivesOf(source)).flatMap(({name, args}): readonly NginxSetting[] => {
		const said = args.map(({value}) => value);
		return said.some(word => moved(word, home) !== undefined)
			? [
					{
						anywhere: true,
						directive: name,
						like: said.join(' '),
						args: said.map(word => [moved(word, home) ?? word]),
						variables: true,
					},
				]
			: [];
	});
	return [...new Map(found.map(one => [JSON.stringify(one), one])).values()];
};

/** The same for settings.py: texts of the module itself, under no condition. */
export const homeInSettings = (source: string, home: string, language: 2 | 3): readonly PythonSetting[] => {
	if (home === guideHome) return [];
	const python = readPython(source, language);
	return assignmentsOf(python).flatMap(({path: [name, ...rest], value, conditional}): readonly PythonSetting[] => {
		const text = value && !conditional && rest.length === 0 ? plainString(python, value) : undefined;
		const to = text === undefined ? undefined : moved(text, home);
		return to === undefined || typeof name !== 'string' ? [] : [{path: [name], value: {text: [to]}, language}];
	});
};

/** One that was moved before stays: what setup wrote is still setup's at the next look. */
const moved = (text: string, home: string): string | undefined => {
	const [, before = '', path = ''] = /^(unix:)?(\/.*)$/s.exec(text) ?? [];
	if (path === home || path.startsWith(`${home}/`)) return text;
	return path === guideHome || path.startsWith(`${guideHome}/`)
		? `${before}${home}${path.slice(guideHome.length)}`
		: undefined;
};
