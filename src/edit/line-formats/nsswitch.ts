/**
 * nsswitch.conf: which services answer for a database. Only a service is added to or taken from a line, because the rest
 * differs by release (`compat`, `files`, `files systemd`) and packages add theirs to it.
 */
import {blank} from '../blanks.ts';
import {type Editor, parseFault, refusal, type Span, type Splice} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {insertLines, linesOf} from '../lines.ts';

/** `last`: the line must end with the service. `present: false`: the service must not be on the line. */
export type NsswitchSetting =
	| {readonly database: string; readonly token: string; readonly last?: true}
	| {readonly database: string; readonly token: string; readonly present: false};

const format = 'nsswitch';

export const nsswitch: Editor<NsswitchSetting> = {
	...editorOf<NsswitchSetting>({
		format,
		name: setting => `${setting.database}: ${setting.token}`,
		one: (source, setting) => ('present' in setting ? without(source, setting) : withService(source, setting)),
		all: (source, {database}) => {
			const entry = find(source, database);
			return entry ? [entry.line] : [];
		},
	}),
	without: ({database, token}) => ({database, token, present: false}),
};

/** A service with the `[actions]` behind it. */
type Service = Span & {readonly name: string; readonly actions: string};
type Entry = {readonly line: Span; readonly after: number; readonly services: readonly Service[]};

const withService = (source: string, setting: NsswitchSetting & {readonly last?: true}): readonly Splice[] => {
	check(setting);
	const entry = find(source, setting.database);
	const services = setting.token === 'files' ? 'files' : `files ${setting.token}`;
	if (!entry) return [insertLines(source, source.length, [[`${`${setting.database}:`.padEnd(15)} ${services}`]])];
	const here = entry.services.findIndex(service => service.name === setting.token);
	const last = entry.services.at(-1);
	if (!last) return [{start: entry.after, end: entry.after, text: [` ${services}`]}];
	const held = entry.services[here];
	if (!held || (setting.last && held !== last)) refuseBehindReturn(setting, entry.services);
	if (!held) return [{start: last.end, end: last.end, text: [` ${setting.token}`]}];
	if (!setting.last || held === last) return [];
	return [
		cutOut(source, entry.services, here),
		{start: last.end, end: last.end, text: [` ${source.slice(held.start, held.end)}`]},
	];
};

/** Behind `[NOTFOUND=return]` a service is never asked for a name that the ones before it do not have; mdns4_minimal says so of .local names only. */
const refuseBehindReturn = ({database, token}: NsswitchSetting, before: readonly Service[]): void => {
	const ends = before.find(
		({name, actions}) => name !== token && !/^mdns\d?_minimal$/.test(name) && endsSearch.test(actions),
	);
	if (ends)
		throw refusal(
			format,
			`${database} ends its search at ${ends.name} ${ends.actions}: ${token} behind it would never be asked`,
			`Put ${token} before ${ends.name}, or take that action out, by hand.`,
		);
};

/** `return` for a name that is not there, by itself or as part of `!success`. */
const endsSearch =
	/(?<![!\w])notfound[ \t\v\f\r\n]*=[ \t\v\f\r\n]*return|![ \t\v\f\r\n]*(success|unavail|tryagain)[ \t\v\f\r\n]*=[ \t\v\f\r\n]*return/i;

const without = (source: string, {database, token}: NsswitchSetting): readonly Splice[] => {
	const services = find(source, database)?.services ?? [];
	const here = services.findIndex(service => service.name === token);
	if (here < 0) return [];
	if (services.length === 1)
		throw refusal(
			format,
			`${token} is the only service of ${database}`,
			'Name another service for it first, or nothing will answer.',
		);
	return [cutOut(source, services, here)];
};

/** Takes a service out with the blanks before it, or behind it for the first. */
const cutOut = (source: string, services: readonly Service[], here: number): Splice => {
	const {start, end} = services[here] as Service;
	const before = services[here - 1];
	const behind = services[here + 1];
	if (before) return {start: before.end, end, text: []};
	return {start, end: behind?.start ?? source.length, text: []};
};

const find = (source: string, database: string): Entry | undefined => {
	let found: Entry | undefined;
	for (const line of linesOf(source)) {
		const head = databaseHead.exec(line.text);
		if (head?.[2] !== database) continue;
		if (found)
			throw refusal(
				format,
				`${database} stands on two lines`,
				'Join them by hand; programs disagree on which one counts.',
			);
		const after = line.start + head[0].length;
		found = {line: {start: line.start, end: line.next}, after, services: servicesOf(source, after, line.end)};
	}
	return found;
};

const databaseHead = new RegExp(`^([${blank}]*)([^${blank}:#]+)[${blank}]*:`);
const serviceOrAction = new RegExp(`\\[[^\\]]*\\]?|[^${blank}[]+`, 'g');

const servicesOf = (source: string, from: number, to: number): readonly Service[] => {
	const services: Service[] = [];
	for (const part of source.slice(from, to).split('#', 1)[0]?.matchAll(serviceOrAction) ?? []) {
		const start = from + part.index;
		const end = start + part[0].length;
		if (!part[0].startsWith('[')) {
			services.push({name: part[0], start, end, actions: ''});
			continue;
		}
		if (!part[0].endsWith(']')) throw parseFault(format, source, start, 'an action without its closing bracket');
		const last = services.pop();
		if (!last) throw parseFault(format, source, start, 'an action before any service');
		services.push({...last, end, actions: last.actions + part[0]});
	}
	return services;
};

const check = ({database, token}: NsswitchSetting): void => {
	if (!/^[a-z_]+$/.test(database) || !/^\w+$/.test(token))
		throw refusal(
			format,
			'the name of a database or service has characters it cannot have',
			'Use letters, digits and underscores.',
		);
};
