/** Where a doctor's report goes: to stdout, or to a file that somebody else reads at any moment; then only what changed is said. */
import {dirname, resolve} from 'node:path';
import type {Fleet} from '#doctor/fleet.ts';
import type {Report} from '#doctor/types.ts';
import {writeOwnFile} from '#host/files/own-file.ts';
import {Fault} from '#model/fault.ts';
import {render} from '#report/doctor/index.ts';
import type {RenderOptions} from '#report/doctor/render-options.ts';
import {oneLine} from '#report/doctor/row-words.ts';
import {styleFor} from '#report/style.ts';
import type {Output} from '#tasks/output.ts';
import type {DoctorArgs} from './args.ts';

/** Where nobody says how wide it is: a pipe, a log. */
const piped = 100;

type Where = Pick<DoctorArgs, 'format' | 'verbose' | 'failOn' | 'output'>;

/** Writes it: a file is root's alone (0600), but for the figures, which node_exporter reads. Throws Fault usage.output where the file cannot be written. */
export const putReport = async (report: Report, where: Where, out: Output): Promise<void> => {
	await put(await render(where.format, report, optionsFor(where, out)), where, out);
	if (where.output !== undefined) for (const line of changesOf(report)) out.stdout.write(`${line}\n`);
};

/** The same of many. Throws Fault usage.choice for a format that has no place for several hosts, and usage.output. */
export const putFleet = async (fleet: Fleet, where: Where, out: Output): Promise<void> => {
	const {fleetFormatNames, renderFleet} = await import('#report/fleet/index.ts');
	const text = await renderFleet(where.format, fleet, optionsFor(where, out));
	if (text === undefined)
		throw new Fault(
			'usage.choice',
			`--format cannot be ${where.format} for several reports`,
			`It is one of ${fleetFormatNames.join(', ')}.`,
		);
	await put(text, where, out);
};

const optionsFor = ({verbose, failOn, output}: Where, {stdout}: Output): RenderOptions => {
	const ascii =
		!/utf-?8/i.test(process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '') &&
		stdout.isTTY === true;
	return {
		style: styleFor(output === undefined ? stdout : {}),
		verbose,
		failOn,
		...(output === undefined && {ascii, columns: stdout.columns ?? piped}),
	};
};

const put = async (text: string, {format, output}: Where, out: Output): Promise<void> => {
	if (output === undefined) {
		out.stdout.write(text);
		return;
	}
	const path = resolve(output);
	await writeOwnFile(path, text, format === 'prometheus' ? 0o644 : 0o600).catch((error: NodeJS.ErrnoException) => {
		if (error instanceof Fault) throw error;
		throw new Fault(
			'usage.output',
			`${path} cannot be written (${error.code})`,
			`Is ${dirname(path)} there, and may you write in it?`,
			{cause: error},
		);
	});
};

/** What a log should hear: one line for each finding that is new, and for each that is gone; nothing when all is as it was. */
export const changesOf = ({rows, fixed}: Pick<Report, 'rows' | 'fixed'>): readonly string[] => [
	...rows
		.filter(row => row.change === 'new' && row.waived === undefined && (row.state === 'fail' || row.state === 'warn'))
		.map(row => oneLine(`new: ${row.state}: ${row.key}: ${row.says}`)),
	...fixed.map(({key, says}) => oneLine(`mended: ${key}, was: ${says}`)),
];
