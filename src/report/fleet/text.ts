/** Many hosts for a reader at a terminal: what most of them share comes first, and only of that how it is mended. */
import {type Fleet, type FleetFinding, type FleetHost, openStates} from '#doctor/fleet.ts';
import {colourOf, glyphOf} from '../doctor/marks.ts';
import type {RenderOptions} from '../doctor/render-options.ts';
import {oneLine} from '../doctor/row-words.ts';
import {cut, wrap} from '../doctor/text-lines.ts';
import type {Style} from '../style.ts';
import {clauseOf, hostsText, isCheckName, minuteOf, nameOf, releases, share, span, summary} from './fleet-words.ts';

/** Findings where nobody asked for all. */
const most = 25;

/** The whole text, with a final newline. */
export const fleetText = (fleet: Fleet, options: RenderOptions): string => {
	const {style, verbose} = options;
	const shown = verbose ? fleet.findings : fleet.findings.slice(0, most);
	const rest = fleet.findings.length - shown.length;
	const beyond = [
		...(rest > 0 ? [`${rest} more kinds of findings: setup doctor -v --from ...`] : []),
		...(fleet.left > 0 ? [`${fleet.left} more kinds of findings are not kept: so many are not a host's own`] : []),
	];
	return `${[
		`${style.bold(hostsText(fleet.hosts.length))}: ${oneLine(releases(fleet))}${fleet.hosts.length === 0 ? '' : `, ${span(fleet)}`}`,
		'',
		...shown.flatMap(one => findingLines(one, fleet, options)),
		...beyond.map(line => style.dim(line)),
		...unreadLines(fleet, options),
		...(verbose ? hostLines(fleet, options) : []),
		...(shown.length + beyond.length + fleet.unread.length > 0 ? [''] : []),
		...closing(fleet, options),
		'',
	].join('\n')}`;
};

const findingLines = (one: FleetFinding, fleet: Fleet, options: RenderOptions): readonly string[] => {
	const {style, columns = 100, verbose} = options;
	const fix = one.fixable && isCheckName(one.check) ? `setup doctor fix ${one.check}` : undefined;
	return [
		`  ${colourOf(one.state, style)(glyphOf(one.state, options))} ${style.bold(`${share(one, fleet)}:`)} ${oneLine(nameOf(one))}`,
		...fitted(clauseOf(one), columns, indent.length, verbose ? undefined : 2).map(line => `${indent}${line}`),
		...(one.items.length > 1 ? listed('about', one.items, columns, verbose, style) : []),
		...(one.hosts.length === fleet.hosts.length ? [] : listed('on', one.hosts, columns, verbose, style)),
		...(one.remedy === undefined || one.state === 'unknown'
			? []
			: labelled('mend', fitted(one.remedy, columns, beside, verbose ? undefined : 1), style)),
		...(fix === undefined ? [] : labelled('', [style.bold(fix)], style)),
	];
};

const indent = ' '.repeat(6);
const label = 9;
/** Where the text begins that stands beside a label. */
const beside = indent.length + label;

const labelled = (word: string, lines: readonly string[], style: Style): readonly string[] =>
	lines.map((line, at) => `${indent}${style.dim((at === 0 ? word : '').padEnd(label))}${line}`);

/** On one line what fits, with how many more there are; all of them where everything is shown. */
const listed = (
	word: string,
	names: readonly string[],
	columns: number,
	all: boolean,
	style: Style,
): readonly string[] => {
	const shown = names.map(oneLine);
	if (all) return labelled(word, fitted(shown.join(', '), columns, beside), style);
	const room = columns - beside - ' and 1000 more'.length;
	let length = -', '.length;
	const over = shown.findIndex(name => {
		length += ', '.length + name.length;
		return length > room;
	});
	const first = over < 0 ? shown : shown.slice(0, Math.max(1, over));
	const rest = shown.length - first.length;
	return labelled(word, [`${first.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`], style);
};

/** No more lines than so many, all of them where no number is given; `margin`: what stands before them. */
const fitted = (text: string, columns: number, margin: number, lines = Number.POSITIVE_INFINITY): readonly string[] =>
	cut(wrap(oneLine(text), margin, columns), lines);

const unreadLines = ({unread}: Fleet, options: RenderOptions): readonly string[] => {
	const shown = options.verbose ? unread : unread.slice(0, 5);
	return [
		...shown.map(({says}) => `  ${options.style.cyan('?')} ${oneLine(says)}`),
		...(unread.length > shown.length ? [`  ? ${unread.length - shown.length} more reports could not be read`] : []),
	];
};

const hostLines = ({hosts}: Fleet, options: RenderOptions): readonly string[] => {
	const wide = Math.min(40, Math.max(4, ...hosts.map(({name}) => oneLine(name).length)));
	return ['', options.style.bold('Hosts'), ...hosts.map(host => hostLine(host, wide, options))];
};

const hostLine = (host: FleetHost, wide: number, options: RenderOptions): string => {
	const open = openStates
		.filter(state => host.open[state] > 0)
		.map(
			state => `${host.open[state]} ${{crash: 'crashed', fail: 'failed', warn: 'warnings', unknown: 'unknown'}[state]}`,
		);
	return `  ${colourOf(host.verdict, options.style)(glyphOf(host.verdict, options))} ${oneLine(host.name).padEnd(wide)}  ${open.join(', ') || 'fine'}   ${options.style.dim(`${oneLine(host.release)}, ${minuteOf(host)}`)}`;
};

const closing = (fleet: Fleet, {style, columns = 100}: RenderOptions): readonly string[] => {
	const parts = summary(fleet);
	const words = `${parts.map(({text}) => text).join(', ')}.`;
	if (words.length > columns) return fitted(words, columns, 0);
	return [`${parts.map(({state, text}) => colourOf(state, style)(text)).join(', ')}.`];
};
